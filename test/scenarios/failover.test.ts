import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway, providerAt } from "../support/booted-gateway.ts";
import { dechunk, postText, rawClient } from "../support/raw-client.ts";
import {
  framed,
  lastChunk,
  type RawCall,
  type RawUpstream,
  rawUpstream,
  streamHead,
  wholeAnswer,
} from "../support/raw-upstream.ts";
import {
  chatAnswer,
  chatChunk,
  chatDone,
  chatFirst,
  chatStream,
  messageStart,
  messageText,
} from "../support/stream-frames.ts";

/** What the first target does with its request. Each test sets it. */
let misbehave: (call: RawCall) => void = () => undefined;
let first: RawUpstream;
let second: RawUpstream;
let claude: RawUpstream;
let gateway: BootedGateway;

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const isStreaming = (call: RawCall): boolean => call.body.includes('"stream":true');

beforeAll(async () => {
  first = await rawUpstream((call) => misbehave(call));
  claude = await rawUpstream((call) => misbehave(call));
  second = await rawUpstream((call) => {
    call.socket.write(
      isStreaming(call)
        ? streamHead + framed(chatStream("second", " here")) + lastChunk
        : wholeAnswer(200, chatAnswer("second here")),
    );
  });
  const timeouts = "{ headMs: 200, idleMs: 200 }";
  gateway = await bootGateway(`
providers:
${providerAt("first", first.url, { timeouts })}
${providerAt("second", second.url)}
${providerAt("claude", claude.url, { dialect: "anthropic-messages", timeouts })}
${providerAt("dark", `http://127.0.0.1:${await closedPort()}`)}
models:
  pair: [first/m-1, second/m-2]
  dark-pair: [dark/m-1, second/m-2]
  hopeless: [dark/m-1, first/m-1]
  mixed: [claude/m-1, second/m-2]
# Each target is tried once: what a second try is worth is tested elsewhere.
resilience: { retry: { perTarget: 1 } }
circuitBreaker: { enforce: false }
pricing:
  rows:
    - { match: { provider: second }, usdPerMillion: { input: 1, output: 2 }, source: test }
`);
});
// What one test has taught of a target must not steer the next.
beforeEach(() => {
  const { coolDowns } = gateway.booted.control;
  for (const { scope } of coolDowns.list()) coolDowns.end(scope);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  for (const upstream of [first, second, claude]) await upstream[Symbol.asyncDispose]();
});

interface Told {
  readonly status: number;
  readonly header: (name: string) => string | null;
  readonly text: string;
}

async function ask(model: string, more: Readonly<Record<string, unknown>> = {}): Promise<Told> {
  const response = await fetch(`http://127.0.0.1:${gateway.port}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${gateway.key}`, "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }], ...more }),
  });
  return {
    status: response.status,
    header: (name) => response.headers.get(name),
    text: await response.text(),
  };
}

/** The record of an answer. Records are written behind the answer. */
async function recordOf(told: Told) {
  const id = told.header("x-sallyport-request-id") ?? "";
  return expect
    .poll(() => gateway.booted.control.requests.read(id), { timeout: 5000 })
    .toBeDefined()
    .then(() => gateway.booted.control.requests.read(id));
}

const answer = (text: string) => (call: RawCall) => void call.socket.write(text);
const errorBody = (message: string, more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ error: { message, type: "server_error", param: null, code: null, ...more } });

interface Fault {
  readonly name: string;
  readonly model?: string;
  readonly act: (call: RawCall) => void;
  readonly code: string;
  readonly status: number | null;
  readonly says: RegExp;
}

