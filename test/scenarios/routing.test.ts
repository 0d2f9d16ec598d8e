import { describe, expect, it } from "vitest";
import type { RouteRules } from "../../src/capabilities/routing/index.ts";
import { type MemoryGateway, memoryGateway, openaiUpstream } from "../support/memory-gateway.ts";
import { inboundRequest, type RecordedReply, recordedReply } from "../support/recorded-reply.ts";
import { type Step, scriptedTransport } from "../support/scripted-transport.ts";
import { chatAnswer } from "../support/stream-frames.ts";

const json = { "content-type": "application/json" };
/** Lets every pending promise of the pipeline run. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** How an upstream is: how long it takes, ms, and whether it works. */
interface Manner {
  tookMs: number;
  isDead: boolean;
  /** It answers 400. */
  refuses: boolean;
  /** Of its limit of 100 requests; absent: it does not tell. */
  requestsLeft?: number;
}

const statusOf = ({ isDead, refuses }: Manner): number => (isDead ? 500 : refuses ? 400 : 200);

const limitHeaders = ({ requestsLeft }: Manner): Readonly<Record<string, string>> =>
  requestsLeft === undefined
    ? {}
    : {
        "x-ratelimit-limit-requests": "100",
        "x-ratelimit-remaining-requests": String(requestsLeft),
        "x-ratelimit-reset-requests": "1m",
      };

interface World {
  readonly memory: MemoryGateway;
  readonly manners: Readonly<Record<"cheap" | "quick", Manner>>;
  readonly ask: (headers?: Readonly<Record<string, string>>) => Promise<RecordedReply>;
  /** Sends a request that stays in flight. @returns What lets it end. */
  readonly start: () => Promise<() => Promise<void>>;
}

const tool = { type: "function", function: { name: "weather", parameters: { type: "object" } } };

const weights = { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 };

async function world(route: Partial<RouteRules>): Promise<World> {
  const manners: Record<"cheap" | "quick", Manner> = {
    cheap: { tookMs: 2000, isDead: false, refuses: false },
    quick: { tookMs: 200, isDead: false, refuses: false },
  };
  // Nothing is learned of a target's speed from a few words.
  const answer =
    route.strategy === "predicted"
      ? chatAnswer("well").replace(/"completion_tokens":\d+/, '"completion_tokens":300')
      : chatAnswer("well");
  const mannerOf = (origin: string): Manner => (origin.includes("cheap") ? manners.cheap : manners.quick);
  const transport = scriptedTransport(({ origin }): readonly Step[] => [
    {
      kind: "head",
      status: statusOf(mannerOf(origin)),
      headers: { ...json, ...limitHeaders(mannerOf(origin)) },
    },
    {
      kind: "data",
      bytes: Buffer.from(statusOf(mannerOf(origin)) === 200 ? answer : '{"error":{"message":"no"}}'),
    },
    { kind: "end" },
  ]);
  const memory = await memoryGateway({
    transport,
    providers: ["cheap", "quick"].map((id) => ({
      ...openaiUpstream,
      id,
      baseUrl: `http://${id}.invalid/v1`,
      dialects: ["openai-chat" as const],
      globs: [],
    })),
    pools: {
      pool: [
        { provider: "quick", model: "large" },
        { provider: "cheap", model: "small" },
      ],
    },
    routes: { pool: { strategy: "intelligent", weights, expose: "full", ...route } },
    prices: { small: [0.1, 0.4, [200_000, 5, 20]], large: [2, 8] },
  });
  return {
    memory,
    manners,
    start: async () => {
      const client = recordedReply();
      memory.gateway.handle(
        inboundRequest({
          target: "/v1/chat/completions",
          headers: { authorization: `Bearer ${memory.key}`, ...json },
          body: JSON.stringify({ model: "pool", messages: [{ role: "user", content: "hi" }] }),
          reply: client.reply,
        }),
      );
      for (let rounds = 0; rounds < 5; rounds += 1) await turn();
      const played = transport.sent.at(-1);
      return async () => {
        while (played?.step() === true) await turn();
        await turn();
      };
    },
    ask: async (headers = {}) => {
      const client = recordedReply();
      memory.gateway.handle(
        inboundRequest({
          target: "/v1/chat/completions",
          headers: { authorization: `Bearer ${memory.key}`, ...json, ...headers },
          body: JSON.stringify({
            ...(headers["x-test-tools"] === undefined ? {} : { tools: [tool] }),
            model: headers["x-test-model"] ?? "pool",
            messages: [{ role: "user", content: headers["x-test-text"] ?? "hi" }],
          }),
          reply: client.reply,
        }),
      );
      for (let rounds = 0; rounds < 20 && !client.isEnded(); rounds += 1) {
        await turn();
        for (const played of transport.sent) {
          if (!played.step()) continue;
          memory.time.advance(mannerOf(played.request.origin).tookMs);
          while (played.step()) await turn();
        }
      }
      await turn();
      return client;
    },
  };
}

