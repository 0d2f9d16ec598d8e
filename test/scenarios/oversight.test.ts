import { describe, expect, it } from "vitest";
import type { RouteRules } from "../../src/capabilities/routing/index.ts";
import { createMemoryStateStore } from "../../src/platform/memory/index.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import {
  geminiUpstream,
  type MemoryGateway,
  memoryGateway,
  openaiUpstream,
} from "../support/memory-gateway.ts";
import { inboundRequest, type RecordedReply, recordedReply } from "../support/recorded-reply.ts";
import { type Step, scriptedTransport } from "../support/scripted-transport.ts";
import { chatAnswer, chatChunk, chatDone, chatFirst, chatUsage } from "../support/stream-frames.ts";

const json = { "content-type": "application/json" };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const reference = "strong/large";

interface World {
  readonly memory: MemoryGateway;
  readonly ask: (question?: string, more?: Readonly<Record<string, unknown>>) => Promise<RecordedReply>;
  /** Ids of providers, in the order in which they were asked. */
  readonly asked: () => readonly string[];
  readonly bodies: (provider: string) => readonly string[];
}

/** Two models, of which the small one is wrong, and a judge who can tell. */
async function world(
  route: Partial<RouteRules>,
  parts: {
    readonly states?: StateStore;
    readonly residency?: boolean;
    readonly breaks?: string;
    readonly isUnreferred?: boolean;
    readonly isUnpriced?: boolean;
    readonly hangs?: string;
    readonly grades?: (answer: "right" | "wrong") => string;
  } = {},
): Promise<World> {
  const { grades = (answer) => JSON.stringify({ reason: "so it is", score: answer === "right" ? 10 : 3 }) } =
    parts;
  const textOf = (provider: string, body: string): string => {
    if (provider !== "judge") return provider === "strong" ? "right" : "wrong";
    return grades(body.includes("\\nwrong\\n") ? "wrong" : "right");
  };
  const transport = scriptedTransport(({ origin, body }): readonly Step[] => {
    const provider = providerAt(origin);
    const isStream = printed(body).includes('"stream":true');
    const text = textOf(provider, printed(body));
    if (parts.hangs === provider) return [];
    const status = parts.breaks === provider ? 500 : 200;
    const whole = isStream
      ? [chatFirst, chatChunk({ content: text }), chatChunk({}, "stop"), chatUsage(9, 3), chatDone].join("")
      : chatAnswer(text);
    return [
      { kind: "head", status, headers: isStream ? { "content-type": "text/event-stream" } : json },
      { kind: "data", bytes: Buffer.from(whole) },
      { kind: "end" },
    ];
  });
  const memory = await memoryGateway({
    transport,
    ...(parts.states === undefined ? {} : { states: parts.states }),
    providers: ["weak", "strong", "judge"].map((id) => ({
      ...openaiUpstream,
      id,
      baseUrl: `http://${id}.invalid/v1`,
      dialects: ["openai-chat" as const],
      globs: [],
      ...(parts.residency === true && { zonesOf: () => new Set([id === "judge" ? "us" : "eu"]) }),
    })),
    ...(parts.residency === true && { residency: { pool: ["eu"] } }),
    pools: {
      pool: [
        { provider: "weak", model: "small", quality: 0.99 },
        { provider: "strong", model: "large", quality: 0.9 },
      ],
    },
    routes: {
      pool: {
        strategy: "learned",
        weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
        expose: "full",
        explore: 0,
        ...(parts.isUnreferred === true ? {} : { reference }),
        budget: { perRequestUsd: 1 },
        ...route,
      },
    },
    prices: {
      small: [0.1, 0.4],
      large: [10, 40],
      ...(parts.isUnpriced === true ? {} : { grader: [1, 4] as const }),
    },
  });
  const ask = async (question = "Who goes there?", more: Readonly<Record<string, unknown>> = {}) => {
    const client = recordedReply();
    memory.gateway.handle(
      inboundRequest({
        target: "/v1/chat/completions",
        headers: { authorization: `Bearer ${memory.key}`, ...json },
        body: JSON.stringify({ model: "pool", messages: [{ role: "user", content: question }], ...more }),
        reply: client.reply,
      }),
    );
    for (let quiet = 0; quiet < 4; quiet += 1) {
      await turn();
      for (const played of transport.sent.slice(-6)) while (played.step()) quiet = 0;
    }
    return client;
  };
  return {
    memory,
    ask,
    asked: () => transport.sent.map(({ request }) => providerAt(request.origin)),
    bodies: (provider) =>
      transport.sent.flatMap(({ request }) =>
        providerAt(request.origin) === provider ? [printed(request.body)] : [],
      ),
  };
}

