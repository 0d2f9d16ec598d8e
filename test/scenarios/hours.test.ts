/** Hours of a whole gateway in virtual time: what changes on the way, and what it makes of that. */
import { expect, it } from "vitest";
import type { RouteRules, TargetRef } from "../../src/capabilities/routing/index.ts";
import { type MemoryGateway, memoryGateway, openaiUpstream } from "../support/memory-gateway.ts";
import { inboundRequest, type RecordedReply, recordedReply } from "../support/recorded-reply.ts";
import { type Step, scriptedTransport } from "../support/scripted-transport.ts";
import { chatAnswer } from "../support/stream-frames.ts";

const json = { "content-type": "application/json" };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const minute = 60_000;
const hour = 60 * minute;

interface World {
  readonly memory: MemoryGateway;
  /** Ms since the beginning. */
  readonly now: () => number;
  readonly send: (target: string, body: unknown) => Promise<RecordedReply>;
  /** Calls that reached a provider, by when. */
  readonly calls: readonly { readonly provider: string; readonly at: number }[];
}

async function world(
  route: Partial<RouteRules>,
  parts: {
    /** When a provider answers 503, in ms since the beginning. */
    readonly dead?: Readonly<Record<string, readonly [from: number, to: number]>>;
    readonly targets?: readonly TargetRef[];
  } = {},
): Promise<World> {
  const calls: { provider: string; at: number }[] = [];
  const transport = scriptedTransport(({ origin }): readonly Step[] => {
    const provider = /\/\/(\w+)\./.exec(origin)?.[1] ?? "";
    const at = now();
    calls.push({ provider, at });
    const [from, to] = parts.dead?.[provider] ?? [0, 0];
    const isDead = at >= from && at < to;
    return [
      { kind: "head", status: isDead ? 503 : 200, headers: json },
      { kind: "data", bytes: Buffer.from(isDead ? '{"error":{"message":"busy"}}' : chatAnswer("well")) },
      { kind: "end" },
    ];
  });
  const memory = await memoryGateway({
    transport,
    providers: ["weak", "strong"].map((id) => ({
      ...openaiUpstream,
      id,
      baseUrl: `http://${id}.invalid/v1`,
      dialects: ["openai-chat" as const],
      globs: [],
    })),
    pools: {
      pool: parts.targets ?? [
        { provider: "weak", model: "small" },
        { provider: "strong", model: "large" },
      ],
    },
    routes: {
      pool: {
        strategy: "learned",
        weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
        expose: "strategy",
        ...route,
      },
    },
    prices: { small: [1, 4], large: [10, 40] },
    resilience: {},
  });
  const begun = memory.time.clock.now();
  const now = (): number => memory.time.clock.now() - begun;
  return {
    memory,
    now,
    calls,
    send: async (target, body) => {
      const client = recordedReply();
      memory.gateway.handle(
        inboundRequest({
          target,
          headers: { authorization: `Bearer ${memory.key}`, ...json },
          body: JSON.stringify(body),
          reply: client.reply,
        }),
      );
      for (let rounds = 0; rounds < 40 && !client.isEnded(); rounds += 1) {
        await turn();
        for (const played of transport.sent.slice(-4)) while (played.step());
        // A wait between two tries.
        if (rounds > 4) memory.time.advance(100);
      }
      await turn();
      return client;
    },
  };
}

/** One answer: whose it was, and when. */
interface Answered {
  readonly at: number;
  readonly by: string;
  readonly status: number;
  readonly costNanoUsd: number;
}

/** Asks every so often until a moment; who answers is judged. */
async function live(
  { memory, now, send }: World,
  {
    until,
    everyMs,
    isGood,
  }: {
    readonly until: number;
    readonly everyMs: number;
    readonly isGood?: (by: string, at: number) => boolean;
  },
): Promise<readonly Answered[]> {
  const answers: Answered[] = [];
  for (let next = now(); next < until; next += everyMs) {
    memory.time.advance(Math.max(0, next - now()));
    const at = now();
    const reply = await send("/v1/chat/completions", {
      model: "pool",
      max_tokens: 5,
      messages: [{ role: "user", content: "Which way to the harbour?" }],
    });
    const by = reply.header("x-sallyport-deployment") ?? "";
    answers.push({
      at,
      by,
      status: reply.status(),
      costNanoUsd: Number(reply.header("x-sallyport-cost-nano-usd")),
    });
    if (isGood !== undefined)
      await send("/v1/feedback", {
        request_id: reply.header("x-sallyport-request-id"),
        metric: "thumb",
        value: isGood(by, at),
      });
  }
  return answers;
}

const meanCostOf = (answers: readonly Answered[]): number =>
  answers.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0) / answers.length;

const shareOf = (
  answers: readonly Answered[],
  by: string,
  from: number,
  to = Number.POSITIVE_INFINITY,
): number => {
  const within = answers.filter(({ at }) => at >= from && at < to);
  return within.filter((answer) => answer.by === by).length / within.length;
};

it("drift: a cheap model that answers worse for two hours is left, and asked again once it has healed", async () => {
  const pool = await world({ budget: { perRequestUsd: 0.00015 }, explore: 0.05 });
  const isGood = (by: string, at: number): boolean => by === "strong" || at < 2 * hour || at >= 4 * hour;
  const answers = await live(pool, { until: 7 * hour, everyMs: 20_000, isGood });
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(shareOf(answers, "weak", hour, 2 * hour)).toBeGreaterThan(0.9);
  // The budget is below what the strong one costs: as much of it as there is goes there.
  expect(shareOf(answers, "weak", 2.5 * hour, 4 * hour)).toBeLessThan(0.45);
  expect(shareOf(answers, "weak", 5 * hour)).toBeGreaterThan(0.85);
  const [route] = pool.memory.gateway.control.routing.routes();
  expect(route?.learned?.arms.find(({ model }) => model === "small")?.shifts).toBeGreaterThan(0);
});

it("outage: an hour of 503 is seen by nobody, and its target is asked again half a minute after it", async () => {
  const pool = await world({ strategy: "priority" }, { dead: { weak: [hour, 2 * hour] } });
  const answers = await live(pool, { until: 3 * hour, everyMs: 5000 });
  const during = pool.calls.filter(({ provider, at }) => provider === "weak" && at >= hour && at < 2 * hour);
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(shareOf(answers, "weak", 0, hour)).toBe(1);
  // Looks whether it has healed, a quarter of a minute apart at most.
  expect(during.length).toBeGreaterThan(100);
  expect(during.length).toBeLessThan(300);
  expect(shareOf(answers, "weak", 2 * hour + 30_000)).toBe(1);
});

it("price change: what a request costs on average stays within the budget", async () => {
  const budget = 50_000;
  const pool = await world({ budget: { perRequestUsd: budget / 1e9 }, explore: 0.02 });
  const isGood = (by: string): boolean => by === "strong";
  const before = await live(pool, { until: 3 * hour, everyMs: 20_000, isGood });
  pool.memory.reprice({ small: [1, 4], large: [20, 80] });
  const after = await live(pool, { until: 7 * hour, everyMs: 20_000, isGood });
  for (const some of [before, after]) {
    expect(meanCostOf(some) / budget).toBeGreaterThan(0.9);
    expect(meanCostOf(some) / budget).toBeLessThan(1.05);
  }
  // At twice the price it is asked about half as often.
  const ratio = shareOf(after, "strong", 4 * hour) / shareOf(before, "strong", hour);
  expect(ratio).toBeGreaterThan(0.35);
  expect(ratio).toBeLessThan(0.7);
});
