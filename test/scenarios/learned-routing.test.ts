import { describe, expect, it } from "vitest";
import type { RouteRules } from "../../src/capabilities/routing/index.ts";
import { createMemoryStateStore } from "../../src/platform/memory/index.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import { type MemoryGateway, memoryGateway, openaiUpstream } from "../support/memory-gateway.ts";
import { inboundRequest, type RecordedReply, recordedReply } from "../support/recorded-reply.ts";
import { type Step, scriptedTransport } from "../support/scripted-transport.ts";
import { chatAnswer } from "../support/stream-frames.ts";

const json = { "content-type": "application/json" };
/** Lets every pending promise of the pipeline run. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const easy = "Say hello to my friend, please.";
const hard = "Prove that x^2 + 3 = 12 has no integer solution; then solve 4x - 7 = 21 and 3x + 2 = 11.";

interface World {
  readonly memory: MemoryGateway;
  readonly ask: (question: string, headers?: Readonly<Record<string, string>>) => Promise<RecordedReply>;
  readonly feedback: (body: unknown, key?: string) => Promise<RecordedReply>;
}

/** Two models: the small one costs a hundredth; what their answers are like is the test's to say. */
async function world(
  route: Partial<RouteRules> = {},
  parts: {
    readonly states?: StateStore;
    readonly unpriced?: boolean;
    readonly refuses?: string;
    readonly qualities?: Readonly<Record<string, number>>;
  } = {},
): Promise<World> {
  const transport = scriptedTransport(({ origin }): readonly Step[] => [
    { kind: "head", status: 200, headers: json },
    {
      kind: "data",
      bytes: Buffer.from(
        parts.refuses !== undefined && origin.includes(parts.refuses)
          ? chatAnswer("").replace('"stop"', '"content_filter"')
          : chatAnswer("well"),
      ),
    },
    { kind: "end" },
  ]);
  const qualityOf = (model: string): { readonly quality?: number } => {
    const quality = parts.qualities?.[model];
    return quality === undefined ? {} : { quality };
  };
  const memory = await memoryGateway({
    transport,
    ...(parts.states === undefined ? {} : { states: parts.states }),
    providers: ["weak", "strong"].map((id) => ({
      ...openaiUpstream,
      id,
      baseUrl: `http://${id}.invalid/v1`,
      dialects: ["openai-chat" as const],
      globs: [],
    })),
    pools: {
      pool: [
        { provider: "weak", model: "small", ...qualityOf("small") },
        { provider: "strong", model: "large", ...qualityOf("large") },
      ],
    },
    routes: {
      pool: {
        strategy: "learned",
        weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
        expose: "full",
        ...route,
      },
    },
    prices: parts.unpriced === true ? { large: [10, 40] } : { small: [0.1, 0.4], large: [10, 40] },
  });
  const send = async (target: string, body: unknown, headers: Readonly<Record<string, string>>) => {
    const client = recordedReply();
    memory.gateway.handle(
      inboundRequest({
        target,
        headers: { authorization: `Bearer ${memory.key}`, ...json, ...headers },
        body: JSON.stringify(body),
        reply: client.reply,
      }),
    );
    for (let rounds = 0; rounds < 20 && !client.isEnded(); rounds += 1) {
      await turn();
      for (const played of transport.sent) while (played.step()) await turn();
    }
    await turn();
    return client;
  };
  return {
    memory,
    ask: (question, headers = {}) =>
      send(
        "/v1/chat/completions",
        { model: "pool", messages: [{ role: "user", content: question }] },
        headers,
      ),
    feedback: (body, key = memory.key) => send("/v1/feedback", body, { authorization: `Bearer ${key}` }),
  };
}

const by = (reply: RecordedReply): string => reply.header("x-sallyport-deployment") ?? "";
const idOf = (reply: RecordedReply): string => reply.header("x-sallyport-request-id") ?? "";

/** The small model is right on easy questions only, the large one always; the client says so each time. */
async function teach({ ask, feedback }: World, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    for (const question of [easy, hard]) {
      const answer = await ask(question);
      const isGood = by(answer) === "strong" || question === easy;
      await feedback({ request_id: idOf(answer), metric: "thumb", value: isGood });
    }
  }
}

