import { describe, expect, it } from "vitest";
import { memoryGateway, openaiUpstream } from "../support/memory-gateway.ts";
import { inboundRequest, type RecordedReply, recordedReply } from "../support/recorded-reply.ts";
import { type Step, scriptedTransport } from "../support/scripted-transport.ts";
import { chatAnswer, chatStream } from "../support/stream-frames.ts";

const json = { "content-type": "application/json" };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const turns = async (): Promise<void> => {
  for (let count = 0; count < 8; count += 1) await turn();
};
const data = (text: string): Step => ({ kind: "data", bytes: Buffer.from(text) });
const whole = (text: string): readonly Step[] => [
  { kind: "head", status: 200, headers: json },
  data(chatAnswer(text)),
  { kind: "end" },
];
const streamed = (text: string): readonly Step[] => [
  { kind: "head", status: 200, headers: { "content-type": "text/event-stream" } },
  data(": ping\n\n"),
  data(chatStream(text)),
  { kind: "end" },
];
const failing: readonly Step[] = [
  { kind: "head", status: 500, headers: json },
  data('{"error":{"message":"no"}}'),
  { kind: "end" },
];

const hedge = { afterMs: 400, budget: 0.05 };

interface Asked {
  readonly stream?: boolean;
  readonly more?: object;
}

/** Calls stay in flight until they are told to go on. Enough of a budget for ten copies has been saved up. */
async function world(
  scripts: Readonly<Record<"one" | "two", (isStream: boolean) => readonly Step[]>>,
  rules: unknown = hedge,
  pressure = { loopMsMean: 0, loopMsP99: 0, heapShare: 0, rssShare: 0 },
) {
  const transport = scriptedTransport(({ origin, body }) => {
    const isStream = Buffer.from(body instanceof Uint8Array ? body : "")
      .toString()
      .includes('"stream":true');
    return scripts[origin.includes("one") ? "one" : "two"](isStream);
  });
  const memory = await memoryGateway({
    transport,
    pressure: () => pressure,
    resilience: { hedge: rules, retry: { perTarget: 1 } },
    prices: { m: [1, 2], other: [10, 20] },
    providers: ["one", "two"].map((id) => ({
      ...openaiUpstream,
      id,
      baseUrl: `http://${id}.invalid/v1`,
      dialects: ["openai-chat" as const],
      globs: [],
    })),
    pools: {
      pool: [
        { provider: "one", model: "m" },
        { provider: "two", model: "other" },
      ],
      lone: [{ provider: "one", model: "m" }],
    },
  });
  const ask = async (model: string, { stream = false, more = {} }: Asked = {}): Promise<RecordedReply> => {
    const client = recordedReply();
    memory.gateway.handle(
      inboundRequest({
        target: "/v1/chat/completions",
        headers: { authorization: `Bearer ${memory.key}`, ...json },
        body: JSON.stringify({ model, stream, messages: [{ role: "user", content: "hi" }], ...more }),
        reply: client.reply,
      }),
    );
    await turns();
    return client;
  };
  /** Plays so many steps of the n-th call; all, if nothing is said. */
  const go = async (index: number, steps = Number.POSITIVE_INFINITY): Promise<void> => {
    for (let step = 0; step < steps && transport.sent[index]?.step() === true; step += 1) await turn();
    await turns();
  };
  const wait = async (ms: number): Promise<void> => {
    memory.time.advance(ms);
    await turns();
  };
  for (let saved = 0; saved < 20; saved += 1) {
    await ask("lone");
    await go(saved);
  }
  const before = transport.sent.length;
  return {
    memory,
    ask,
    wait,
    go: (index: number, steps?: number) => go(before + index, steps),
    sent: () => transport.sent.slice(before).map(({ request }) => request.origin.slice(7, 10)),
    isAborted: (index: number) => transport.sent[before + index]?.isAborted(),
    last: async () => (await memory.records()).find(({ model }) => model === "pool"),
  };
}

const both = (text: string) => (isStream: boolean) => (isStream ? streamed(text) : whole(text));

