import { describe, expect, it } from "vitest";
import { createMemoryStateStore } from "../../src/platform/memory/index.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import { memoryGateway, openaiUpstream } from "../support/memory-gateway.ts";
import { inboundRequest, type RecordedReply, recordedReply } from "../support/recorded-reply.ts";
import { type Step, scriptedTransport } from "../support/scripted-transport.ts";
import { chatStream } from "../support/stream-frames.ts";

const json = { "content-type": "application/json" };
const turns = async (): Promise<void> => {
  for (let count = 0; count < 8; count += 1) await new Promise<void>((resolve) => setImmediate(resolve));
};
const data = (text: string): Step => ({ kind: "data", bytes: Buffer.from(text) });

/** First words of the first target usually take three seconds. */
const usualMs = 3000;
/** Three times that, by buckets that are half as wide again; and where it was never learned. */
const learnedMs = { from: 7000, to: 13_000 };
const configuredMs = 30_000;

async function world({
  calls = 500,
  resilience = {},
  bulkhead = {},
  heldMs = 0,
  states = createMemoryStateStore(),
}: {
  readonly calls?: number;
  readonly resilience?: object;
  readonly bulkhead?: object;
  /** Between the first word of a stream and its end, while it is learned from. */
  readonly heldMs?: number;
  readonly states?: StateStore;
} = {}) {
  const transport = scriptedTransport(({ origin }) => [
    { kind: "head", status: 200, headers: { "content-type": "text/event-stream" } },
    data(": ping\n\n"),
    data(chatStream(`from ${origin.slice(7, 10)}`)),
    { kind: "end" },
  ]);
  const memory = await memoryGateway({
    transport,
    resilience: { retry: { perTarget: 1 }, ...resilience },
    bulkhead,
    states,
    providers: ["one", "two"].map((id) => ({
      ...openaiUpstream,
      id,
      baseUrl: `http://${id}.invalid/v1`,
      globs: [],
    })),
    pools: {
      pool: [
        { provider: "one", model: "m" },
        { provider: "two", model: "other" },
      ],
      turned: [
        { provider: "two", model: "other" },
        { provider: "one", model: "m" },
      ],
      lone: [{ provider: "one", model: "m" }],
    },
  });
  const ask = async (model: string, prompt = "hi"): Promise<RecordedReply> => {
    const client = recordedReply();
    memory.gateway.handle(
      inboundRequest({
        target: "/v1/chat/completions",
        headers: { authorization: `Bearer ${memory.key}`, ...json },
        body: JSON.stringify({ model, stream: true, messages: [{ role: "user", content: prompt }] }),
        reply: client.reply,
      }),
    );
    await turns();
    return client;
  };
  const wait = async (ms: number): Promise<void> => {
    memory.time.advance(ms);
    await turns();
  };
  const go = async (index: number): Promise<void> => {
    while (transport.sent[index]?.step() === true) await turns();
  };
  for (let call = 0; call < calls; call += 1) {
    await ask("lone");
    memory.time.advance(usualMs);
    const play = transport.sent[call]?.step ?? (() => false);
    for (let step = 0; step < 3; step += 1) play();
    if (heldMs > 0) await wait(heldMs);
    while (play());
    await turns();
  }
  const before = transport.sent.length;
  return {
    ...memory,
    ask,
    wait,
    go: (index: number) => go(before + index),
    sent: () => transport.sent.slice(before).map(({ request }) => request.origin.slice(7, 10)),
    isAborted: (index: number) => transport.sent[before + index]?.isAborted(),
    last: async () => (await memory.records())[0],
    limitMs: () => memory.gateway.control.breakers.list()[0]?.firstLimits[0]?.limitMs,
  };
}

