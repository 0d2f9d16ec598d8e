import { count, createRing, type Ring, total } from "../../kernel/ring.ts";

/** Slots of a second: ten of them are looked at. */
const slotMs = 1000;
/** What a ring counts. */
const requests = 0;
const tries = 1;

const createWindow = (): Ring => createRing(slotMs, 2);

/**
 * How many more tries are affordable, so that an outage is never multiplied.
 *
 * Source: resilience specification, part 4; after Finagle's retry budget and gRFC A6.
 */
export interface Budget {
  /** `now`: ms of the monotonic clock, here and below. */
  readonly begun: (target: string, now: number) => void;
  /** Takes a token if there is one. `share`: tries again per request. */
  readonly take: (target: string, kind: TryKind, share: number, now: number) => boolean;
  /** Whether there is one. */
  readonly has: (target: string, kind: TryKind, share: number, now: number) => boolean;
}

type TryKind = "again" | "over" | "further";

const targetFree = 3;
const globalFree = 10;
const targetsMax = 10_000;

export function createBudget(): Budget {
  const targets = new Map<string, Ring>();
  const all = createWindow();
  const over = createWindow();
  const further = createWindow();
  const windowOf = (target: string): Ring => {
    const known = targets.get(target);
    if (known !== undefined) return known;
    const [oldest] = targets.keys();
    if (targets.size >= targetsMax && oldest !== undefined) targets.delete(oldest);
    const made = createWindow();
    targets.set(target, made);
    return made;
  };
  const limitOf = (window: Ring, share: number, free: number, now: number): number =>
    total(window, now, requests) * share + free;
  const hasGlobal = (window: Ring, share: number, now: number): boolean =>
    total(window, now, tries) + 1 <= limitOf(all, share, globalFree, now);
  const has: Budget["has"] = (target, kind, share, now) => {
    if (kind === "over") return hasGlobal(over, 1, now);
    if (kind === "further") return hasGlobal(further, share, now);
    const window = windowOf(target);
    const isAffordable = total(window, now, tries) + 1 <= limitOf(window, share, targetFree, now);
    return isAffordable && hasGlobal(all, share, now);
  };
  return {
    begun: (target, now) => {
      count(windowOf(target), now, requests);
      count(all, now, requests);
    },
    has,
    take: (target, kind, share, now) => {
      if (!has(target, kind, share, now)) return false;
      const windows = { over: [over], further: [further], again: [all, windowOf(target)] };
      for (const window of windows[kind]) count(window, now, tries);
      return true;
    },
  };
}
