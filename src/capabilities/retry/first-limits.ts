import {
  addTime,
  createUsualTime,
  type KeptTimes,
  keptTimes,
  lateAfter,
  restoredTimes,
  type UsualRules,
  type UsualTime,
} from "../../statistics/usual-time.ts";

/** How long the first word of a stream is waited for, by what is usual. */
export interface FirstLimits {
  /**
   * The first word came after `ms`, or had not come by then. `now`, here and below: ms since 1970 of a clock that never goes
   * back within the process.
   */
  readonly add: (target: string, promptBytes: number, ms: number, now: number) => void;
  /** ms; `undefined`: too little is known. */
  readonly find: (target: string, promptBytes: number, now: number) => number | undefined;
  readonly list: (now: number) => readonly FirstLimit[];
  /** What those are known by that are known; the ones in use, if there are very many. */
  readonly kept: (now: number) => readonly KeptFirsts[];
  readonly restore: (firsts: readonly KeptFirsts[]) => void;
}

/** How long first words took, to be stored: of a target and a size of prompts. */
export interface KeptFirsts extends KeptTimes {
  readonly target: string;
  /** The class of prompts, from 0. */
  readonly size: number;
}

/** One that is known. */
export interface FirstLimit {
  /** `provider/model`. */
  readonly target: string;
  /** Bytes of the request's body: of this class, from here; `null`: and any more. */
  readonly bytesFrom: number;
  readonly bytesBelow: number | null;
  /** What is waited at most, ms, where the settings do not say less. */
  readonly limitMs: number;
}

/** Of a day, and no longer; known from five hundred calls on. */
const ofDay: UsualRules = {
  above: 0.01,
  generationMs: 43_200_000,
  callsMin: 500,
  settledAfter: 100,
  isForgotten: true,
};
const factor = 3;
const floorMs = 5000;
/** Where one class of prompts ends: about 1,000, 4,000, 16,000 and 64,000 tokens. */
const classEnds = [4096, 16_384, 65_536, 262_144];
/** About two megabytes. */
const entriesMax = 5000;
/** About two hundred bytes each. */
const keptMax = 1000;

interface Entry {
  readonly target: string;
  readonly size: number;
  readonly usual: UsualTime;
}

/**
 * Three times what ninety-nine of a hundred stay below, by target and size of the prompt, at least five seconds. What was
 * given up counts with the time at which it was: so a limit that cuts more than one in a hundred grows by itself.
 *
 * Source: resilience specification, part 2.
 */
export function createFirstLimits(): FirstLimits {
  const entries = new Map<string, Entry>();
  const limitOf = ({ usual }: Entry, now: number): number | undefined => {
    const lateMs = lateAfter(usual, ofDay, now);
    return lateMs === undefined ? undefined : Math.max(floorMs, factor * lateMs);
  };
  return {
    add: (target, promptBytes, ms, now) => {
      const size = classOf(promptBytes);
      const key = `${target} ${size}`;
      const entry = entries.get(key) ?? { target, size, usual: createUsualTime() };
      // Whoever has been used longest ago is the first to go.
      entries.delete(key);
      const [oldest] = entries.keys();
      if (entries.size >= entriesMax && oldest !== undefined) entries.delete(oldest);
      entries.set(key, entry);
      addTime(entry.usual, ofDay, now, ms);
    },
    find: (target, promptBytes, now) => {
      const entry = entries.get(`${target} ${classOf(promptBytes)}`);
      return entry && limitOf(entry, now);
    },
    list: (now) =>
      [...entries.values()].flatMap((entry) => {
        const limitMs = limitOf(entry, now);
        const { target, size } = entry;
        const [bytesFrom = 0, bytesBelow = null] = [classEnds[size - 1], classEnds[size]];
        return limitMs === undefined ? [] : [{ target, bytesFrom, bytesBelow, limitMs: Math.round(limitMs) }];
      }),
    kept: (now) =>
      [...entries.values()]
        .filter((entry) => limitOf(entry, now) !== undefined)
        .slice(-keptMax)
        .map(({ target, size, usual }) => ({ target, size, ...keptTimes(usual) })),
    restore: (firsts) => {
      for (const { target, size, ...times } of firsts.slice(-keptMax))
        entries.set(`${target} ${size}`, { target, size, usual: restoredTimes(times, ofDay) });
    },
  };
}

function classOf(promptBytes: number): number {
  const size = classEnds.findIndex((end) => promptBytes < end);
  return size === -1 ? classEnds.length : size;
}