describe("a first word that is later than ever", () => {
  it("is no longer waited for where another can be asked", async () => {
    const { ask, wait, go, sent, isAborted, last } = await world();
    const client = await ask("pool");
    await wait(learnedMs.from);
    expect(sent()).toEqual(["one"]);
    await wait(learnedMs.to - learnedMs.from);
    expect(sent()).toEqual(["one", "two"]);
    expect(isAborted(0)).toBe(true);
    await go(1);
    expect(client.body()).toContain("from two");
    const record = await last();
    expect(record?.attempts.map(({ provider, code }) => [provider, code])).toEqual([
      ["one", "upstream_timeout"],
      ["two", null],
    ]);
    expect(record?.attempts[0]?.reason).toContain("others can be asked");
  });

  it("of the last that could be asked is waited for as configured", async () => {
    const { ask, wait, go, sent, isAborted } = await world();
    const client = await ask("turned");
    await wait(configuredMs + 200);
    expect(sent()).toEqual(["two", "one"]);
    await wait(configuredMs - 1000);
    expect(isAborted(1)).toBe(false);
    await go(1);
    expect(client.body()).toContain("from one");
  });

  it.each([
    ["before five hundred calls have taught what is usual", "pool", "hi", { calls: 499 }],
    ["for a prompt of a size that nobody has sent", "pool", "long ".repeat(1000), {}],
    ["by a target that is alone", "lone", "hi", {}],
    ["where `learnFirst` is off", "pool", "hi", { resilience: { timeouts: { learnFirst: false } } }],
    ["where no fallback is wanted after it", "pool", "hi", { resilience: { fallbackOn: ["rate-limit"] } }],
    ["where no more tries are wanted", "pool", "hi", { resilience: { retry: { total: 1 } } }],
  ])("is waited for as configured %s", async (_, model, prompt, options) => {
    const { ask, wait, sent, isAborted, go } = await world(options);
    const client = await ask(model, prompt);
    await wait(configuredMs - 1000);
    expect(sent()).toEqual(["one"]);
    expect(isAborted(0)).toBe(false);
    await go(0);
    expect(client.body()).toContain("from one");
  });

  it("of two that are asked at once is given up at the one, and waited for at the other", async () => {
    const { ask, wait, go, sent, isAborted } = await world({
      resilience: { hedge: { afterMs: 4000, budget: 0.05 } },
    });
    const client = await ask("turned");
    await wait(4000);
    expect(sent()).toEqual(["two", "one"]);
    await wait(configuredMs - 1000);
    // The one that was learned is the copy: somebody must be waited for.
    expect([isAborted(0), isAborted(1)]).toEqual([true, false]);
    await go(1);
    expect(client.body()).toContain("from one");
  });

  it("is known after a restart", async () => {
    const states = createMemoryStateStore();
    const first = await world({ states });
    await first.gateway.learned.keep();
    const second = await world({ states, calls: 0 });
    await second.gateway.learned.restore();
    await second.ask("pool");
    await second.wait(learnedMs.from);
    expect(second.sent()).toEqual(["one"]);
    await second.wait(learnedMs.to - learnedMs.from);
    expect(second.sent()).toEqual(["one", "two"]);
  });

  it("is learned without the time for which the start of a stream is kept back", async () => {
    const free = await world();
    const held = await world({ heldMs: 8000, resilience: { hold: { ms: 8000, bytes: 65_536 } } });
    expect(free.limitMs()).toBeGreaterThan(learnedMs.from);
    expect(held.limitMs()).toBe(free.limitMs());
  });

  it("counts as the least that it would have taken where a copy overtook it", async () => {
    const { ask, wait, go, sent, limitMs } = await world({
      resilience: { hedge: { afterMs: 4000, budget: 0.05 } },
    });
    const before = limitMs() ?? 0;
    // Three in a hundred take long.
    for (let call = 0; call < 600; call += 1) {
      const isLate = call % 33 === 0;
      await ask("pool");
      await wait(isLate ? 4000 : usualMs);
      if (isLate) await wait(usualMs);
      await go(sent().length - 1);
    }
    expect(sent().filter((origin) => origin === "two").length).toBeGreaterThan(15);
    // Three times what it had waited, rather than three times what is usual.
    expect(limitMs()).toBeGreaterThan(1.8 * before);
  });

  it("is waited for as configured while who else could be asked is at its limit", async () => {
    const { ask, wait, go, sent, isAborted } = await world({
      bulkhead: { targets: { two: { concurrency: 1 } } },
    });
    await ask("turned");
    const client = await ask("pool");
    await wait(configuredMs - 1000);
    expect([sent(), isAborted(1)]).toEqual([["two", "one"], false]);
    await go(1);
    expect(client.body()).toContain("from one");
    // Once there is room again the next is not waited for.
    await go(0);
    await ask("pool");
    await wait(learnedMs.to);
    expect(sent()).toEqual(["two", "one", "one", "two"]);
  });

  it("is waited for as configured while who else could be asked is left alone", async () => {
    const { ask, wait, sent, isAborted, gateway } = await world();
    gateway.control.breakers.setMode("two/other", "forced_open");
    await ask("pool");
    await wait(configuredMs - 1000);
    expect([sent(), isAborted(0)]).toEqual([["one"], false]);
    // And then it is given up as ever.
    await wait(1200);
    expect(isAborted(0)).toBe(true);
  });
});
