import { type AdaptiveLimit, cut, grow, noLimitYet } from "../../src/capabilities/overload/adaptive-limit.ts";
import { createBulkhead, type Slot } from "../../src/capabilities/overload/bulkhead.ts";
import { createCursor } from "../../src/capabilities/overload/cursor.ts";
import { overloadSettings, rulesFrom } from "../../src/capabilities/overload/index.ts";
import { type Limiter, steps, type World } from "./limits-models.ts";

export type LimiterMaker = (world: World) => Limiter;

/** Sends while fewer than `limit` are there; what it learns of those that end is the policy's. */
function limiterBy(
  limit: () => number,
  learn: (outcome: "answered" | "overloaded", inFlight: number, tookMs: number) => void,
): Limiter {
  let inFlight = 0;
  return {
    ask: (_, send) => {
      if (inFlight >= limit()) return;
      inFlight += 1;
      send({
        ended: (outcome, tookMs) => {
          learn(outcome, inFlight, tookMs);
          inFlight -= 1;
        },
      });
    },
  };
}

export const fixed =
  (limit: number): LimiterMaker =>
  () =>
    limiterBy(
      () => limit,
      () => undefined,
    );

const least = 20;
const most = 1000;

/**
 * On the raw time of a request. Source: Netflix, concurrency-limits, Gradient2Limit: window 600, tolerance 1.5,
 * smoothing .2, four more; its bounds here are 20 and 1,000, as its own 200 would be a fixed limit.
 */
const gradient2: LimiterMaker = () => {
  let limit = least;
  let long = 0;
  let count = 0;
  return limiterBy(
    () => limit,
    (outcome, inFlight, tookMs) => {
      if (outcome !== "answered") return;
      count += 1;
      long += (tookMs - long) * (count <= 10 ? 1 / count : 2 / 601);
      if (long / tookMs > 2) long *= 0.95;
      if (inFlight < limit / 2) return;
      const gradient = Math.min(1, Math.max(0.5, (1.5 * long) / tookMs));
      limit = Math.min(most, Math.max(least, 0.8 * limit + 0.2 * (limit * gradient + 4)));
    },
  );
};

const sampleMs = 1000;
const minuteMs = 60_000;

/**
 * Source: Envoy, adaptive concurrency, gradient controller: medians of a window, a quarter of headroom, the root of the
 * limit more. Its probing for the least time with three requests would take minutes with answers like these: the least
 * median of the last minute stands for it.
 */
const envoy: LimiterMaker = ({ nowMs }) => {
  let limit = least;
  let from = 0;
  let samples: number[] = [];
  let medians: { readonly at: number; readonly ms: number }[] = [];
  return limiterBy(
    () => limit,
    (outcome, _, tookMs) => {
      if (outcome === "answered") samples.push(tookMs);
      const now = nowMs();
      if (now - from < sampleMs || samples.length === 0) return;
      const median = samples.toSorted((one, other) => one - other)[samples.length >> 1] ?? 0;
      from = now;
      samples = [];
      medians = [...medians.filter(({ at }) => now - at < minuteMs), { at: now, ms: median }];
      const shortest = Math.min(...medians.map(({ ms }) => ms));
      const gradient = Math.min(2, Math.max(0.5, (1.25 * shortest) / median));
      limit = Math.min(most, Math.max(least, gradient * limit + Math.sqrt(limit)));
    },
  );
};

/** The limit of one target alone. */
const aimd: LimiterMaker = ({ nowMs }) => {
  const state: AdaptiveLimit = noLimitYet();
  return limiterBy(
    () => state.limit,
    (outcome, inFlight) => (outcome === "answered" ? grow(state, inFlight) : cut(state, inFlight, nowMs())),
  );
};

const readEveryMs = 100;
/** Nothing is known of how long an answer will be. */
const usualTokens = 300;

/** The product's own: the cursor at the entrance, and behind it the slots of the target with their queue, as they are by default. */
export const oursBy =
  (concurrency: "adaptive" | "paced"): LimiterMaker =>
  ({ queue, nowMs }) => {
    const { bulkhead: asked, ingress } = overloadSettings.parse({ bulkhead: { concurrency } });
    const rules = rulesFrom(asked)({ provider: "p", model: "m" });
    const delayMax = ingress.delayMax === "off" ? Number.POSITIVE_INFINITY : ingress.delayMax;
    const bulkhead = createBulkhead(() => rules, nowMs);
    const cursor = createCursor(() => delayMax, nowMs);
    for (let at = 0; at < (steps.at(-1)?.to ?? 0) * 1000; at += readEveryMs) queue.at(1000 * at, cursor.turn);
    return {
      ask: ({ tenant, priority }, send) => {
        if (cursor.admit({ tenant, priority, shares: 1, cost: 1 }) !== undefined) return;
        const asks = { keyId: tenant, priority, tokens: usualTokens };
        const slot = bulkhead.enter(asks, rules);
        if (slot !== undefined) {
          cursor.waited(0, true);
          send({ began: slot.began, ended: slot.leave });
          return;
        }
        const from = nowMs();
        let cancel: (() => void) | undefined;
        const told = (got: boolean): void => {
          cancel?.();
          cursor.waited(nowMs() - from, got);
        };
        const refuse = (): void => {
          told(false);
          cursor.gaveUp();
        };
        const give = (freed: Slot): void => {
          told(true);
          send({ began: freed.began, ended: freed.leave });
        };
        const queued = bulkhead.queue({ asks, give, refuse }, rules, from);
        if (queued === undefined) return;
        cancel = queue.at(queue.now() + 1000 * queued.maxWaitMs, () => {
          queued.giveUp();
          refuse();
        });
      },
    };
  };

export const others = {
  "no limit": fixed(Number.POSITIVE_INFINITY),
  "Gradient2 on raw time": gradient2,
  "Envoy-style gradient": envoy,
  AIMD: aimd,
} as const satisfies Readonly<Record<string, LimiterMaker>>;
