import { describe, expect, it } from "vitest";
import { type MemoryGateway, memoryGateway, openaiUpstream } from "../support/memory-gateway.ts";
import { inboundRequest, type RecordedReply, recordedReply } from "../support/recorded-reply.ts";
import { type ScriptedTransport, type Step, scriptedTransport } from "../support/scripted-transport.ts";
import { chatAnswer, chatChunk, chatFirst, chatStream } from "../support/stream-frames.ts";

const json = { "content-type": "application/json" };
const answer = (
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): readonly Step[] => [
  { kind: "head", status, headers: { ...json, ...headers } },
  { kind: "data", bytes: Buffer.from(body) },
  { kind: "end" },
];
const error = (
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): readonly Step[] =>
  answer(status, JSON.stringify({ error: { message: code, type: "error", code, param: null } }), headers);
const good = answer(200, chatAnswer("well"));
const limited = (headers: Readonly<Record<string, string>> = {}) =>
  error(429, "rate_limit_exceeded", headers);
const failing = error(500, "server_error");
const silent: readonly Step[] = [
  { kind: "head", status: 200, headers: { "content-type": "text/event-stream" } },
];
const pings: readonly Step[] = [
  ...silent,
  ...Array.from({ length: 100 }, (): Step => ({ kind: "data", bytes: Buffer.from(": ping\n\n") })),
];