const faults: readonly Fault[] = [
  {
    name: "refuses the connection",
    model: "dark-pair",
    act: () => undefined,
    code: "upstream_unreachable",
    status: null,
    says: /ECONNREFUSED/,
  },
  {
    name: "answers 500",
    act: answer(wholeAnswer(500, errorBody("boom"))),
    code: "upstream_failed",
    status: 500,
    says: /boom/,
  },
  {
    name: "answers 429 with retry-after",
    act: answer(wholeAnswer(429, errorBody("slow down"), { "retry-after": "7" })),
    code: "upstream_rate_limited",
    status: 429,
    says: /slow down/,
  },
  {
    name: "does not take the gateway's key",
    act: answer(wholeAnswer(401, errorBody("who are you"))),
    code: "upstream_auth_failed",
    status: 401,
    says: /who are you/,
  },
  {
    name: "does not know the model",
    act: answer(wholeAnswer(404, errorBody("no such model", { code: "model_not_found" }))),
    code: "model_not_found",
    status: 404,
    says: /no such model/,
  },
  {
    name: "says nothing within its time",
    act: () => undefined,
    code: "upstream_timeout",
    status: null,
    says: /HEADERS_TIMEOUT/,
  },
  {
    name: "resets before the first byte",
    act: ({ socket }) => void socket.resetAndDestroy(),
    code: "upstream_unreachable",
    status: null,
    says: /ECONNRESET|SOCKET/,
  },
  {
    name: "closes before the first byte",
    act: ({ socket }) => void socket.end(),
    code: "upstream_unreachable",
    status: null,
    says: /SOCKET/,
  },
  {
    name: "talks something else than HTTP",
    act: answer("SSH-2.0-upstream\r\n\r\n"),
    code: "upstream_malformed_response",
    status: null,
    says: /does not match the HTTP/,
  },
  {
    name: "has a head without end",
    act: answer(`HTTP/1.1 200 OK\r\nx-flood: ${"y".repeat(100_000)}\r\n\r\n`),
    code: "upstream_malformed_response",
    status: null,
    says: /OVERFLOW/,
  },
  {
    name: "redirects",
    act: answer(wholeAnswer(302, "", { location: "http://127.0.0.1:1/" })),
    code: "upstream_malformed_response",
    status: null,
    says: /redirect/,
  },
];

describe.for([
  { kind: "whole", more: {} },
  { kind: "streamed", more: { stream: true, stream_options: { include_usage: true } } },
])("a pool of two, $kind answers: the second answers when the first", ({ more }) => {
  it.for(faults)("$name", async ({ act, model, code, status, says }) => {
    misbehave = act;
    const told = await ask(model ?? "pair", more);
    expect(told.status).toBe(200);
    expect(told.text).toContain("second");
    expect(told.header("x-sallyport-deployment")).toBe("second");
    expect(told.header("x-sallyport-attempts")).toBe(
      `"${model === undefined ? "first" : "dark"}";error=${code}${status === null ? "" : `;status=${status}`}, "second"`,
    );
    // Nothing of the failed try may look as if it were of the answer.
    expect(told.header("retry-after")).toBeNull();
    const record = await recordOf(told);
    expect(record).toMatchObject({
      outcome: "completed",
      provider: "second",
      usage: { input: { total: 9 }, output: { total: 3 }, basis: "reported" },
      cost: { nanoUsd: 15_000 },
    });
    expect(record?.attempts).toMatchObject([
      { code, status },
      { code: null, status: 200, reason: "answered" },
    ]);
    expect(record?.attempts[0]?.reason).toMatch(says);
  });

  it("breaks off inside a whole answer or before the first event", async () => {
    misbehave = (call) => {
      call.socket.write(
        isStreaming(call)
          ? streamHead + framed(": hello\n\n")
          : wholeAnswer(200, chatAnswer("first")).slice(0, -20),
      );
      call.socket.resetAndDestroy();
    };
    const told = await ask("pair", more);
    expect(told.text).toContain("second");
    expect(told.text).not.toContain("hello");
    expect((await recordOf(told))?.attempts[0]).toMatchObject({ code: "upstream_stream_broken" });
  });
});