const printed = (body: unknown): string =>
  body instanceof Uint8Array ? Buffer.from(body).toString() : typeof body === "string" ? body : "";
const providerAt = (origin: string): string => /\/\/(\w+)\./.exec(origin)?.[1] ?? "";
const judge = { use: "judge/grader", share: 1, usdPerDay: 1 };
const guard = { tolerance: 0.02, share: 1, usdPerDay: 5 };
const by = (reply: RecordedReply): string => reply.header("x-sallyport-deployment") ?? "";

function stateOf({ memory }: World) {
  const [route] = memory.gateway.control.routing.routes();
  if (route?.oversight === undefined || route.learned === undefined) throw new Error("nothing is read");
  return { ...route.oversight, arms: route.learned.arms };
}

/** Asks until the reference serves; at most 400 times. */
async function untilGuarded(pool: World, more?: Readonly<Record<string, unknown>>): Promise<number> {
  for (let requests = 1; requests <= 400; requests += 1) {
    await pool.ask("Who goes there?", more);
    if (stateOf(pool).guard.phase === "guarded") return requests;
  }
  return Number.POSITIVE_INFINITY;
}

describe("a judge", () => {
  it.each([
    ["whole answers", {}],
    ["streams", { stream: true }],
  ])("grades %s once their client has them, and the pool learns from it", async (_what, more) => {
    const pool = await world({ judge });
    const first = await pool.ask("Who goes there?", more);
    expect(first.body()).toContain("wrong");
    expect(pool.asked()).toEqual(["weak", "judge"]);
    const [question = ""] = pool.bodies("judge");
    expect(question).toContain("Who goes there?");
    expect(question).toContain("wrong");
    for (let request = 0; request < 60; request += 1) await pool.ask("Who goes there?", more);
    expect(by(await pool.ask("Who goes there?", more))).toBe("strong");
    const { judge: told, arms } = stateOf(pool);
    expect(told.graded).toBeGreaterThan(50);
    expect(arms.find(({ model }) => model === "small")?.mean).toBeLessThan(0.9);
  });

  it("is recorded as the gateway's own call, and billed", async () => {
    const pool = await world({ judge });
    const reply = await pool.ask();
    const records = await pool.memory.records();
    const own = records.find(({ aside }) => aside !== undefined);
    expect(own).toMatchObject({
      aside: { purpose: "judge", of: reply.header("x-sallyport-request-id") },
      keyId: null,
      model: "judge/grader",
      outcome: "completed",
    });
    const { spentNanoUsd } = stateOf(pool).judge;
    expect(spentNanoUsd).toBeGreaterThan(0);
    expect(own?.cost?.nanoUsd).toBe(spentNanoUsd);
    expect(pool.memory.gateway.control.state().totals).toMatchObject({ requests: 1 });
  });

  it("spends no more in a day than it may", async () => {
    const pool = await world({ judge: { ...judge, usdPerDay: 0.0085 } });
    for (let request = 0; request < 40; request += 1) await pool.ask();
    const { judge: told, unseen } = stateOf(pool);
    expect(told.spentNanoUsd).toBeLessThanOrEqual(8.5e6);
    expect(told.graded).toBeGreaterThan(0);
    expect(unseen.money).toBeGreaterThan(0);
    const before = told.graded;
    pool.memory.time.advance(24 * 3_600_000);
    await pool.ask();
    expect(stateOf(pool).judge.graded).toBe(before + 1);
  });

  it("reads so many of the answers as it is told to, drawn by chance", async () => {
    const pool = await world({ judge: { ...judge, share: 0.25 } });
    for (let request = 0; request < 200; request += 1) await pool.ask();
    expect(stateOf(pool).judge.graded).toBeGreaterThan(30);
    expect(stateOf(pool).judge.graded).toBeLessThan(70);
  });

  it("is shown nothing that may not go where it is", async () => {
    const pool = await world({ judge }, { residency: true });
    await pool.ask();
    expect(pool.asked()).toEqual(["weak"]);
    expect(stateOf(pool).unseen).toEqual({ "out-of-reach": 1 });
  });

  it("is not shown calls in which a provider acts by itself", async () => {
    const pool = await world({ judge });
    await pool.ask("Who goes there?", { web_search_options: {} });
    expect(pool.asked()).not.toContain("judge");
  });

  it("that says nothing of use, or fails, teaches nothing", async () => {
    const mute = await world({ judge }, { grades: () => "I would rather not say." });
    await mute.ask();
    expect(stateOf(mute)).toMatchObject({ judge: { graded: 0 }, unseen: { "no-verdict": 1 } });
    const broken = await world({ judge }, { breaks: "judge" });
    for (let request = 0; request < 30; request += 1) await broken.ask();
    expect(stateOf(broken)).toMatchObject({ judge: { graded: 0 }, unseen: { "out-of-reach": 30 } });
    const breakers = broken.memory.gateway.control.breakers.list();
    expect(breakers.every(({ state }) => state === "closed")).toBe(true);
  });
});

