import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { type RawUpstream, rawUpstream, wholeAnswer } from "../support/raw-upstream.ts";
import { type RealtimeServer, realtimeServer } from "../support/realtime-server.ts";

let upstream: RawUpstream;
let voices: RealtimeServer;

beforeAll(async () => {
  upstream = await rawUpstream(({ socket }) => void socket.write(wholeAnswer(200, "{}")));
  voices = await realtimeServer();
});
afterAll(async () => {
  await upstream[Symbol.asyncDispose]();
  await voices.close();
});

const boot = (guardrails: string): Promise<BootedGateway> =>
  bootGateway(`
allowLiteralSecrets: true
providers:
  openai: { dialect: openai-chat, baseUrl: "${upstream.url}/v1", key: secret }
  voices: { dialect: openai-chat, baseUrl: "http://127.0.0.1:${voices.port}/v1", key: upstream-secret, models: ["gpt-realtime*"] }
guardrails: ${guardrails}
`);

const ask = async ({ port, key }: BootedGateway, method: string, path: string): Promise<number> => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(method === "POST" ? { body: '{"prompt":"jane@example.com"}' } : {}),
  });
  await response.arrayBuffer();
  return response.status;
};

/** `fetch` sends no body with GET. */
const getWithBody = ({ port, key }: BootedGateway): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, "content-length": "2" };
    request({ port, path: "/openai/v1/files", headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on("error", reject)
      .end("{}");
  });

const openSession = ({ port, key }: BootedGateway): Promise<number> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/realtime?model=voices/gpt-realtime`, {
      headers: { authorization: `Bearer ${key}` },
    });
    socket.on("open", () => resolve(101));
    socket.on("unexpected-response", (_, { statusCode }) => resolve(statusCode ?? 0));
    socket.on("error", () => undefined);
    socket.on("open", () => socket.close());
  });

const post = "/openai/v1/images/generations";
const onInput = "{ rules: [{ on: input, detect: [email], do: redact }] }";
const onOutput = "{ rules: [{ on: output, detect: [secrets], do: block }] }";

describe("an answer of which only a part is read", () => {
  const told = async (answer: object, asked: object, path = "/v1/chat/completions") => {
    const settings = "{ rules: [{ on: output, detect: [email], do: redact }] }";
    await using server = await rawUpstream(
      ({ socket }) => void socket.write(wholeAnswer(200, JSON.stringify(answer))),
    );
    await using gateway = await bootGateway(`
providers:
  chat: { dialect: openai-chat, baseUrl: "${server.url}/v1" }
  claude: { dialect: anthropic-messages, baseUrl: "${server.url}" }
guardrails: ${settings}
`);
    const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${gateway.key}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "chat/m", messages: [{ role: "user", content: "hi" }], ...asked }),
    });
    return { status: response.status, text: await response.text() };
  };
  const message = { role: "assistant", content: "hello" };
  const choice = { index: 0, message, finish_reason: "stop" };

  it("is looked at whole, and keeps its bytes but for what is taken out", async () => {
    const odd = { ...message, audio: { id: "a", transcript: "jane@example.com", data: "AAAA" } };
    const { text } = await told(
      { id: "c", model: "m", odd: 1.5, choices: [{ ...choice, message: odd }] },
      {},
    );
    expect(text).toContain('"audio":{"id":"a","transcript":"[EMAIL]","data":"AAAA"}');
    expect(text).toContain('"odd":1.5');
  });

  it("is not asked for: several answers to one request are refused", async () => {
    const two = await told({ id: "c", model: "m", choices: [choice, { ...choice, index: 1 }] }, { n: 2 });
    expect(two).toMatchObject({ status: 400, text: expect.stringContaining("leave `n` out") });
  });

  it("goes to nobody, if it cannot be read", async () => {
    const unread = await told({ id: "c", model: "m", choices: [{ index: 0, text: "jane@example.com" }] }, {});
    expect(unread.status).toBe(502);
    expect(unread.text).not.toContain("jane");
  });

  it("and a count of tokens is none", async () => {
    const counted = await told({ input_tokens: 3 }, { model: "claude/m" }, "/v1/messages/count_tokens");
    expect(counted).toEqual({ status: 200, text: '{"input_tokens":3}' });
  });
});

describe("a lane that no guardrail can read", () => {
  it.for([
    ["a rule for prompts", onInput, [403, 200, 403]],
    ["a rule for answers", onOutput, [403, 403, 403]],
    ["a rule for some models", onInput.replace("do:", "models: [gpt-5], do:"), [403, 200, 101]],
    ["a rule for another key", onInput.replace("do:", "keys: [nobody], do:"), [200, 200, 101]],
    ["a rule that only counts", onInput.replace("redact", "flag"), [200, 200, 101]],
    ["injected instructions that are stopped", "{ injection: { do: block } }", [403, 200, 403]],
    ["a tool that is denied", "{ tools: [{ tools: [shell], do: deny }] }", [403, 200, 403]],
    [
      "a rule, and a lane that is opened",
      onInput.replace("{ rules", "{ unread: pass, rules"),
      [200, 200, 101],
    ],
  ] as const)("beside %s", async ([, guardrails, expected]) => {
    await using gateway = await boot(guardrails);
    const before = upstream.calls().length;
    const posted = await ask(gateway, "POST", post);
    const read = await ask(gateway, "GET", "/openai/v1/files/f-1/content");
    expect([posted, read, await openSession(gateway)]).toEqual(expected);
    expect(upstream.calls().length - before).toBe([posted, read].filter((status) => status === 200).length);
  });

  it("is told by what is sent, not by its method alone", async () => {
    await using gateway = await boot(onInput);
    expect(await getWithBody(gateway)).toBe(403);
  });
});