it("a call that failed over is one call, with one usage, one cost and two tries", async () => {
  const { control } = gateway.booted;
  const sum = (metric: RegExp): number =>
    control
      .metrics()
      .split("\n")
      .filter((line) => metric.test(line))
      .reduce((total, line) => total + Number(line.split(" ").at(-1)), 0);
  const figures = () => ({
    requests: control.state().totals.requests,
    input: control.state().totals.inputTokens,
    cost: control.state().totals.costNanoUsd,
    tokens: sum(/^sallyport_tokens_total\{.*token_type="input"/),
    spend: sum(/^sallyport_spend_nano_usd_total\{/),
    failed: sum(/^sallyport_upstream_attempts_total\{.*upstream="first".*result="upstream_failed"/),
    good: sum(/^sallyport_upstream_attempts_total\{.*upstream="second".*result="ok"/),
  });
  // An answer that failed may tell a usage of its own: it is nobody's.
  misbehave = answer(
    wholeAnswer(500, JSON.stringify({ ...JSON.parse(errorBody("boom")), usage: { prompt_tokens: 5000 } })),
  );
  const before = figures();
  await recordOf(await ask("pair"));
  expect(figures()).toEqual({
    requests: before.requests + 1,
    input: before.input + 9,
    cost: before.cost + 15_000,
    tokens: before.tokens + 9,
    spend: before.spend + 15_000,
    failed: before.failed + 1,
    good: before.good + 1,
  });
  expect(control.upstreams().find(({ provider }) => provider === "first")?.lastError).toMatchObject({
    code: "upstream_failed",
    status: 500,
  });
});

describe("before the first byte of a stream", () => {
  it.for([
    {
      name: "an error told in a 200",
      body: `data: ${errorBody("in the stream")}\n\n`,
      code: "upstream_failed",
    },
    {
      name: "an overload told in a 200",
      body: `data: ${errorBody("busy", { type: "overloaded_error" })}\n\n`,
      code: "upstream_overloaded",
    },
    { name: "no frame at all", body: "", code: "upstream_stream_broken" },
    { name: "nothing but the end", body: chatDone, code: "upstream_malformed_response" },
    { name: "frames that are no JSON", body: "data: <html>\n\n", code: "upstream_malformed_response" },
  ])("$name fails over", async ({ body, code }) => {
    misbehave = answer(streamHead + (body === "" ? "" : framed(body)) + lastChunk);
    const told = await ask("pair", { stream: true });
    expect(told.status).toBe(200);
    expect(told.text).toContain("second");
    expect(told.text.endsWith(chatDone)).toBe(true);
    expect((await recordOf(told))?.attempts[0]).toMatchObject({ code });
  });

  it("a target of another dialect fails over to one of the client's own", async () => {
    misbehave = answer(
      wholeAnswer(
        529,
        JSON.stringify({ type: "error", error: { type: "overloaded_error", message: "full" } }),
      ),
    );
    const told = await ask("mixed");
    expect(told.header("x-sallyport-lane")).toBe("bytes");
    expect((await recordOf(told))?.attempts).toMatchObject([
      { provider: "claude", lane: "canonical", code: "upstream_overloaded", status: 529 },
      { provider: "second", lane: "bytes", code: null },
    ]);
  });
});

describe("after the first byte of a stream", () => {
  it("there is no failover: the client gets the beginning, an error in its dialect, and no end that looks good", async () => {
    const calls = second.calls().length;
    misbehave = ({ socket }) => {
      socket.write(streamHead + framed(chatFirst + chatChunk({ content: "partial answer" })));
      setImmediate(() => socket.resetAndDestroy());
    };
    const told = await ask("pair", { stream: true });
    expect(told.status).toBe(200);
    expect(told.text).toContain("partial answer");
    expect(told.text).not.toContain("[DONE]");
    const last = told.text.trimEnd().split("\n\n").at(-1) ?? "";
    expect(JSON.parse(last.replace(/^data: /, ""))).toMatchObject({
      error: { type: "server_error", code: "upstream_stream_broken" },
    });
    expect(second.calls()).toHaveLength(calls);
    expect(await recordOf(told)).toMatchObject({
      outcome: "failed",
      code: "upstream_stream_broken",
      provider: "first",
      usage: { basis: "estimated" },
      attempts: [{ provider: "first", code: null }],
    });
  });

  it("a Messages client of a Chat upstream hears of it in its own dialect", async () => {
    misbehave = ({ socket }) => {
      socket.write(streamHead + framed(chatFirst + chatChunk({ content: "partial" })));
      setImmediate(() => socket.resetAndDestroy());
    };
    const client = rawClient(gateway.port);
    client.socket.write(
      postText("/v1/messages", gateway.key, {
        model: "first/m-1",
        max_tokens: 50,
        stream: true,
        messages: [{ role: "user", content: "hi" }],
      }),
    );
    const { body } = dechunk(await client.until(/\r\n0\r\n\r\n$/));
    client.socket.destroy();
    expect(body).toContain("partial");
    expect(body).not.toContain("message_stop");
    const [name, data] = (body.trimEnd().split("\n\n").at(-1) ?? "").split("\n");
    expect(name).toBe("event: error");
    expect(JSON.parse(data?.replace(/^data: /, "") ?? "")).toMatchObject({
      type: "error",
      error: { type: "api_error" },
    });
  });

  it("silence is a timeout, told in the dialect of a Messages client", async () => {
    misbehave = answer(streamHead + framed(messageStart + messageText("and then")));
    const client = rawClient(gateway.port);
    client.socket.write(
      postText("/v1/messages", gateway.key, {
        model: "claude/m-1",
        max_tokens: 50,
        stream: true,
        messages: [{ role: "user", content: "hi" }],
      }),
    );
    const { body } = dechunk(await client.until(/\r\n0\r\n\r\n$/));
    client.socket.destroy();
    expect(body).toContain("and then");
    expect(body).toMatch(/event: error\ndata: .*"timeout_error"/);
  });
});

describe("when nobody answers", () => {
  it("the error of the target asked first is told, in the client's dialect, and all tries are named", async () => {
    misbehave = answer(wholeAnswer(500, errorBody("boom")));
    const told = await ask("hopeless");
    expect(told.status).toBe(502);
    expect(told.header("x-sallyport-error")).toBe("upstream_unreachable");
    expect(told.header("x-sallyport-error-source")).toBe("upstream");
    expect(told.header("x-sallyport-attempts")).toBe(
      '"dark";error=upstream_unreachable, "first";error=upstream_failed;status=500',
    );
    expect(JSON.parse(told.text)).toEqual({
      error: {
        message: "The provider cannot be reached.",
        type: "server_error",
        param: null,
        code: "upstream_unreachable",
      },
    });
    const record = await recordOf(told);
    expect(record).toMatchObject({
      outcome: "failed",
      code: "upstream_unreachable",
      usage: null,
      cost: null,
    });
    expect(record?.attempts.map(({ provider, code }) => [provider, code])).toEqual([
      ["dark", "upstream_unreachable"],
      ["first", "upstream_failed"],
    ]);
    expect(record?.detail).toMatch(/ECONNREFUSED/);
  });

  it("a client's own mistake is not taken to the next target, and passes as the provider wrote it", async () => {
    const calls = second.calls().length;
    const body = errorBody("`n` is too large", { type: "invalid_request_error", param: "n" });
    misbehave = answer(wholeAnswer(400, body));
    const told = await ask("pair");
    expect(told.status).toBe(400);
    expect(told.text).toBe(body);
    expect(told.header("x-should-retry")).toBe("false");
    expect(second.calls()).toHaveLength(calls);
  });

  it("the provider's own retry headers and request id pass once each", async () => {
    misbehave = answer(
      wholeAnswer(429, errorBody("slow down"), {
        "retry-after": "7",
        "retry-after-ms": "6500",
        "x-should-retry": "true",
        "x-request-id": "req_up",
        "x-ratelimit-remaining-requests": "0",
      }),
    );
    const client = rawClient(gateway.port);
    client.socket.write(
      postText("/v1/chat/completions", gateway.key, {
        model: "first/m-1",
        messages: [{ role: "user", content: "hi" }],
      }),
    );
    const text = await client.until(/slow down/);
    client.socket.destroy();
    const head = text.slice(0, text.indexOf("\r\n\r\n")).split("\r\n").slice(1);
    const valuesOf = (name: string) =>
      head
        .filter((line) => line.toLowerCase().startsWith(`${name}:`))
        .map((line) => line.slice(name.length + 2));
    expect(valuesOf("retry-after")).toEqual(["7"]);
    expect(valuesOf("retry-after-ms")).toEqual(["6500"]);
    expect(valuesOf("x-should-retry")).toEqual(["true"]);
    expect(valuesOf("x-request-id")).toEqual(["req_up"]);
    expect(valuesOf("x-ratelimit-remaining-requests")).toEqual(["0"]);
    const names = head.map((line) => line.slice(0, line.indexOf(":")).toLowerCase());
    expect(names).toEqual([...new Set(names)]);
  });

  it("a header value that no answer may have stays on our side", async () => {
    misbehave = answer(wholeAnswer(200, chatAnswer("fine"), { "x-request-id": "caf\u00e9 \u2192" }));
    const told = await ask("first/m-1");
    expect(told.status).toBe(200);
    expect(told.text).toBe(chatAnswer("fine"));
  });
});
