import { describe, expect, it } from "vitest";
import { memoryGateway, openaiUpstream } from "../support/memory-gateway.ts";
import { inboundRequest, type RecordedReply, recordedReply } from "../support/recorded-reply.ts";
import { type Step, scriptedTransport } from "../support/scripted-transport.ts";
import { chatAnswer, chatStream } from "../support/stream-frames.ts";

const json = { "content-type": "application/json" };
const well: readonly Step[] = [
  { kind: "head", status: 200, headers: json },
  { kind: "data", bytes: Buffer.from(chatAnswer("well")) },
  { kind: "end" },
];
const stream: readonly Step[] = [
  { kind: "head", status: 200, headers: { "content-type": "text/event-stream" } },
  { kind: "data", bytes: Buffer.from(chatStream("well")) },
  { kind: "end" },
];
const limited: readonly Step[] = [
  { kind: "head", status: 429, headers: json },
  { kind: "data", bytes: Buffer.from('{"error":{"message":"slow down","code":"rate_limit_exceeded"}}') },
  { kind: "end" },
];
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const turns = async (): Promise<void> => {
  for (let count = 0; count < 8; count += 1) await turn();
};

/** A gateway whose calls stay in flight until they are told to end. */
async function world(bulkhead: unknown, script = well) {
  const transport = scriptedTransport(() => script);
  const memory = await memoryGateway({
    transport,
    bulkhead,
    providers: ["one", "two"].map((id) => ({
      ...openaiUpstream,
      id,
      baseUrl: `http://${id}.invalid/v1`,
      dialects: ["openai-chat" as const],
      globs: [],
    })),
    pools: {
      lone: [{ provider: "one", model: "m" }],
      pool: [
        { provider: "one", model: "m" },
        { provider: "two", model: "other" },
      ],
    },
  });
  const ask = async (
    model: string,
    headers: Readonly<Record<string, string>> = {},
    key = memory.key,
  ): Promise<RecordedReply> => {
    const client = recordedReply();
    memory.gateway.handle(
      inboundRequest({
        target: "/v1/chat/completions",
        headers: { authorization: `Bearer ${key}`, ...json, ...headers },
        body: JSON.stringify({
          model,
          stream: script === stream,
          messages: [{ role: "user", content: "hi" }],
        }),
        reply: client.reply,
      }),
    );
    await turns();
    return client;
  };
  /** Ends the call that was sent as the n-th. */
  const end = async (index: number): Promise<void> => {
    while (transport.sent[index]?.step() === true) await turn();
    await turns();
  };
  return { memory, transport, ask, end, slots: () => memory.gateway.control.slots() };
}

