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
  readonly take: (target: string, kind: "again" | "over" | "further", share: number, now: number) => boolean;
}

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
  const takeOf = (window: Ring, share: number, now: number): boolean => {
    if (total(window, now, tries) + 1 > limitOf(all, share, globalFree, now)) return false;
    count(window, now, tries);
    return true;
  };
  return {
    begun: (target, now) => {
      count(windowOf(target), now, requests);
      count(all, now, requests);
    },
    take: (target, kind, share, now) => {
      if (kind === "over") return takeOf(over, 1, now);
      if (kind === "further") return takeOf(further, share, now);
      const window = windowOf(target);
      if (total(window, now, tries) + 1 > limitOf(window, share, targetFree, now)) return false;
      if (!takeOf(all, share, now)) return false;
      count(window, now, tries);
      return true;
    },
  };
}