const shareOfStrong = async ({ ask }: World, question: string): Promise<number> => {
  let strong = 0;
  for (let request = 0; request < 20; request += 1) if (by(await ask(question)) === "strong") strong += 1;
  return strong / 20;
};

describe("a pool that learns", () => {
  it("learns from its clients which model is good enough for which request", async () => {
    const learning = await world({ budget: { ofReference: 0.4 }, explore: 0.1 });
    await teach(learning, 150);
    expect(await shareOfStrong(learning, easy)).toBeLessThan(0.25);
    expect(await shareOfStrong(learning, hard)).toBeGreaterThan(0.75);
    const [route] = learning.memory.gateway.control.routing.routes();
    const arms = route?.learned?.arms ?? [];
    expect(arms.map(({ model }) => model).toSorted()).toEqual(["large", "small"]);
    for (const { n } of arms) expect(n).toBeGreaterThan(20);
  });

  it("says how it chose, with all probabilities, in the header and in the record", async () => {
    const { ask, memory } = await world({ budget: { perRequestUsd: 1 }, explore: 0.1 });
    const answer = await ask(easy);
    expect(answer.header("x-sallyport-strategy")).toBe("learned");
    const decision = memory.gateway.control.routing.routes()[0]?.decisions[0];
    expect(decision?.requestId).toBe(idOf(answer));
    const { learned } = decision ?? {};
    expect(learned?.shape).toBe("other");
    const probabilities = Object.values(learned?.propensities ?? {});
    expect(probabilities).toHaveLength(2);
    expect(probabilities.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    const [record] = await memory.records();
    const reason = record?.stages.find(({ stage }) => stage === "plan")?.reason;
    expect(reason).toContain(`chosen with probability ${decision?.propensity.toFixed(4)}`);
    expect(learned?.budgetNanoUsd).toBe(1e9);
  });

  it("has half of what the dear one costs for a budget, if nothing is said", async () => {
    const { ask, memory } = await world();
    await ask(easy);
    const decision = memory.gateway.control.routing.routes()[0]?.decisions[0];
    const dear = decision?.ranked.find(({ model }) => model === "large")?.costNanoUsd ?? 0;
    expect(decision?.learned?.budgetNanoUsd).toBeCloseTo(dear / 2, 6);
  });

  it("tries nothing with a request that is critical", async () => {
    const { ask, memory } = await world({ explore: 0.2, budget: { perRequestUsd: 1 } });
    const propensities = (): readonly number[] =>
      memory.gateway.control.routing.routes()[0]?.decisions.map(({ propensity }) => propensity) ?? [];
    for (let request = 0; request < 5; request += 1) await ask(easy);
    expect(
      propensities()
        .slice(0, 5)
        .every((share) => share < 1),
    ).toBe(true);
    for (let request = 0; request < 5; request += 1) await ask(easy, { "x-sallyport-critical": "true" });
    expect(propensities().slice(0, 5)).toEqual([1, 1, 1, 1, 1]);
    const unreadable = await ask(easy, { "x-sallyport-critical": "perhaps" });
    expect(unreadable.status()).toBe(400);
  });

  it("begins with the operator's word of a model, and goes by what is judged from then on", async () => {
    const learning = await world(
      { budget: { perRequestUsd: 1 } },
      { qualities: { small: 0.95, large: 0.6 } },
    );
    const { routing } = learning.memory.gateway.control;
    const known = (): readonly (readonly [string, number])[] =>
      routing
        .decide({ model: "pool", inputTokens: 10, isStream: false })
        .ranked.map(({ model, quality }) => [model, Number(quality.toFixed(2))]);
    expect(known()).toEqual([
      ["small", 0.95],
      ["large", 0.6],
    ]);
    for (let request = 0; request < 60; request += 1) {
      const answer = await learning.ask(easy);
      await learning.feedback({ request_id: idOf(answer), metric: "thumb", value: by(answer) === "strong" });
    }
    expect(known()[0]?.[0]).toBe("large");
  });

  it("takes one judgement of an answer, from who asked for it", async () => {
    const { ask, feedback, memory } = await world();
    const id = idOf(await ask(easy));
    const good = { request_id: id, metric: "score", value: 4, range: [1, 5] };
    const taken = await feedback(good);
    expect([taken.status(), JSON.parse(taken.body())]).toEqual([
      202,
      { status: "accepted", matched: true, late: false, route: "pool", model: expect.any(String) },
    ]);
    const again = await feedback(good);
    expect([again.status(), again.body()]).toEqual([200, '{"duplicate":true}']);
    expect((await feedback({ ...good, value: 5 })).status()).toBe(409);
    expect((await feedback({ ...good, value: 5, replace: true })).status()).toBe(202);
    const { key } = await memory.gateway.control.keys.create({ name: "another", models: [] });
    expect((await feedback(good, key)).status()).toBe(404);
    expect((await feedback({ ...good, request_id: "nobody" })).status()).toBe(404);
  });

  it.for([
    [{ request_id: "x", metric: "score", value: 7 }, "`value`"],
    [{ request_id: "x", metric: "score", value: 7, range: [9, 1] }, "`range`"],
    [{ request_id: "x", metric: "beauty", value: 1 }, "`metric`"],
    [{ request_id: "x", metric: "thumb", value: true, extra: 1 }, "extra"],
    [{ items: [] }, "`items`"],
  ] as const)("refuses %o and names what is wrong", async ([body, named]) => {
    const { feedback } = await world();
    const refused = await feedback(body);
    expect([refused.status(), refused.body()]).toEqual([400, expect.stringContaining(named)]);
  });

  it("takes many judgements at once, and says how many it knew", async () => {
    const { ask, feedback } = await world();
    const ids = [idOf(await ask(easy)), idOf(await ask(hard)), "nobody"];
    const items = [...ids, ids[0]].map((id) => ({ request_id: id, metric: "quality", value: 0.5 }));
    expect(JSON.parse((await feedback({ items })).body())).toEqual({
      status: "accepted",
      matched: 2,
      duplicates: 1,
      conflicts: 0,
      unmatched: 1,
    });
  });

  it("notices answers that refuse, without a word of the client", async () => {
    const { ask, memory } = await world({ explore: 0, budget: { perRequestUsd: 1 } }, { refuses: "strong" });
    for (let request = 0; request < 60; request += 1) await ask(easy);
    const arms = memory.gateway.control.routing.routes()[0]?.learned?.arms ?? [];
    const qualityOf = (name: string): number => arms.find(({ model }) => model === name)?.mean ?? 0;
    expect(qualityOf("large")).toBeLessThan(qualityOf("small"));
    expect(by(await ask(easy))).toBe("weak");
  });

  it("goes on after a restart with what it had learned", async () => {
    const states = createMemoryStateStore();
    const before = await world({ budget: { ofReference: 0.4 }, explore: 0.1 }, { states });
    await teach(before, 150);
    await before.memory.gateway.learned.keep();
    const after = await world({ budget: { ofReference: 0.4 }, explore: 0 }, { states });
    await after.memory.gateway.learned.restore();
    const [known] = before.memory.gateway.control.routing.routes();
    const [restored] = after.memory.gateway.control.routing.routes();
    expect(restored?.learned).toEqual(known?.learned);
    expect(await shareOfStrong(after, easy)).toBeLessThan(0.25);
    expect(await shareOfStrong(after, hard)).toBeGreaterThan(0.75);
  });

  it("begins anew, and says so, when what was stored is broken", async () => {
    const states = createMemoryStateStore();
    await states.write("routing", { version: 1, routes: new Map([["pool", { heads: "none" }]]) });
    const { memory, ask } = await world({}, { states });
    await memory.gateway.learned.restore();
    expect(memory.logger.lines().some(({ message }) => message.includes("begins anew"))).toBe(true);
    expect((await ask(easy)).status()).toBe(200);
  });

  it("stores what it knows each minute", async () => {
    const states = createMemoryStateStore();
    const { ask, memory } = await world({}, { states });
    await ask(easy);
    memory.time.advance(60_000);
    await turn();
    expect(await states.read("routing")).toMatchObject({ version: 1 });
  });

  it("tells what another policy would have come to, and refuses where its log does not say", async () => {
    const learning = await world({ budget: { ofReference: 0.5 }, explore: 0.2 });
    const { routing } = learning.memory.gateway.control;
    await teach(learning, 10);
    expect(routing.evaluate("pool", { kind: "cheapest" }, 0)).toMatchObject({ kind: "too-few" });
    await teach(learning, 600);
    const told = routing.evaluate("pool", { kind: "cheapest" }, 0);
    if (told?.kind !== "told") throw new Error("nothing was told");
    // The small model is right on half of the requests.
    expect(told.quality.dr.low).toBeLessThan(0.5);
    expect(told.quality.dr.high).toBeGreaterThan(0.5);
    expect(told.quality.dr.mean).toBeLessThan(told.loggedQuality);
    expect(told.costNanoUsd).toBeLessThan(told.loggedCostNanoUsd);
    expect(routing.evaluate("nobody", { kind: "cheapest" }, 0)).toBeUndefined();
  });

  it("answers a question by what is asked", async () => {
    const learning = await world({ budget: { ofReference: 0.4 }, explore: 0.1 });
    await teach(learning, 150);
    const chosen = (prompt: string): string | undefined =>
      learning.memory.gateway.control.routing.decide({
        model: "pool",
        inputTokens: 20,
        isStream: false,
        prompt,
      }).ranked[0]?.model;
    expect([chosen(easy), chosen(hard)]).toEqual(["small", "large"]);
  });

  it("can be frozen, resumed and reset", async () => {
    const learning = await world();
    await teach(learning, 20);
    const { routing } = learning.memory.gateway.control;
    const judgements = (): number =>
      routing.routes()[0]?.learned?.arms.reduce((sum, { n }) => sum + n, 0) ?? 0;
    expect(routing.steer("pool", "freeze")?.learned?.isFrozen).toBe(true);
    const before = judgements();
    await teach(learning, 5);
    expect(judgements()).toBe(before);
    routing.steer("pool", "resume");
    await teach(learning, 5);
    expect(judgements()).toBeGreaterThan(before);
    routing.steer("pool", "reset");
    expect(judgements()).toBe(0);
    expect(routing.steer("nobody", "reset")).toBeUndefined();
  });

  it("refuses when its credit is used up and it is told to, else asks the cheapest", async () => {
    const poor = { budget: { perRequestUsd: 1e-9 } } as const;
    const refusing = await world({ ...poor, exhausted: "refuse" });
    const refused = await refusing.ask(hard);
    expect([refused.status(), refused.header("x-sallyport-error")]).toEqual([429, "budget_exhausted"]);
    const going = await world(poor);
    expect(by(await going.ask(hard))).toBe("weak");
    const decision = going.memory.gateway.control.routing.routes()[0]?.decisions[0];
    expect(decision?.learned?.isOutOfCredit).toBe(true);
  });

  it("does not ask a model whose price is not known, while one is", async () => {
    const { ask, memory } = await world({ explore: 0.2 }, { unpriced: true });
    for (let request = 0; request < 10; request += 1) expect(by(await ask(easy))).toBe("strong");
    const decision = memory.gateway.control.routing.routes()[0]?.decisions[0];
    expect(decision?.refused).toMatchObject([{ model: "small", by: "unpriced" }]);
  });

  it("can be asked what it would do; nothing is spent by asking", async () => {
    const { ask, memory } = await world();
    const { routing } = memory.gateway.control;
    const untouched = routing.decide({ model: "pool", inputTokens: 100, isStream: false }).learned;
    expect(untouched?.budgetNanoUsd).toBeGreaterThan(0);
    expect(routing.routes()[0]?.learned?.budgetNanoUsd).toBe(0);
    await ask(easy);
    const before = routing.routes()[0]?.learned;
    const decided = routing.decide({ model: "pool", inputTokens: 100, isStream: false });
    expect(decided.strategy).toBe("learned");
    expect(decided.learned?.budgetNanoUsd).toBeGreaterThan(0);
    expect(routing.routes()[0]?.learned).toEqual(before);
  });
});