describe("a target at its limit", () => {
  it("is passed over for the next, as no failure of its own", async () => {
    const { ask, end, transport, memory } = await world({ concurrency: 1 });
    await ask("pool");
    const other = await ask("pool");
    expect(transport.sent.map(({ request }) => request.origin)).toEqual([
      "http://one.invalid",
      "http://two.invalid",
    ]);
    await end(1);
    expect(other.header("x-sallyport-deployment")).toBe("two");
    const [record] = await memory.records();
    expect(record?.attempts).toHaveLength(1);
    expect(record?.stages.find(({ stage }) => stage === "attempt")?.reason).toContain(
      "passed over: `one` (at its limit)",
    );
    expect(memory.gateway.control.breakers.list().every(({ failureCount }) => failureCount === 0)).toBe(true);
  });

  it("is waited for where there is no other, in turn, and the wait is told", async () => {
    const { ask, end, memory, transport } = await world({ concurrency: 1, maxWaitMs: 5000 });
    const clients = [await ask("lone"), await ask("lone"), await ask("lone")];
    expect(transport.sent).toHaveLength(1);
    memory.time.advance(700);
    await end(0);
    expect(transport.sent).toHaveLength(2);
    await end(1);
    await end(2);
    expect(clients.map((client) => client.status())).toEqual([200, 200, 200]);
    const waits = (await memory.records()).map(({ attempts }) => attempts[0]?.waitedMs ?? 0);
    expect(waits.toSorted((a, b) => a - b)).toEqual([0, 700, 700]);
  });

  it("refuses with the true moment when the wait is over, the queue is full, or the deadline too near", async () => {
    const { ask, memory, end } = await world({ concurrency: 1, queueMax: 1, maxWaitMs: 800 });
    await ask("lone");
    const waits = await ask("lone");
    const full = await ask("lone");
    expect([full.status(), full.header("x-sallyport-error"), full.header("x-sallyport-shed")]).toEqual([
      503,
      "overloaded",
      "queue",
    ]);
    memory.time.advance(800);
    await turns();
    expect([waits.status(), waits.header("x-sallyport-shed")]).toEqual([503, "wait"]);
    expect(Number(waits.header("retry-after-ms"))).toBeGreaterThanOrEqual(1000);
    expect(Number(waits.header("retry-after-ms"))).toBeLessThanOrEqual(3000);
    expect(waits.body()).toContain("at work on as many requests");
    memory.time.advance(59_200);
    await end(0);
    await ask("lone");
    const hasty = await ask("lone", { "x-sallyport-timeout": "5s" });
    expect([hasty.status(), hasty.header("x-sallyport-shed")]).toEqual([503, "deadline"]);
    expect(Number(hasty.header("retry-after"))).toBeGreaterThanOrEqual(30);
    expect(Number(hasty.header("retry-after"))).toBeLessThanOrEqual(45);
  });

  it("gives its slot back however its request ends: whole, streamed, failed, or left by the client", async () => {
    for (const script of [well, stream, limited]) {
      const { ask, end, slots } = await world({ concurrency: 1, queueMax: 0 }, script);
      await ask("lone");
      expect(slots()[0]?.inFlight).toBe(1);
      await end(0);
      expect(slots()[0]?.inFlight).toBe(0);
    }
    const { ask, slots } = await world({ concurrency: 1 });
    const client = await ask("lone");
    const waits = await ask("lone");
    waits.goAway();
    await turns();
    expect(slots()[0]).toMatchObject({ inFlight: 1, queued: 0 });
    client.goAway();
    await turns();
    expect(slots()[0]).toMatchObject({ inFlight: 0, queued: 0 });
  });

  it("gives a freed slot to who is waited for before a batch, and to the key that has least", async () => {
    const { ask, end, memory, transport } = await world({ concurrency: 2, maxWaitMs: 9000 });
    const other = await memory.gateway.control.keys.create({ name: "other", models: [] });
    await ask("lone");
    await ask("lone");
    const batch = await ask("lone", { "x-sallyport-priority": "batch" }, other.key);
    const same = await ask("lone");
    const poor = await ask("lone", {}, other.key);
    expect((await ask("lone", { "x-sallyport-priority": "now" })).status()).toBe(400);
    await end(0);
    await end(2);
    expect(poor.status()).toBe(200);
    await end(1);
    await end(3);
    expect([same.status(), batch.status()]).toEqual([200, 0]);
    for (let index = 4; index < transport.sent.length; index += 1) await end(index);
    expect(batch.status()).toBe(200);
  });

  it("takes what a key for batches brings as a batch, however urgent it says it is", async () => {
    const { ask, end, memory } = await world({ concurrency: 1, maxWaitMs: 9000 });
    const batches = await memory.gateway.control.keys.create({ name: "nightly", priority: "batch" });
    await ask("lone");
    const batch = await ask("lone", { "x-sallyport-priority": "interactive" }, batches.key);
    const usual = await ask("lone");
    await end(0);
    await end(1);
    expect([usual.status(), batch.status()]).toEqual([200, 0]);
    await end(2);
    expect(batch.status()).toBe(200);
  });

  it("is left for another that has a slot by then, and no queue ends the search", async () => {
    const { ask, end, transport, memory } = await world({
      concurrency: 1,
      maxWaitMs: 500,
      targets: { one: { queueMax: 0 } },
    });
    const inside = [await ask("pool"), await ask("pool")];
    const third = await ask("pool");
    expect(transport.sent).toHaveLength(2);
    await end(1);
    expect(transport.sent.at(2)?.request.origin).toBe("http://two.invalid");
    await end(2);
    expect([inside[1]?.status(), third.status()]).toEqual([200, 200]);
    const fourth = await ask("pool");
    await ask("pool");
    memory.time.advance(500);
    await turns();
    expect(fourth.status()).toBe(0);
  });

  it("gives the slot back where a breaker holds the request back", async () => {
    const { ask, memory, transport } = await world({ concurrency: 1 });
    memory.gateway.control.breakers.setMode("one/m", "forced_open");
    expect((await ask("lone")).header("x-sallyport-error")).toBe("circuit_open");
    expect(memory.gateway.control.slots()).toMatchObject([{ inFlight: 0 }]);
    expect(transport.sent).toHaveLength(0);
  });

  it("counts nobody as shed who has left the queue", async () => {
    const { ask, memory, slots } = await world({ concurrency: 1, maxWaitMs: 5000 });
    await ask("lone");
    const waits = await ask("lone");
    waits.goAway();
    await turns();
    expect(slots()[0]).toMatchObject({ inFlight: 1, queued: 0 });
    expect(memory.gateway.control.metrics()).not.toContain("sallyport_shed_total{");
    expect((await memory.records()).map(({ outcome, code }) => [outcome, code])).toEqual([
      ["aborted", "client_closed"],
    ]);
  });

  it("grows its limit by answers that tell no usage, too", async () => {
    const silent: readonly Step[] = [
      { kind: "head", status: 200, headers: json },
      { kind: "data", bytes: Buffer.from(chatAnswer("well").replace(/,"usage":\{[^}]*\}/, "")) },
      { kind: "end" },
    ];
    const { ask, end, memory } = await world({ concurrency: 1, maxWaitMs: 60_000 }, silent);
    await ask("lone");
    memory.time.advance(400);
    await end(0);
    await ask("lone");
    const hasty = await ask("lone", { "x-sallyport-timeout": "700ms" });
    expect(hasty.header("x-sallyport-shed")).toBe("deadline");
  });

  it.for([
    ["paced", 27],
    ["adaptive", 1000],
  ] as const)("with a limit that is %s, late first words leave %d", async ([concurrency, limit]) => {
    const { ask, end, slots, memory } = await world({ concurrency }, stream);
    for (let count = 0; count < 20; count += 1) {
      await ask("lone");
      memory.time.advance(100);
      await end(count);
    }
    expect(slots()[0]).toMatchObject({ limit: 1000 });
    for (let count = 0; count < 30; count += 1) await ask("lone");
    memory.time.advance(900);
    for (let count = 20; count < 50; count += 1) await end(count);
    expect(slots()[0]?.limit).toBeLessThanOrEqual(limit);
    expect(slots()[0]?.limit).toBeGreaterThanOrEqual(limit * 0.6);
  });

  it("learns its limit from what it refuses", async () => {
    const { ask, end, slots } = await world({}, limited);
    for (let count = 0; count < 10; count += 1) await ask("lone");
    expect(slots()[0]).toMatchObject({ inFlight: 10, limit: 1000 });
    await end(0);
    expect(slots()[0]).toMatchObject({ limit: 18 });
  });
});
