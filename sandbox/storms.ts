import type { Directions } from "./directions.ts";
import type { Fault } from "./faults.ts";

/**
 * What every storm answers when it is healthy: 60 words, a token each.
 *
 * Source of the scenarios: Failover Bench, methodology 0.1, told in our own words (resilience specification, part 11.2).
 */
export const stormText =
  "The guard at the gate counts every rider that goes out and every rider that comes back with a sealed " +
  "note of what was said on the road so that no word is lost when a bridge falls down or a horse grows " +
  "tired and the one who waits inside the walls hears the whole tale told to its end";

/** The storms of one sandbox. Each run of one counts its own calls. */
export interface Storms {
  /** What the next call of this run is to meet. */
  readonly take: (storm: number, told: Directions, call: StormCall) => Directions;
}

/** What a storm must know of a call. */
export interface StormCall {
  readonly isStream: boolean;
  /** There is no word that ends a stream: its last is the usage. */
  readonly endsInUsage: boolean;
}

interface Run {
  calls: number;
  readonly startedAt: number;
}

const runsMax = 1000;

export function createStorms(now: () => number): Storms {
  const runs = new Map<string, Run>();
  const runOf = (name: string): Run => {
    const known = runs.get(name);
    if (known !== undefined) return known;
    const [oldest] = runs.keys();
    if (runs.size >= runsMax && oldest !== undefined) runs.delete(oldest);
    const begun: Run = { calls: 0, startedAt: now() };
    runs.set(name, begun);
    return begun;
  };
  return {
    take: (storm, { run = "", profile = "full" }, call) => {
      const current = runOf(`${storm}/${run}`);
      current.calls += 1;
      const times = profiles[profile];
      const pace: Directions = { rate: 1000 / times.wordMs };
      const meets = faultsOf(storm, {
        isFirst: current.calls === 1,
        elapsedMs: now() - current.startedAt,
        times,
        ...call,
      });
      return { ...pace, ...meets };
    },
  };
}

interface Times {
  readonly wordMs: number;
  readonly firstMs: number;
  readonly outageMs: number;
}

const profiles: Readonly<Record<"full" | "fast", Times>> = {
  full: { wordMs: 15, firstMs: 20_000, outageMs: 60_000 },
  fast: { wordMs: 5, firstMs: 3000, outageMs: 6000 },
};

interface Moment extends StormCall {
  readonly isFirst: boolean;
  readonly elapsedMs: number;
  readonly times: Times;
}

const of = (...faults: readonly Fault[]): Directions => ({ faults });
const status = (code: number, retryAfter = 0): Directions => ({
  faults: [{ kind: "status", status: code }],
  retryAfter,
});

function faultsOf(storm: number, moment: Moment): Directions {
  const { isFirst, elapsedMs, times, isStream } = moment;
  switch (storm) {
    case 1:
      return isFirst ? status(429, 2) : {};
    case 2:
      return status(429);
    case 3:
      return isFirst ? status(500) : {};
    case 4:
    case 16:
      return status(503);
    case 5:
      return isFirst ? of({ kind: "refuse" }) : {};
    case 6:
      return of({ kind: "hang" });
    case 7:
      return of({ kind: "early-head" }, { kind: "slow-ttft", milliseconds: times.firstMs });
    case 8:
    case 14:
      return of(isStream ? { kind: "cut-clean-after", count: 40 } : { kind: "short-body" });
    case 9:
      return of({ kind: "stall-after", count: isStream ? 20 : 0 });
    case 10:
      return of(isStream ? { kind: "extra-bad-json", count: 10 } : { kind: "bad-json", count: 1 });
    case 11:
      if (!isStream) return of({ kind: "by-close" });
      return of(moment.endsInUsage ? { kind: "usage", how: "none" } : { kind: "no-done" });
    case 12:
      return of({ kind: "context-length" });
    case 13:
      return of({ kind: "content-policy" });
    case 15:
      return elapsedMs < times.outageMs ? status(503) : {};
    default:
      return {};
  }
}
