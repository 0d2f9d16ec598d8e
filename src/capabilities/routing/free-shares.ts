import type { Counter } from "../../kernel/retry-after.ts";

/** Tokens of requests, prompt and answer. */
type Used = Readonly<Record<"input" | "output", number>>;

/**
 * How much of their limits targets have left, by what the answers of their providers say, less the requests that were sent
 * since: those count with the tokens that requests to the target usually have. Times are ms of the monotonic clock.
 */
export interface FreeShares {
  /** An answer came. One that tells nothing leaves what was told before. */
  readonly told: (name: string, counters: readonly Counter[], now: number) => void;
  /** A request was sent. */
  readonly begun: (name: string) => void;
  /** What a request came to. */
  readonly used: (name: string, used: Used) => void;
  /** The scarcest limit's free share, 0 to 1; `undefined`: nothing was told that still holds. */
  readonly shareOf: (name: string, now: number) => number | undefined;
}

interface Told {
  counters: readonly (Counter & { readonly until: number })[];
  /** Requests since. */
  since: number;
  /** Moving means. */
  input: number;
  output: number;
}

const targetsMax = 10_000;
/** A figure holds until its counter starts anew; for so long where that is not said, and no longer than an hour. */
const heldMs = { usual: 60_000, most: 3_600_000 } as const;
const steadiness = 8;

export function createFreeShares(): FreeShares {
  const targets = new Map<string, Told>();
  const of = (name: string): Told => {
    const known = targets.get(name);
    if (known !== undefined) return known;
    const [oldest] = targets.keys();
    if (targets.size >= targetsMax && oldest !== undefined) targets.delete(oldest);
    const made: Told = { counters: [], since: 0, input: 0, output: 0 };
    targets.set(name, made);
    return made;
  };
  return {
    told: (name, counters, now) => {
      if (counters.length === 0) return;
      const target = of(name);
      target.since = 0;
      target.counters = counters.map((counter) => ({
        ...counter,
        until: now + Math.min(heldMs.most, counter.resetMs ?? heldMs.usual),
      }));
    },
    begun: (name) => {
      of(name).since += 1;
    },
    used: (name, { input, output }) => {
      const target = of(name);
      target.input = moved(target.input, input);
      target.output = moved(target.output, output);
    },
    shareOf: (name, now) => {
      const target = targets.get(name);
      const shares = (target?.counters ?? []).flatMap((counter) =>
        target === undefined || now >= counter.until ? [] : [shareOf(counter, target)],
      );
      return shares.length === 0 ? undefined : Math.min(...shares);
    },
  };
}

const moved = (mean: number, value: number): number =>
  mean === 0 ? value : mean + (value - mean) / steadiness;

function shareOf({ kind, limit, remaining }: Counter, { since, input, output }: Told): number {
  const each = { requests: 1, tokens: input + output, "input-tokens": input, "output-tokens": output }[kind];
  return Math.min(1, Math.max(0, (remaining - since * each) / limit));
}