/** Lets every pending promise of the pipeline run. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Played {
  readonly memory: MemoryGateway;
  readonly transport: ScriptedTransport;
  /** Asks, and lets time pass until there is an answer; at most two minutes. */
  readonly ask: (more?: Asked) => Promise<RecordedReply>;
  /** When each call went out, ms since the first request, and to which provider. */
  readonly calls: () => readonly { readonly to: string; readonly atMs: number }[];
}
interface Asked {
  readonly model?: string;
  readonly stream?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `scripts`: what the calls of one provider meet, in order; the last holds for all that follow. */
async function played(
  scripts: Readonly<Record<string, readonly (readonly Step[])[]>>,
  resilience: unknown = {},
): Promise<Played> {
  const counts = new Map<string, number>();
  const calls: { to: string; atMs: number }[] = [];
  let startedAt = 0;
  let memory: MemoryGateway | undefined;
  const transport = scriptedTransport(({ origin }) => {
    const to = origin.replace("http://", "").split(".")[0] ?? "";
    const count = counts.get(to) ?? 0;
    counts.set(to, count + 1);
    calls.push({ to, atMs: Math.round((memory?.time.clock.monotonic() ?? 0) - startedAt) });
    const list = scripts[to] ?? [];
    return list[Math.min(count, list.length - 1)] ?? good;
  });
  const made = await memoryGateway({
    transport,
    resilience,
    providers: ["one", "two"].map((id) => ({
      ...openaiUpstream,
      id,
      baseUrl: `http://${id}.invalid/v1`,
      dialects: ["openai-chat" as const],
      globs: [],
    })),
    pools: {
      lone: [{ provider: "one", model: "m" }],
      siblings: [
        { provider: "one", model: "m" },
        { provider: "two", model: "m" },
      ],
      fallback: [
        { provider: "one", model: "m" },
        { provider: "two", model: "other" },
      ],
    },
  });
  memory = made;
  startedAt = made.time.clock.monotonic();
  const playAll = async (): Promise<void> => {
    for (const one of transport.sent) while (one.step()) await turn();
    await turn();
  };
  return {
    memory: made,
    transport,
    calls: () => calls,
    ask: async ({ model = "lone", stream = false, headers = {} } = {}) => {
      const client = recordedReply();
      made.gateway.handle(
        inboundRequest({
          target: "/v1/chat/completions",
          headers: { authorization: `Bearer ${made.key}`, ...json, ...headers },
          body: JSON.stringify({ model, stream, messages: [{ role: "user", content: "hi" }] }),
          reply: client.reply,
        }),
      );
      for (let span = 0; span < 120_000 && !client.isEnded(); span += 100) {
        await turn();
        await playAll();
        if (!client.isEnded()) made.time.advance(100);
      }
      return client;
    },
  };
}

describe("one request", () => {
  it("is made again at a lone target, after a wait", async () => {
    const { ask, calls } = await played({ one: [failing, good] });
    expect((await ask()).status()).toBe(200);
    expect(calls().map(({ to }) => to)).toEqual(["one", "one"]);
    expect(calls()[1]?.atMs).toBeLessThanOrEqual(400);
  });

  it("leaves a sick member of a pool at once, and a lone target before another model only after a second try", async () => {
    const siblings = await played({ one: [failing] });
    expect((await siblings.ask({ model: "siblings" })).status()).toBe(200);
    expect(siblings.calls().map(({ to }) => to)).toEqual(["one", "two"]);
    const fallback = await played({ one: [failing] });
    expect((await fallback.ask({ model: "fallback" })).status()).toBe(200);
    expect(fallback.calls().map(({ to }) => to)).toEqual(["one", "one", "two"]);
  });

  it("waits for a rate limit as long as it is told, and never less", async () => {
    const { ask, calls, memory } = await played({ one: [limited({ "retry-after": "2" }), good] });
    expect((await ask({ model: "fallback" })).status()).toBe(200);
    expect(calls().map(({ to }) => to)).toEqual(["one", "one"]);
    expect(calls()[1]?.atMs).toBeGreaterThanOrEqual(2000);
    expect(calls()[1]?.atMs).toBeLessThanOrEqual(2400);
    const [record] = await memory.records();
    expect(record?.attempts[1]?.waitedMs).toBeGreaterThanOrEqual(2000);
  });

  it("E5: is never made again for a used-up quota", async () => {
    const { ask, calls } = await played({ one: [error(429, "insufficient_quota")] });
    const told = await ask();
    expect(told.status()).toBe(429);
    expect(told.header("x-should-retry")).toBe("false");
    expect(calls()).toHaveLength(1);
  });

  it("is not made again where a pushback of gRPC forbids it, but others may be asked", async () => {
    const forbidden = error(503, "unavailable", { "grpc-retry-pushback-ms": "-1" });
    const lone = await played({ one: [forbidden, good] });
    expect((await lone.ask()).status()).toBe(503);
    expect(lone.calls()).toHaveLength(1);
    const fallback = await played({ one: [forbidden, good] });
    expect((await fallback.ask({ model: "fallback" })).header("x-sallyport-deployment")).toBe("two");
    expect(fallback.calls().map(({ to }) => to)).toEqual(["one", "two"]);
  });

  it("waits as long as a pushback of gRPC tells", async () => {
    const { ask, calls } = await played({ one: [limited({ "grpc-retry-pushback-ms": "700" }), good] });
    expect((await ask()).status()).toBe(200);
    expect(calls()[1]?.atMs).toBeGreaterThanOrEqual(700);
    expect(calls()[1]?.atMs).toBeLessThanOrEqual(800);
  });

  it("tries a target once where the client's SDK has tried already", async () => {
    const { ask, calls } = await played({ one: [failing] });
    expect((await ask({ headers: { "x-stainless-retry-count": "1" } })).status()).toBe(500);
    expect(calls()).toHaveLength(1);
  });

  it("goes to no other model for a failure that the rules do not name", async () => {
    const { ask, calls } = await played({ one: [failing] }, { fallbackOn: ["rate-limit"] });
    expect((await ask({ model: "fallback" })).status()).toBe(500);
    expect(calls().map(({ to }) => to)).toEqual(["one", "one"]);
  });
});

describe("a cool-down", () => {
  it("E9: is waited for when all cool and it is short", async () => {
    const { ask, calls } = await played({ one: [limited({ "retry-after": "8" }), good] });
    const first = await ask();
    expect([first.status(), first.header("x-sallyport-error")]).toEqual([429, "upstream_rate_limited"]);
    // It may have been ended by a call of another: everybody knows of it.
    expect((await ask()).status()).toBe(200);
    expect(calls()).toHaveLength(2);
    expect(calls()[1]?.atMs).toBeGreaterThanOrEqual(8000);
  });

  it("E9: is told truly when it is long, and the target is not asked", async () => {
    const { ask, calls, memory } = await played({ one: [limited({ "retry-after": "60" })] });
    await ask();
    memory.time.advance(10_000);
    const late = await ask();
    expect(late.status()).toBe(429);
    expect(Number(late.header("retry-after"))).toBeGreaterThanOrEqual(50);
    expect(Number(late.header("retry-after"))).toBeLessThanOrEqual(56);
    expect(calls()).toHaveLength(1);
  });

  it("comes before the refusal when an answer says that nothing is left", async () => {
    const left = { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "60s" };
    const { ask, calls } = await played({ one: [answer(200, chatAnswer("well"), left)] });
    for (let request = 0; request < 3; request += 1)
      expect((await ask({ model: "fallback" })).status()).toBe(200);
    expect(calls().map(({ to }) => to)).toEqual(["one", "two", "two"]);
  });

  it("sends everybody else to the fallback meanwhile", async () => {
    const { ask, calls } = await played({ one: [limited({ "retry-after": "60" })] });
    for (let request = 0; request < 3; request += 1)
      expect((await ask({ model: "fallback" })).status()).toBe(200);
    expect(calls().map(({ to }) => to)).toEqual(["one", "two", "two", "two"]);
  });
});

describe("time", () => {
  it("E8: an upstream that only sends pings is silent: another is asked", async () => {
    const { ask, calls } = await played(
      {
        one: [pings],
        two: [[...silent, { kind: "data", bytes: Buffer.from(chatStream("well")) }, { kind: "end" }]],
      },
      { timeouts: { firstMs: 5000 } },
    );
    const told = await ask({ model: "fallback", stream: true });
    expect(told.status()).toBe(200);
    expect(told.body()).toContain("well");
    expect(told.body()).not.toContain("ping");
    expect(calls().map(({ to }) => to)).toEqual(["one", "two"]);
    expect(calls()[1]?.atMs).toBeLessThanOrEqual(5300);
  });

  it("silence within a stream ends it as the client's dialect has it, and its upstream", async () => {
    const begun: readonly Step[] = [
      ...silent,
      { kind: "data", bytes: Buffer.from(chatFirst + chatChunk({ content: "half" })) },
    ];
    const { ask, transport, memory } = await played({ one: [begun] }, { timeouts: { idleMs: 3000 } });
    const told = await ask({ stream: true });
    expect(told.body()).toContain("half");
    expect(told.body()).toContain('"code":"upstream_timeout"');
    expect(told.body()).not.toContain("[DONE]");
    expect(transport.sent[0]?.isAborted()).toBe(true);
    expect(await memory.records()).toMatchObject([{ outcome: "failed", code: "upstream_timeout" }]);
  });

  it.for([
    { header: "x-sallyport-timeout", value: "1500ms" },
    { header: "x-request-timeout", value: "1.5" },
    { header: "x-stainless-timeout", value: "1.5" },
  ])("a request ends by its deadline, all tries together: $header", async ({ header, value }) => {
    const { ask, transport, memory } = await played({ one: [[]] });
    const told = await ask({ model: "fallback", headers: { [header]: value } });
    expect([told.status(), told.header("x-sallyport-error")]).toEqual([504, "deadline_exceeded"]);
    expect(transport.sent[0]?.isAborted()).toBe(true);
    const [record] = await memory.records();
    expect(record?.durationMs).toBeGreaterThanOrEqual(1500);
    expect(record?.durationMs).toBeLessThanOrEqual(1700);
  });

  it.for(["soon", "0", "-5s", ""])("a deadline that cannot be read is refused: `%s`", async (value) => {
    const { ask, calls } = await played({});
    const told = await ask({ headers: { "x-sallyport-timeout": value } });
    expect(told.status()).toBe(400);
    expect(told.body()).toContain("x-sallyport-timeout");
    expect(calls()).toHaveLength(0);
  });
});

it("E6: at 100 % failures a lone target is asked at most 1.2 times per request, the fixed few aside", async () => {
  const { ask, calls } = await played({ one: [failing] });
  for (let request = 0; request < 60; request += 1) await ask();
  expect(calls().length).toBeLessThanOrEqual(60 * 1.2 + 10);
});
