import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasRecordedTraffic, type Recorded, recordedTraffic } from "../support/recorded-traffic.ts";
import { type ReplayUpstream, replayUpstream } from "../support/replay-upstream.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";

let upstream: ReplayUpstream;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await replayUpstream();
  gateway = await runGateway({
    config: `providers:\n  replay: { dialects: [openai-chat, openai-responses, anthropic-messages, gemini-generate], baseUrl: "${upstream.url}/v1", models: ["*"] }\n`,
  });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

/** What a program sees of a call: the value, or the error it has to handle. */
type Seen =
  | { readonly value: unknown }
  | { readonly error: { readonly name: string; readonly status: unknown; readonly message: string } };

async function see(call: () => Promise<unknown>): Promise<Seen> {
  try {
    return { value: await call() };
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    return {
      error: {
        name: thrown.constructor.name,
        status: "status" in thrown ? thrown.status : undefined,
        message: thrown.message,
      },
    };
  }
}

const chat = (baseURL: string, apiKey: string) =>
  new OpenAI({ baseURL: `${baseURL}/v1`, apiKey, maxRetries: 0, logLevel: "off" });
const messages = (baseURL: string, apiKey: string) => new Anthropic({ baseURL, apiKey, maxRetries: 0 });

const isStream = (answer: unknown): answer is AsyncIterable<unknown> =>
  typeof answer === "object" && answer !== null && Symbol.asyncIterator in answer;

async function collect(stream: AsyncIterable<unknown>): Promise<readonly unknown[]> {
  const parts: unknown[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

const seeChat = (client: OpenAI, record: Recorded) =>
  see(async () => {
    const answer: unknown = await client.chat.completions.create(JSON.parse(record.request.toString()));
    return isStream(answer) ? collect(answer) : answer;
  });
const seeMessages = (client: Anthropic, record: Recorded) =>
  see(async () => {
    const answer: unknown = await client.messages.create(JSON.parse(record.request.toString()));
    return isStream(answer) ? collect(answer) : answer;
  });

const seeResponses = (client: OpenAI, record: Recorded) =>
  see(async () => {
    const answer: unknown = await client.responses.create(JSON.parse(record.request.toString()));
    return isStream(answer) ? collect(answer) : answer;
  });
/** Google's client writes requests of its own; what it reads is what is compared. */
const seeGemini = (client: GoogleGenAI, record: Recorded) =>
  see(async () => {
    const asked = { model: "m", contents: "hi" };
    const answers = record.isStream
      ? await collect(await client.models.generateContentStream(asked))
      : [await client.models.generateContent(asked)];
    return answers.map((answer) => ({ ...(answer as object), sdkHttpResponse: undefined }));
  });

describe.skipIf(!hasRecordedTraffic())("official SDKs through the gateway and without it", () => {
  it("openai reads the same object, chunk for chunk and error for error, from every recorded exchange", async () => {
    const direct = chat(upstream.url, "any");
    const through = chat(gateway.url, gateway.clientKey);
    let compared = 0;
    for (const record of recordedTraffic("openai.chat").filter(({ response }) => response.length > 0)) {
      upstream.put(record);
      expect({ name: record.name, ...(await seeChat(through, record)) }).toEqual({
        name: record.name,
        ...(await seeChat(direct, record)),
      });
      compared += 1;
    }
    expect(compared).toBeGreaterThan(400);
  });

  it("@anthropic-ai/sdk reads the same object, event for event, from every recorded exchange", async () => {
    const direct = messages(upstream.url, "any");
    const through = messages(gateway.url, gateway.clientKey);
    let compared = 0;
    for (const record of recordedTraffic("anthropic.messages")) {
      upstream.put(record);
      expect({ name: record.name, ...(await seeMessages(through, record)) }).toEqual({
        name: record.name,
        ...(await seeMessages(direct, record)),
      });
      compared += 1;
    }
    expect(compared).toBeGreaterThan(90);
  });

  it.for([
    { name: "openai.responses", ask: seeResponses, count: 118 },
    { name: "azure.chat", ask: seeChat, count: 55 },
  ])("openai reads the same object from every recorded exchange of $name", async ({ name, ask, count }) => {
    const direct = chat(upstream.url, "any");
    const through = chat(gateway.url, gateway.clientKey);
    let compared = 0;
    for (const record of recordedTraffic(name)) {
      // An error that was recorded with status 200 is one through the gateway only.
      if (record.response.length === 0 || /^\s*\{\s*"error"/.test(record.response.toString("latin1")))
        continue;
      upstream.put(record);
      expect({ name: record.name, ...(await ask(through, record)) }).toEqual({
        name: record.name,
        ...(await ask(direct, record)),
      });
      compared += 1;
    }
    expect(compared).toBeGreaterThanOrEqual(count - 5);
  });

  it("@google/genai reads the same object, chunk for chunk, from every recorded exchange", async () => {
    const clientOf = (baseUrl: string, apiKey: string) =>
      new GoogleGenAI({ apiKey, httpOptions: { baseUrl } });
    const direct = clientOf(upstream.url, "any");
    const through = clientOf(gateway.url, gateway.clientKey);
    let compared = 0;
    for (const name of ["gemini.generateContent", "vertex-gemini.generateContent"]) {
      for (const record of recordedTraffic(name)) {
        // The client asks for events: arrays are compared by their bytes.
        if (record.response[0] === 0x5b) continue;
        upstream.put(record);
        expect({ name: record.name, ...(await seeGemini(through, record)) }).toEqual({
          name: record.name,
          ...(await seeGemini(direct, record)),
        });
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(70);
  });
});