describe("a guard", () => {
  it("holds answers against the reference's, and has it serve once they are worse than they may be", async () => {
    const pool = await world({ guard, judge: { ...judge, share: 0, usdPerDay: 1 } });
    const requests = await untilGuarded(pool);
    expect(requests).toBeLessThan(100);
    expect(stateOf(pool).guard).toMatchObject({ phase: "guarded", pairs: requests });
    const warned = pool.memory.logger
      .lines()
      .filter(({ message }) => message.includes("the reference serves"));
    expect(warned).toHaveLength(1);
    const next = await pool.ask();
    expect(by(next)).toBe("strong");
    expect(next.header("x-sallyport-decision")).toContain('by="guard"');
    const asked = pool.asked().length;
    await pool.ask();
    expect(pool.asked()).toHaveLength(asked + 1);
  });

  it("goes by what tools or a schema ask for, where it can, and needs no judge then", async () => {
    const pool = await world({ guard });
    const schema = { type: "json_schema", json_schema: { name: "n", schema: { type: "number" } } };
    await pool.ask("How many?", { response_format: schema });
    // Neither answers with a number: they are as good as each other.
    expect(stateOf(pool).guard).toMatchObject({ pairs: 1, difference: 0 });
    expect(pool.asked()).toEqual(["weak", "strong"]);
    expect(JSON.parse(pool.bodies("strong")[0] ?? "")).toMatchObject({ response_format: schema });
    await pool.ask("Who goes there?");
    expect(stateOf(pool)).toMatchObject({ guard: { pairs: 1 }, unseen: { "no-verdict": 1 } });
  });

  it("asks nobody twice for what the reference has answered itself", async () => {
    const pool = await world({ guard, judge: { ...judge, share: 0 } }, { breaks: "weak" });
    await pool.ask();
    expect(stateOf(pool).guard).toMatchObject({ pairs: 1, difference: 0 });
    expect(pool.asked()).toEqual(["weak", "strong", "judge"]);
  });

  it("has the reference serve whatever the budget, and is no burden on it", async () => {
    const pool = await world({ guard, judge: { ...judge, share: 0 }, budget: { ofReference: 0.5 } });
    const { routing } = pool.memory.gateway.control;
    for (let request = 0; request < 20; request += 1) await pool.ask();
    const priceOf = () => routing.routes()[0]?.learned?.price;
    routing.steer("pool", "guard");
    const before = priceOf();
    for (let request = 0; request < 60; request += 1) expect(by(await pool.ask())).toBe("strong");
    expect(priceOf()).toBe(before);
  });

  it("compares nothing while nobody can judge, and pays for no comparison then", async () => {
    const pool = await world(
      { guard, judge: { ...judge, share: 0 }, explore: 0.2, budget: { perRequestUsd: 1 } },
      { breaks: "judge" },
    );
    for (let request = 0; request < 40; request += 1) await pool.ask();
    expect(stateOf(pool)).toMatchObject({ guard: { pairs: 0, spentNanoUsd: 0 } });
    const records = await pool.memory.records();
    expect(records.filter(({ aside }) => aside?.purpose === "shadow")).toEqual([]);
  });

  it("asks nobody whose price is not known", async () => {
    const pool = await world({ guard, judge: { ...judge, share: 0.5 } }, { isUnpriced: true });
    for (let request = 0; request < 10; request += 1) await pool.ask();
    expect(pool.asked()).not.toContain("judge");
    expect(stateOf(pool).unseen.unpriced).toBeGreaterThan(5);
  });

  it("keeps what was spent today when it is begun anew", async () => {
    const pool = await world({ guard, judge });
    await pool.ask();
    const { guard: before, judge: graded } = stateOf(pool);
    expect(before.spentNanoUsd).toBeGreaterThan(0);
    pool.memory.gateway.control.routing.steer("pool", "reset");
    expect(stateOf(pool)).toMatchObject({
      guard: { pairs: 0, spentNanoUsd: before.spentNanoUsd },
      judge: { graded: 0, spentNanoUsd: graded.spentNanoUsd },
    });
  });

  it("books what may have been spent on a comparison that never ended", async () => {
    const pool = await world({ guard, judge: { ...judge, share: 0 } }, { hangs: "strong" });
    await pool.ask();
    expect(pool.asked()).toEqual(["weak", "judge", "strong"]);
    const before = stateOf(pool).guard.spentNanoUsd;
    pool.memory.time.advance(200_000);
    await turn();
    await turn();
    expect(stateOf(pool).guard.spentNanoUsd - before).toBeGreaterThan(4096 * 40_000);
    expect(stateOf(pool).unseen).toEqual({ "out-of-reach": 1 });
  });

  it("counts no pair in a comparison that was begun after it", async () => {
    const anew = (): string => {
      const { time, gateway } = pool.memory;
      time.advance(1);
      gateway.control.routing.steer("pool", "unguard");
      return JSON.stringify({ reason: "meanwhile", score: 3 });
    };
    const pool = await world({ guard, judge: { ...judge, share: 0 } }, { grades: () => anew() });
    await pool.ask();
    expect(pool.asked()).toEqual(["weak", "judge", "strong", "judge"]);
    expect(stateOf(pool).guard.pairs).toBe(0);
  });

  it("is stored at once", async () => {
    const states = createMemoryStateStore();
    const pool = await world({ guard, judge }, { states });
    pool.memory.gateway.control.routing.steer("pool", "guard");
    pool.memory.time.advance(1);
    await turn();
    expect(await states.read("oversight")).toMatchObject({ version: 1 });
  });

  it("is ended by an operator, and by a day", async () => {
    const pool = await world({ guard, judge: { ...judge, share: 0 } });
    const { routing } = pool.memory.gateway.control;
    routing.steer("pool", "guard");
    expect(by(await pool.ask())).toBe("strong");
    routing.steer("pool", "resume");
    expect(by(await pool.ask())).toBe("strong");
    routing.steer("pool", "unguard");
    expect(by(await pool.ask())).toBe("weak");
    routing.steer("pool", "guard");
    pool.memory.time.advance(24 * 3_600_000);
    expect(by(await pool.ask())).toBe("weak");
  });

  it("is not begun by an operator where nobody could serve instead", async () => {
    const pool = await world({ judge }, { isUnreferred: true });
    expect(() => pool.memory.gateway.control.routing.steer("pool", "guard")).toThrow(/reference/);
  });

  it("goes on after a restart", async () => {
    const states = createMemoryStateStore();
    const rules = { guard, judge: { ...judge, share: 0 } };
    const before = await world(rules, { states });
    await untilGuarded(before);
    await before.memory.gateway.learned.keep();
    const after = await world(rules, { states });
    await after.memory.gateway.learned.restore();
    expect(by(await after.ask())).toBe("strong");
    expect(stateOf(after).guard.phase).toBe("guarded");
    const otherwise = await world({ ...rules, perSecond: 0.001, expose: "strategy" }, { states });
    await otherwise.memory.gateway.learned.restore();
    expect(by(await otherwise.ask())).toBe("strong");
    const revised = await world({ ...rules, guard: { ...guard, tolerance: 0.03 } }, { states });
    await revised.memory.gateway.learned.restore();
    expect(by(await revised.ask())).toBe("weak");
  });
});

