import { type AdaptiveLimit, cut, grow, noLimitYet } from "./adaptive-limit.ts";
import { createFirstWords } from "./first-words.ts";

/** What a target may take at once. */
export interface BulkheadRules {
  /** Requests; `adaptive`: as the target shows; `paced`: by how late its first words come, too; `off`: any number. */
  readonly concurrency: number | "adaptive" | "paced" | "off";
  /** Tokens of prompts and expected answers; absent: any number. */
  readonly tokensMax?: number;
  /** Requests that may wait. */
  readonly queueMax: number;
  /** The longest wait of one, ms. */
  readonly maxWaitMs: number;
}

/** Who asks for a slot. */
export interface Asks {
  readonly keyId: string;
  /** Batches wait behind those who wait for a person. */
  readonly priority: Priority;
  /** Of its prompt and its expected answer. */
  readonly tokens: number;
}

export type Priority = "interactive" | "batch";

/** What a request was for its target. `unknown`: it tells nothing of how much the target takes. */
export type Outcome = "answered" | "overloaded" | "unknown";

/** A slot at a target. It is left once; more calls do nothing. */
export interface Slot {
  /** The first word of its answer came, ms after the target was asked. */
  readonly began: (ms: number) => void;
  readonly leave: (outcome: Outcome) => void;
}

/** Why somebody got no slot. */
export type Shed = "queue" | "wait" | "deadline" | "priority";

interface Waiter {
  readonly asks: Asks;
  readonly give: (slot: Slot) => void;
  readonly refuse: (shed: Shed) => void;
}

/** The slots at one target. Times are ms of one clock that never goes back. */
export interface Bulkhead {
  /** Whether there is a slot, and nobody waits for it; takes none. */
  readonly hasRoom: (asks: Asks, rules: BulkheadRules) => boolean;
  /** A slot, if there is one and nobody waits for it. */
  readonly enter: (asks: Asks, rules: BulkheadRules) => Slot | undefined;
  /** Waits for a slot. @returns How long it may wait, and how it is told that its time is over; `undefined`: it was refused. */
  readonly queue: (
    waiter: Waiter,
    rules: BulkheadRules,
    now: number,
  ) => { readonly maxWaitMs: number; readonly giveUp: () => void } | undefined;
  /** When somebody who comes now might be served, ms. */
  readonly waitMs: () => number;
  readonly state: () => BulkheadState;
}

export interface BulkheadState {
  readonly inFlight: number;
  readonly queued: number;
  /** Requests at once; `undefined`: any number. */
  readonly limit: number | undefined;
}

/** A queue that has not been empty for so long is no burst: from then on it is kept short, and the newest go first. */
const standingMs = 1000;
const standingWaitMs = 50;
const serviceShare = 0.1;

/**
 * Counts who is at work, and lets others wait a little. A freed slot goes to the higher class, then to the key that has
 * the least there, then in turn; where the queue does not end, to the newest, since the oldest has given up already.
 *
 * Source: resilience specification, part 9; the controlled delay after Nichols and Jacobson, "Controlling Queue Delay", 2012,
 * in the form of Facebook's "Fail at Scale", 2015.
 *
 * @param now The clock that slots are left by.
 */