describe("a request whose first word is late", () => {
  it("is not sent again while the process is under pressure", async () => {
    const strained = { loopMsMean: 10, loopMsP99: 60, heapShare: 0.1, rssShare: 0 };
    const { ask, wait, sent } = await world({ one: both("one"), two: both("two") }, hedge, strained);
    await wait(100);
    await ask("pool");
    await wait(500);
    expect(sent()).toEqual(["one"]);
  });

  it.for([false, true])(
    "is sent to another target too, and who says something first goes on (stream: %s)",
    async (stream) => {
      const { ask, wait, go, sent, isAborted, last, memory } = await world({
        one: both("from one"),
        two: both("from two"),
      });
      const client = await ask("pool", { stream });
      await wait(399);
      expect(sent()).toEqual(["one"]);
      await wait(1);
      expect(sent()).toEqual(["one", "two"]);
      // Opening and pings are no words.
      if (stream) await go(0, 2);
      await go(1);
      expect(client.header("x-sallyport-deployment")).toBe("two");
      expect(client.body()).toContain("from two");
      expect(client.body()).not.toContain("from one");
      expect(isAborted(0)).toBe(true);
      expect(client.header("x-sallyport-attempts")).toBe(
        '"one";error=hedge_lost;status=200, "two"'.replace(";status=200", ""),
      );
      const record = await last();
      expect(record?.attempts.map(({ provider, code }) => [provider, code])).toEqual([
        ["one", "hedge_lost"],
        ["two", null],
      ]);
      expect(record?.outcome).toBe("completed");
      // Nine tokens in and three out at 10 and 20 dollars a million; and what the other had read, by estimate, at one.
      const bytes = record?.bytesIn ?? 0;
      expect(record?.cost?.nanoUsd).toBe(9 * 10_000 + 3 * 20_000 + Math.ceil(bytes / 4) * 1000);
      expect(memory.gateway.control.breakers.list().map(({ failureCount }) => failureCount)).toEqual([0, 0]);
      expect(memory.gateway.control.slots().map(({ inFlight }) => inFlight)).toEqual([0, 0]);
    },
  );

  it("goes on where it was when that answers first, and the copy is given up", async () => {
    const { ask, wait, go, isAborted, last } = await world({ one: both("from one"), two: both("from two") });
    const client = await ask("pool");
    await wait(400);
    await go(0);
    expect(client.body()).toContain("from one");
    expect(isAborted(1)).toBe(true);
    expect((await last())?.attempts.map(({ provider, code }) => [provider, code])).toEqual([
      ["two", "hedge_lost"],
      ["one", null],
    ]);
  });

  it("waits for the other when one of the two fails, and fails as the first did when both do", async () => {
    const one = await world({ one: () => failing, two: both("from two") });
    const rescued = await one.ask("pool");
    await one.wait(400);
    await one.go(0);
    await one.go(1);
    expect(rescued.body()).toContain("from two");
    const two = await world({ one: both("from one"), two: () => failing });
    const held = await two.ask("pool");
    await two.wait(400);
    await two.go(1);
    await two.go(0);
    expect(held.body()).toContain("from one");
    const none = await world({ one: () => failing, two: () => failing });
    const failed = await none.ask("pool");
    await none.wait(400);
    await none.go(1);
    await none.go(0);
    expect(failed.status()).toBe(500);
    expect(none.sent()).toEqual(["one", "two"]);
    expect((await none.last())?.attempts).toHaveLength(2);
  });

  it("is not lost by a fault of ours in the copy, nor does that keep anything", async () => {
    const fault = (): never => {
      throw new Error("a fault");
    };
    const { ask, wait, go, memory } = await world({ one: both("from one"), two: fault });
    const client = await ask("pool");
    await wait(400);
    await go(0);
    expect(client.body()).toContain("from one");
    expect(memory.gateway.control.slots().map(({ inFlight }) => inFlight)).toEqual([0, 0]);
    expect(memory.gateway.control.routing.endpoints().map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  });

  it("ends both when the client goes", async () => {
    const { ask, wait, isAborted, last } = await world({ one: both("from one"), two: both("from two") });
    const client = await ask("pool", { stream: true });
    await wait(400);
    client.goAway();
    await turns();
    expect([isAborted(0), isAborted(1)]).toEqual([true, true]);
    expect((await last())?.outcome).toBe("aborted");
  });

  it("is not copied: nowhere else to go, tools that a provider runs, no budget, or already answered", async () => {
    const scripts = { one: both("from one"), two: both("from two") };
    const { ask, wait, go, sent } = await world(scripts);
    await ask("lone");
    await wait(400);
    expect(sent()).toEqual(["one"]);
    await ask("pool", { more: { tools: [{ type: "web_search_preview" }] } });
    await wait(400);
    expect(sent()).toEqual(["one", "one"]);
    const early = await ask("pool", { stream: true });
    await go(2, 3);
    await wait(5000);
    expect(sent()).toEqual(["one", "one", "one"]);
    expect(early.body()).toContain("from one");
    const poor = await world(scripts, { ...hedge, budget: 0.001 });
    await poor.ask("pool");
    await poor.wait(400);
    expect(poor.sent()).toEqual(["one"]);
  });

  it("is late by what was usual in the ten minutes before", async () => {
    const { ask, wait, go, sent, memory } = await world(
      { one: both("from one"), two: both("from two") },
      { budget: 0.05 },
    );
    for (let count = 0; count < 120; count += 1) {
      await ask("pool");
      await wait(count % 10 === 9 ? 900 : 100);
      await go(count);
    }
    memory.time.advance(300_000);
    await ask("pool");
    await wait(100);
    await go(120);
    await ask("pool");
    await wait(700);
    expect(sent().slice(121)).toEqual(["one"]);
    await wait(500);
    expect(sent().slice(121)).toEqual(["one", "two"]);
  });
});
