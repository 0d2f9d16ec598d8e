import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";

let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await runGateway({});
});
afterAll(() => gateway[Symbol.asyncDispose]());

const model = "sandbox/sandbox-swift";
const google = () => new GoogleGenAI({ apiKey: gateway.clientKey, httpOptions: { baseUrl: gateway.url } });
const openai = () => new OpenAI({ apiKey: gateway.clientKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 });

describe("clients of Gemini and of Responses, at a server that speaks Chat", () => {
  it("Google's own gets a whole answer and a stream, with usage", async () => {
    const answer = await google().models.generateContent({ model, contents: "hello" });
    expect(answer.text).toContain("sandbox-swift");
    expect(answer.usageMetadata?.totalTokenCount).toBeGreaterThan(0);
    let text = "";
    for await (const chunk of await google().models.generateContentStream({ model, contents: "hello" }))
      text += chunk.text ?? "";
    expect(text).toBe(answer.text);
  });

  it("an error is Google's error", async () => {
    await expect(
      google().models.generateContent({ model: "nobody/x", contents: "hi" }),
    ).rejects.toMatchObject({
      status: 404,
    });
  });

  it("OpenAI's gets the same answer by Responses, whole and streamed", async () => {
    const answer = await openai().responses.create({ model, input: "hello" });
    expect(answer.output_text).toContain("sandbox-swift");
    const stream = openai().responses.stream({ model, input: "hello" });
    const final = await stream.finalResponse();
    expect(final.output_text).toBe(answer.output_text);
    expect(final.usage?.total_tokens).toBe(answer.usage?.total_tokens);
  });
});
