import Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway, providerAt } from "../support/booted-gateway.ts";
import { rawClient } from "../support/raw-client.ts";
import { type RawUpstream, rawUpstream } from "../support/raw-upstream.ts";

let upstream: RawUpstream;
let gateway: BootedGateway;

beforeAll(async () => {
  upstream = await rawUpstream();
  gateway = await bootGateway(`
providers:
${providerAt("chat", upstream.url)}
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const anthropic = () =>
  new Anthropic({ apiKey: gateway.key, baseURL: `http://127.0.0.1:${gateway.port}`, maxRetries: 0 });

describe("a count that no upstream makes", () => {
  it("is made here, token by token, and declared as an estimate", async () => {
    const { data, response } = await anthropic()
      .messages.countTokens({
        model: "chat/gpt-4.1",
        messages: [{ role: "user", content: "tiktoken is great!" }],
      })
      .withResponse();
    // Six of the text, four of the message, three of the beginning of the answer.
    expect(data).toEqual({ input_tokens: 13 });
    expect(response.headers.get("x-sallyport-estimated")).toBe("1");
    const claude = await anthropic().messages.countTokens({
      model: "chat/claude-x",
      messages: [{ role: "user", content: "tiktoken is great!" }],
    });
    // Newer Claude has more tokens than the public vocabularies.
    expect(claude.input_tokens).toBe(18);
  });

  it("is estimated by length where the prompt brings more than words", async () => {
    const source = { type: "base64" as const, media_type: "image/png" as const, data: "AAAA" };
    const { input_tokens: tokens } = await anthropic().messages.countTokens({
      model: "chat/gpt-4.1",
      messages: [{ role: "user", content: [{ type: "image", source }] }],
    });
    expect(tokens).toBeGreaterThan(20);
  });

  it("takes a long prompt in samples, and leaves nothing behind when its client goes", async () => {
    const long = {
      model: "chat/gpt-4.1",
      messages: [{ role: "user" as const, content: "word ".repeat(100_000) }],
    };
    const { input_tokens: tokens } = await anthropic().messages.countTokens(long);
    expect(Math.abs(tokens / 100_000 - 1)).toBeLessThan(0.01);
    const client = rawClient(gateway.port);
    const body = JSON.stringify(long);
    client.socket.write(
      `POST /v1/messages/count_tokens HTTP/1.1\r\nhost: x\r\nx-api-key: ${gateway.key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    client.socket.destroy();
    await anthropic().messages.countTokens(long);
    await expect.poll(() => gateway.booted.control.state().inFlight).toBe(0);
    expect(upstream.calls()).toHaveLength(0);
  });
});
