import { describe, expect, it } from "vitest";
import type { GatewayError } from "../../src/kernel/errors.ts";
import { createMemoryStateStore } from "../../src/platform/memory/index.ts";
import { memoryGateway, openaiUpstream } from "../support/memory-gateway.ts";
import { inboundRequest, recordedReply } from "../support/recorded-reply.ts";
import { type Step, scriptedTransport } from "../support/scripted-transport.ts";
import { chatAnswer } from "../support/stream-frames.ts";

const json = { "content-type": "application/json" };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const dayMs = 86_400_000;
/** Nine tokens of a prompt and three of an answer, at a thousand dollars a million. */
const costUsd = 0.012;

async function world(states = createMemoryStateStore()) {
  const transport = scriptedTransport((): readonly Step[] => [
    { kind: "head", status: 200, headers: json },
    { kind: "data", bytes: Buffer.from(chatAnswer("well")) },
    { kind: "end" },
  ]);
  const memory = await memoryGateway({
    transport,
    providers: [openaiUpstream],
    pools: { thrifty: [{ provider: "openai", model: "gpt-5" }] },
    routes: {
      thrifty: {
        strategy: "learned",
        weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
        budget: { perRequestUsd: 0.02 },
        expose: "strategy",
      },
    },
    prices: { "gpt-5": [1000, 1000] },
    states,
  });
  return {
    memory,
    costs: memory.gateway.control.costs.forecast,
    ask: async (model: string) => {
      const client = recordedReply();
      memory.gateway.handle(
        inboundRequest({
          target: "/v1/chat/completions",
          headers: { authorization: `Bearer ${memory.key}`, ...json },
          body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }] }),
          reply: client.reply,
        }),
      );
      for (let rounds = 0; rounds < 10 && !client.isEnded(); rounds += 1) {
        await turn();
        for (const played of transport.sent) while (played.step()) await turn();
      }
      await turn();
    },
  };
}

describe("costs", () => {
  it("are told by key, route and provider, what has no price apart; pools that learn stand beside their budget", async () => {
    const { memory, ask, costs } = await world();
    expect(costs({}).pools).toMatchObject([{ budgetUsd: null, meanUsd: null, creditUsd: null, calls: 0 }]);
    for (const model of ["thrifty", "thrifty", "gpt-5", "gpt-4o"]) await ask(model);
    const { id } = memory.gateway.control.keys.list()[0] ?? {};
    const told = costs({});
    expect(told.forecast).toMatchObject({ scope: "all", month: "2026-01", calls: 3, unpriced: 1 });
    expect(told.forecast.monthToDateUsd).toBeCloseTo(3 * costUsd, 9);
    expect(told.scopes.map(({ scope, name, calls }) => [scope, name, calls])).toEqual([
      ["all", null, 3],
      [`key:${id}`, "test", 3],
      ["provider:openai", null, 3],
      ["route:thrifty", null, 2],
      ["route:gpt-5", null, 1],
      ["route:gpt-4o", null, 0],
    ]);
    expect(told.pools).toMatchObject([{ pool: "thrifty", budgetUsd: 0.02, calls: 2 }]);
    expect(told.pools[0]?.meanUsd).toBeCloseTo(costUsd, 9);
    expect(told.pools[0]?.days.at(-1)).toMatchObject({ date: "2026-01-01", calls: 2 });
    expect(told.pools[0]?.creditUsd).toBeGreaterThan(0);
    expect(costs({ scope: "route:gpt-5" }).forecast.monthToDateUsd).toBeCloseTo(costUsd, 9);
  });

  it.for([
    { scope: "openai", near: "`provider:openai`" },
    { scope: "route:gtp-5", near: "`route:gpt-5`" },
    { scope: "tenant:nobody", near: "`provider:ID`." },
  ])("of $scope are not known, and what may be meant is named: $near", async ({ scope, near }) => {
    const { ask, costs } = await world();
    await ask("gpt-5");
    const refused = (): unknown => costs({ scope });
    expect(refused).toThrow(
      expect.objectContaining({ code: "malformed_request" } satisfies Partial<GatewayError>),
    );
    expect(refused).toThrow(
      expect.objectContaining({
        publicMessage: expect.stringContaining(near),
      } satisfies Partial<GatewayError>),
    );
  });

  it("are foretold after a week, also when the gateway was stopped on the way, and say when a budget runs out", async () => {
    const states = createMemoryStateStore();
    const first = await world(states);
    for (let day = 0; day < 5; day += 1) {
      await first.ask("gpt-5");
      first.memory.time.advance(dayMs);
    }
    await first.memory.gateway.learned.keep();
    // Virtual time begins anew with each gateway; what it keeps on its way to the sixth day is not to stand.
    const later = createMemoryStateStore();
    const { memory, ask, costs } = await world(later);
    memory.time.advance(5 * dayMs);
    await turn();
    await later.write("costs", await states.read("costs"));
    await memory.gateway.learned.restore();
    expect(costs({}).forecast).toMatchObject({ isThin: true, knownDays: 4, calls: 5 });
    for (let day = 5; day < 9; day += 1) {
      await ask("gpt-5");
      memory.time.advance(dayMs);
    }
    const told = costs({ budgetUsd: 20 * costUsd });
    expect(told.forecast).toMatchObject({ isThin: false, knownDays: 8, calls: 9 });
    for (const figure of [told.forecast.p10Usd, told.forecast.p50Usd, told.forecast.p90Usd])
      expect(figure).toBeCloseTo(31 * costUsd, 6);
    expect(told.runsOutOn).toMatch(/^2026-01-2[01]$/);
    expect(costs({ budgetUsd: 32 * costUsd }).runsOutOn).toBeNull();
  });

  it("begin anew, and say so, where what was kept is not readable", async () => {
    const states = createMemoryStateStore();
    await states.write("costs", { version: 9 });
    const { memory, ask, costs } = await world(states);
    await memory.gateway.learned.restore();
    expect(memory.logger.lines()).toContainEqual({
      level: "warn",
      message: "what was learned is not readable; it begins anew",
      fields: { of: "costs" },
    });
    await ask("gpt-5");
    expect(costs({}).forecast.calls).toBe(1);
  });
});
