import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway, providerAt } from "../support/booted-gateway.ts";
import { framed, type RawUpstream, rawUpstream, streamHead } from "../support/raw-upstream.ts";
import { chatChunk, chatFirst } from "../support/stream-frames.ts";

let upstream: RawUpstream;
let gateway: BootedGateway;

const finish = chatChunk({}, "stop");
const good = `${chatFirst}${chatChunk({ content: "hi" })}${finish}data: [DONE]\n\n`;
/** Goes on after its finish. */
const bad = `${chatFirst}${finish}${chatChunk({ content: "more" })}data: [DONE]\n\n`;

beforeAll(async () => {
  upstream = await rawUpstream(({ body, socket }) =>
    socket.end(streamHead + framed(body.includes('"bad"') ? bad : good) + "0\r\n\r\n"),
  );
  gateway = await bootGateway(`
stream: { verify: true }
providers:
${providerAt("chat", upstream.url)}
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

async function ask(path: string, model: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${gateway.key}`, "content-type": "application/json" },
    body: JSON.stringify({ model, max_tokens: 9, stream: true, messages: [{ role: "user", content: "hi" }] }),
  });
  return response.text();
}
const violations = (): string | undefined =>
  gateway.booted.control
    .metrics()
    .split("\n")
    .find((line) => line.startsWith("sallyport_llm_stream_violations_total{"));

describe("a stream that is verified", () => {
  it("passes without a word when it keeps the grammar, in its own dialect and translated", async () => {
    expect(await ask("/v1/chat/completions", "chat/good")).toContain("hi");
    expect(await ask("/v1/messages", "chat/good")).toContain("message_stop");
    expect(await ask("/v1/responses", "chat/good")).toBeDefined();
    expect(violations()).toBeUndefined();
  });

  it("passes as it is when it breaks it, is counted once, and the operator is told where", async () => {
    expect(await ask("/v1/chat/completions", "chat/bad")).toBe(bad);
    expect(violations()).toBe('sallyport_llm_stream_violations_total{dialect="openai-chat"} 1');
    expect(gateway.logger.lines()).toContainEqual({
      level: "warn",
      message: "a stream breaks the grammar of its dialect",
      fields: expect.objectContaining({
        client: "openai-chat",
        provider: "chat",
        model: "bad",
        lane: "bytes",
      }),
    });
  });
});