const by = (reply: RecordedReply): string => reply.header("x-sallyport-deployment") ?? "";

describe("a pool with a strategy", () => {
  it("COST_OPTIMIZED asks the cheapest, LATENCY_BASED learns who is quick", async () => {
    const cost = await world({ strategy: "cost-optimized" });
    expect(by(await cost.ask())).toBe("cheap");
    const latency = await world({ strategy: "latency-based" });
    const asked: string[] = [];
    for (let request = 0; request < 6; request += 1) asked.push(by(await latency.ask()));
    // Who was never asked is taken to be quick: so both have been asked before one is preferred.
    expect(asked.slice(0, 3)).toContain("cheap");
    expect(asked.slice(-3)).toEqual(["quick", "quick", "quick"]);
  });

  it("says why in headers and in the record of its door", async () => {
    const { ask, memory } = await world({ strategy: "cost-optimized" });
    const told = await ask();
    expect(told.header("x-sallyport-strategy")).toBe("cost-optimized");
    expect(told.header("x-sallyport-decision")).toMatch(
      /^by="score";q=0\.\d\d;c=\d+;ms=\d+;health=0\.\d\d;runner-up="quick\/large";flip="quick\/large at \d+ % of its cost"$/,
    );
    const [record] = await memory.records();
    const stage = record?.stages.find((one) => one.stage === "plan");
    expect(stage?.reason).toMatch(
      /cost-optimized: cheap\/small \(score .* USD, .* ms assumed, health 0\.95\), quick\/large/,
    );
    expect(memory.gateway.control.routing.routes()).toMatchObject([
      {
        name: "pool",
        decisions: [{ requestId: told.header("x-sallyport-request-id"), strategy: "cost-optimized" }],
      },
    ]);
  });

  it("a client narrows it by headers, and is told what would do when nobody is left", async () => {
    const { ask } = await world({ strategy: "cost-optimized" });
    expect(by(await ask({ "x-sallyport-strategy": "highest-quality" }))).toBe("quick");
    const refused = await ask({ "x-sallyport-max-cost": "0.0000001" });
    expect(refused.status()).toBe(400);
    expect(refused.header("x-sallyport-error")).toBe("constraints_unsatisfiable");
    expect(refused.header("x-should-retry")).toBe("false");
    expect(refused.body()).toMatch(/cheap\/small: max_cost .*The nearest that would do: max_cost 0\.0/);
    const unreadable = await ask({ "x-sallyport-max-cost": "cheap" });
    expect([unreadable.status(), unreadable.body()]).toEqual([
      400,
      expect.stringContaining("x-sallyport-max-cost"),
    ]);
  });

  it("intelligent leaves a target that begins to fail, and comes back after it has healed: hours in milliseconds", async () => {
    const { ask, manners, memory } = await world({ weights: { cost: 1, latency: 0, health: 2, quality: 0 } });
    for (let request = 0; request < 5; request += 1) expect(by(await ask())).toBe("cheap");
    manners.cheap.isDead = true;
    const during: string[] = [];
    for (let request = 0; request < 30; request += 1) {
      during.push(by(await ask()));
      memory.time.advance(1000);
    }
    expect(during.every((name) => name === "quick")).toBe(true);
    manners.cheap.isDead = false;
    memory.time.advance(3_600_000);
    expect(by(await ask())).toBe("cheap");
  });

  it("LEAST_BUSY and PREDICTED look at what is in flight: who is at work is not asked while another is idle", async () => {
    for (const strategy of ["least-busy", "predicted"] as const) {
      const { memory, start } = await world({ strategy });
      const first = await start();
      const second = await start();
      const inFlight = (): readonly number[] =>
        memory.gateway.control.routing
          .decide({ model: "pool", inputTokens: 100, isStream: false })
          .ranked.map((target) => target.inFlight);
      // One at each: neither was asked twice.
      expect(inFlight(), strategy).toEqual([1, 1]);
      await first();
      await second();
      expect(inFlight(), strategy).toEqual([0, 0]);
    }
  });

  it("USAGE_AWARE asks who has most left of its limits, by what answers tell and what was sent since", async () => {
    const { ask, start, manners, memory } = await world({ strategy: "usage-aware" });
    manners.cheap.requestsLeft = 40;
    manners.quick.requestsLeft = 42;
    // Nothing was told yet: the cheaper one; then the one that has told nothing; then who has more left.
    expect([by(await ask()), by(await ask()), by(await ask())]).toEqual(["cheap", "quick", "quick"]);
    const [newest] = memory.gateway.control.routing.routes()[0]?.decisions ?? [];
    expect(newest?.ranked.map(({ model, freeShare }) => [model, freeShare])).toEqual([
      ["large", 0.42],
      ["small", 0.4],
    ]);
    // Two in flight there leave 40, as much as the other has, which is cheaper.
    const ends = [await start(), await start()];
    expect(by(await ask())).toBe("cheap");
    for (const end of ends) await end();
    // A counter that has started anew is free, whatever it was before.
    memory.time.advance(61_000);
    expect(by(await ask())).toBe("cheap");
  });

  it("PREDICTED learns who is quick, and leaves who fails", async () => {
    const { ask, manners, memory } = await world({ strategy: "predicted" });
    // Each is tried once, whoever the first choice falls on; both are quicker than anybody is taken to be.
    const tried = [by(await ask()), by(await ask())];
    expect(tried.toSorted()).toEqual(["cheap", "quick"]);
    const asked: string[] = [];
    for (let request = 0; request < 10; request += 1) asked.push(by(await ask()));
    expect(asked).toEqual(Array.from({ length: 10 }, () => "quick"));
    manners.quick.isDead = true;
    expect(by(await ask())).toBe("cheap");
    const quick = memory.gateway.control.routing.endpoints().find(({ name }) => name === "quick/large");
    expect(quick).toMatchObject({ inFlight: 0, errors: 1 });
    manners.cheap.refuses = true;
    for (let request = 0; request < 3; request += 1) await ask();
    // What a client asks wrongly is no fault of the target's.
    const cheap = memory.gateway.control.routing.endpoints().find(({ name }) => name === "cheap/small");
    expect(cheap).toMatchObject({ inFlight: 0, errors: 0 });
  });

  it("PREDICTED finds out that who was slow is quick again", async () => {
    const { ask, manners, memory } = await world({ strategy: "predicted" });
    const asked = async (count: number): Promise<readonly string[]> => {
      const names: string[] = [];
      for (let request = 0; request < count; request += 1) {
        memory.time.advance(1000);
        names.push(by(await ask()));
      }
      return names;
    };
    const shareOf = (names: readonly string[], name: string): number =>
      names.filter((one) => one === name).length / names.length;
    expect(shareOf(await asked(100), "cheap")).toBeLessThan(0.05);
    manners.cheap.tookMs = 20;
    await asked(600);
    expect(shareOf(await asked(100), "cheap")).toBeGreaterThan(0.95);
  });

  it("what it would decide can be asked without a call, by the same code", async () => {
    const { ask, memory } = await world({ strategy: "cost-optimized" });
    await ask();
    const { routing } = memory.gateway.control;
    const decided = routing.decide({ model: "pool", inputTokens: 1000, isStream: false });
    expect(decided.ranked.map(({ provider }) => provider)).toEqual(["cheap", "quick"]);
    // 1,000 tokens at 0.1 USD a million, and the answers it has seen (3 tokens) at 0.4.
    expect(decided.ranked[0]?.costNanoUsd).toBeCloseTo(1000 * 100 + 3 * 400, 6);
    expect(decided.reason).toContain("pool of 2");
    // Above 200,000 tokens the small one costs fifty times as much, and is the dear one.
    const long = routing.decide({ model: "pool", inputTokens: 300_000, isStream: false });
    expect(long.ranked.map(({ provider }) => provider)).toEqual(["quick", "cheap"]);
    expect(long.ranked[1]?.costNanoUsd).toBeCloseTo(300_000 * 5000 + 3 * 20_000, 0);
    const dear = routing.decide({
      model: "pool",
      inputTokens: 1000,
      isStream: false,
      strategy: "HIGHEST_QUALITY",
    });
    expect(dear.ranked[0]?.provider).toBe("quick");
    expect(() => routing.decide({ model: "pol", inputTokens: 1, isStream: false })).toThrowError(
      "model_not_found",
    );
    expect(memory.gateway.control.state().totals.requests).toBe(1);
  });

  it("a conditional pool chooses by what is asked, tells the case, and stays within it", async () => {
    const { ask, manners, memory } = await world({
      strategy: "conditional",
      cases: [
        { when: "ai.tools > 0 && ai.turns == 1", strategy: "highest-quality" },
        { when: 'header["x-sallyport-team"] == "blue" || ai.input_tokens > 100', use: ["cheap/small"] },
        { when: "100 / ai.max_output_tokens > 1", use: ["cheap/small"] },
      ],
      else: { strategy: "latency-based", use: ["quick/large"] },
    });
    const withTools = await ask({ "x-test-tools": "yes" });
    expect([by(withTools), withTools.header("x-sallyport-strategy")]).toEqual([
      "quick",
      "conditional;case=1;by=highest-quality",
    ]);
    const blue = await ask({ "x-sallyport-team": "blue" });
    expect([by(blue), blue.header("x-sallyport-strategy")]).toEqual([
      "cheap",
      "conditional;case=2;by=priority",
    ]);
    expect(by(await ask({ "x-test-text": "word ".repeat(2000) }))).toBe("cheap");
    const other = await ask();
    expect([by(other), other.header("x-sallyport-strategy")]).toEqual([
      "quick",
      "conditional;case=else;by=latency-based",
    ]);
    await ask();
    const faults = memory.logger.lines().filter(({ message }) => message.includes("condition"));
    expect(faults).toMatchObject([
      { level: "warn", fields: { route: "pool", case: 3, fault: "division by zero" } },
    ]);
    // A client's wish chooses among the targets of the case; and when those fail, no other is asked.
    expect(by(await ask({ "x-sallyport-team": "blue", "x-sallyport-strategy": "highest-quality" }))).toBe(
      "cheap",
    );
    manners.cheap.isDead = true;
    const failed = await ask({ "x-sallyport-team": "blue" });
    expect([by(failed), failed.status()]).toEqual(["cheap", 500]);
    const learned = await ask({ "x-sallyport-strategy": "learned" });
    expect([learned.status(), learned.body()]).toEqual([400, expect.stringContaining("conditional")]);
    const [newest] = memory.gateway.control.routing.routes()[0]?.decisions ?? [];
    expect(newest).toMatchObject({ strategy: "conditional", case: { taken: 2, strategy: "priority" } });
    const stages = (await memory.records()).flatMap(({ stages: all }) =>
      all.flatMap(({ stage, reason }) => (stage === "plan" ? [reason] : [])),
    );
    expect(stages.join("\n")).toContain(
      "case 1, `ai.tools > 0 && ai.turns == 1`; highest-quality: quick/large",
    );
    expect(stages.join("\n")).toContain("no case holds: else; latency-based: quick/large");
  });

  it("a question says what a condition would see", async () => {
    const { memory } = await world({
      strategy: "conditional",
      cases: [{ when: "ai.tools > 0 || ai.schema", use: ["cheap/small"] }],
    });
    const decide = (content: object) =>
      memory.gateway.control.routing.decide({ model: "pool", inputTokens: 10, isStream: false, content });
    expect(decide({ tools: 1 })).toMatchObject({
      strategy: "conditional",
      case: { taken: 1, when: "ai.tools > 0 || ai.schema", strategy: "priority" },
      ranked: [{ model: "small" }],
    });
    expect(decide({})).toMatchObject({
      case: { taken: "none", strategy: "priority" },
      ranked: [{ model: "large" }, { model: "small" }],
    });
  });

  it("auto and its kin choose among all that the key may use, without being set up", async () => {
    const { memory, ask } = await world({ strategy: "priority" });
    const asked = async (model: string) => by(await ask({ "x-test-model": model }));
    expect(await asked("auto-best")).toBe("quick");
    // Nine tenths as good is not good enough to be cheap.
    expect(await asked("auto-cheap")).toBe("quick");
    expect(["cheap", "quick"]).toContain(await asked("auto"));
    const names = memory.gateway.control.models().models.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["auto", "auto-cheap", "auto-fast", "auto-best"]));
    const { key } = await memory.gateway.control.keys.create({ name: "few", models: ["auto*", "cheap/*"] });
    const asFew = { authorization: `Bearer ${key}` };
    expect(by(await ask({ "x-test-model": "auto-best", ...asFew }))).toBe("cheap");
    const shown = memory.gateway.control.routing.routes().map(({ name }) => name);
    expect(shown).toEqual(["pool", "auto", "auto-cheap", "auto-best"]);
  });

  it("a sticky conversation goes on where it was, and moves once when that fails", async () => {
    const { ask, manners } = await world({ strategy: "round-robin", sticky: "conversation" });
    const say = (text: string) => ask({ "x-test-text": text });
    const first = by(await say("one"));
    const second = by(await say("two"));
    // Turns are taken by conversations, not by requests.
    expect(new Set([first, second]).size).toBe(2);
    for (let request = 0; request < 3; request += 1) {
      expect(by(await say("one"))).toBe(first);
      expect(by(await say("two"))).toBe(second);
    }
    const told = await say("one");
    expect(told.header("x-sallyport-decision")).toMatch(/^by="sticky"/);
    const at = first === "quick" ? manners.quick : manners.cheap;
    at.isDead = true;
    expect(by(await say("one"))).toBe(second);
    at.isDead = false;
    expect(by(await say("one"))).toBe(second);
  });

  it.each([
    ["the value of a header", { header: "x-session" }],
    ["a cookie", "cookie" as const],
  ])("what is kept together by %s goes on where it was", async (_what, sticky) => {
    const { ask } = await world({ strategy: "round-robin", sticky });
    const first = await ask({ "x-session": "one" });
    const cookie = first.header("set-cookie")?.split(";")[0];
    expect(cookie === undefined).toBe(sticky !== "cookie");
    const again = { "x-session": "one", ...(cookie === undefined ? {} : { cookie }) };
    for (let request = 0; request < 4; request += 1) {
      const told = await ask(again);
      expect(by(told)).toBe(by(first));
      expect(told.header("set-cookie")?.split(";")[0]).toBe(cookie);
    }
    const others = [await ask({ "x-session": "two" }), await ask({ "x-session": "three" })];
    expect(new Set(others.map(by)).size).toBe(2);
    const unknown = [await ask(), await ask()];
    expect(new Set(unknown.map(by)).size).toBe(2);
  });

  it("a sticky key has one target, whatever it says", async () => {
    const { ask, memory } = await world({ strategy: "weighted", sticky: "key" });
    const first = by(await ask({ "x-test-text": "a" }));
    for (const text of ["b", "c", "d", "e", "f", "g"])
      expect(by(await ask({ "x-test-text": text }))).toBe(first);
    memory.time.advance(3_600_001);
    const later = new Set<string>();
    for (let hour = 0; hour < 20; hour += 1) {
      later.add(by(await ask()));
      memory.time.advance(3_600_001);
    }
    expect(later.size).toBe(2);
  });
});