export function createBulkhead(rulesNow: () => BulkheadRules, now: () => number): Bulkhead {
  const adaptive: AdaptiveLimit = noLimitYet();
  const firstWords = createFirstWords();
  const byKey = new Map<string, number>();
  const waiters: Waiter[] = [];
  let inFlight = 0;
  let tokens = 0;
  let meanMs = 0;
  let standingSince = Number.POSITIVE_INFINITY;

  const limitOf = ({ concurrency }: BulkheadRules): number | undefined => {
    if (concurrency === "off") return undefined;
    return concurrency === "adaptive" || concurrency === "paced" ? adaptive.limit : concurrency;
  };
  const hasRoom = (asks: Asks, rules: BulkheadRules): boolean => {
    const limit = limitOf(rules);
    if (limit !== undefined && inFlight >= limit) return false;
    // One request that is larger than all there may be goes alone rather than never.
    return rules.tokensMax === undefined || inFlight === 0 || tokens + asks.tokens <= rules.tokensMax;
  };
  const take = (asks: Asks): Slot => {
    const began = now();
    inFlight += 1;
    tokens += asks.tokens;
    byKey.set(asks.keyId, (byKey.get(asks.keyId) ?? 0) + 1);
    let hasLeft = false;
    return {
      began: (ms) => {
        // Who was there before the last cut tells what was, not what is.
        if (rulesNow().concurrency !== "paced" || began <= adaptive.cutAt) return;
        if (!firstWords.came(ms, asks.tokens)) return;
        cut(adaptive, inFlight, now());
        firstWords.forget();
      },
      leave: (outcome) => {
        if (hasLeft) return;
        hasLeft = true;
        if (outcome === "answered") {
          grow(adaptive, inFlight);
          const tookMs = now() - began;
          meanMs = meanMs === 0 ? tookMs : meanMs + serviceShare * (tookMs - meanMs);
        } else if (outcome === "overloaded") cut(adaptive, inFlight, now());
        inFlight -= 1;
        tokens -= asks.tokens;
        const left = (byKey.get(asks.keyId) ?? 1) - 1;
        if (left === 0) byKey.delete(asks.keyId);
        else byKey.set(asks.keyId, left);
        serve();
      },
    };
  };
  const isStanding = (at: number): boolean => at - standingSince >= standingMs;
  /** The one that is served next, by its index. */
  const nextOf = (): number => {
    const newestFirst = isStanding(now());
    let best = 0;
    for (let index = 1; index < waiters.length; index += 1) {
      const [one, other] = [waiters[index], waiters[best]];
      if (one === undefined || other === undefined) continue;
      const order = rankOf(one) - rankOf(other) || heldBy(one) - heldBy(other);
      if (order < 0 || (order === 0 && newestFirst)) best = index;
    }
    return best;
  };
  const heldBy = ({ asks }: Waiter): number => byKey.get(asks.keyId) ?? 0;
  const serve = (): void => {
    while (waiters.length > 0) {
      const index = nextOf();
      const waiter = waiters[index];
      if (waiter === undefined || !hasRoom(waiter.asks, rulesNow())) return;
      remove(index);
      waiter.give(take(waiter.asks));
    }
  };
  const remove = (index: number): void => {
    waiters.splice(index, 1);
    if (waiters.length === 0) standingSince = Number.POSITIVE_INFINITY;
  };
  /** Makes room in a full queue for a higher class: the last of a lower one goes. */
  const displaced = (asks: Asks): boolean => {
    const index = waiters.findLastIndex((waiter) => rankOf(waiter) > rankOf({ asks }));
    const waiter = waiters[index];
    if (waiter === undefined) return false;
    remove(index);
    waiter.refuse("priority");
    return true;
  };
  const isFree = (asks: Asks, rules: BulkheadRules): boolean => waiters.length === 0 && hasRoom(asks, rules);
  return {
    hasRoom: isFree,
    enter: (asks, rules) => (isFree(asks, rules) ? take(asks) : undefined),
    queue: (waiter, rules, at) => {
      if (rules.queueMax === 0 || (waiters.length >= rules.queueMax && !displaced(waiter.asks))) {
        waiter.refuse("queue");
        return undefined;
      }
      if (waiters.length === 0) standingSince = at;
      const maxWaitMs = isStanding(at) ? Math.min(standingWaitMs, rules.maxWaitMs) : rules.maxWaitMs;
      waiters.push(waiter);
      // Other rules may have come, or somebody has gone who stood in the way.
      serve();
      return {
        maxWaitMs,
        giveUp: () => {
          const index = waiters.indexOf(waiter);
          if (index === -1) return;
          remove(index);
          serve();
        },
      };
    },
    waitMs: () => {
      const limit = limitOf(rulesNow());
      return limit === undefined ? 0 : ((waiters.length + 1) * meanMs) / limit;
    },
    state: () => ({ inFlight, queued: waiters.length, limit: limitOf(rulesNow()) }),
  };
}

const rankOf = ({ asks: { priority } }: Pick<Waiter, "asks">): number => (priority === "interactive" ? 0 : 1);