describe("who asks again", () => {
  it("was not content, where that is listened to", async () => {
    const judgements = async (implicit: boolean): Promise<number> => {
      const pool = await world({ implicit, judge: { ...judge, share: 0 } });
      for (let request = 0; request < 10; request += 1) await pool.ask();
      return stateOf(pool).arms.reduce((sum, { n }) => sum + n, 0);
    };
    // Whole judgements may be drawn in both; guesses weigh a fifth of one.
    expect(await judgements(true)).toBeGreaterThan(1.5);
    expect((await judgements(true)) % 1).toBeGreaterThan(0.1);
    expect((await judgements(false)) % 1).toBe(0);
  });
});

describe("what the reference answers aside", () => {
  it("leaves no state of its own behind that would lead the client's next turn there", async () => {
    const callOf = (who: string) => ({
      functionCall: { id: "call_0", name: "look", args: {} },
      thoughtSignature: Buffer.from(`signature of ${who}`).toString("base64"),
    });
    const transport = scriptedTransport(({ origin }): readonly Step[] => [
      { kind: "head", status: 200, headers: json },
      {
        kind: "data",
        bytes: Buffer.from(
          JSON.stringify({
            candidates: [
              { content: { role: "model", parts: [callOf(providerAt(origin))] }, finishReason: "STOP" },
            ],
            usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 5, totalTokenCount: 10 },
          }),
        ),
      },
      { kind: "end" },
    ]);
    const memory = await memoryGateway({
      transport,
      providers: ["weak", "strong"].map((id) => ({
        ...geminiUpstream,
        id,
        baseUrl: `http://${id}.invalid`,
        globs: [],
      })),
      pools: {
        pool: [
          { provider: "weak", model: "gemini-flash", quality: 0.99 },
          { provider: "strong", model: "gemini-pro", quality: 0.9 },
        ],
      },
      routes: {
        pool: {
          strategy: "learned",
          weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
          expose: "full",
          explore: 0,
          reference: "strong/gemini-pro",
          budget: { perRequestUsd: 1 },
          guard,
        },
      },
      prices: { "gemini-flash": [0.1, 0.4], "gemini-pro": [10, 40] },
    });
    const tools = [{ type: "function", function: { name: "look", parameters: { type: "object" } } }];
    const ask = async (messages: unknown): Promise<RecordedReply> => {
      const client = recordedReply();
      memory.gateway.handle(
        inboundRequest({
          target: "/v1/chat/completions",
          headers: { authorization: `Bearer ${memory.key}`, ...json },
          body: JSON.stringify({ model: "pool", tools, messages }),
          reply: client.reply,
        }),
      );
      for (let quiet = 0; quiet < 4; quiet += 1) {
        await turn();
        for (const played of transport.sent.slice(-6)) while (played.step()) quiet = 0;
      }
      return client;
    };
    const user = { role: "user", content: "Look!" };
    await ask([user]);
    expect(transport.sent.map(({ request }) => providerAt(request.origin))).toEqual(["weak", "strong"]);
    const call = { id: "call_0", type: "function", function: { name: "look", arguments: "{}" } };
    const next = await ask([
      user,
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "call_0", content: "nothing" },
    ]);
    expect(by(next)).toBe("weak");
    expect(printed(transport.sent[2]?.request.body)).toContain(callOf("weak").thoughtSignature);
  });
});
