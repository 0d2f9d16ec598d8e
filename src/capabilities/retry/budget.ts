/** Counts of the last ten seconds, in slots of one, each marked with its absolute second. */
interface Window {
  readonly marks: Int32Array;
  /** Per slot: requests, tries. */
  readonly counts: Int32Array;
}

const slots = 10;
const slotMs = 1000;

const createWindow = (): Window => ({
  marks: new Int32Array(slots).fill(-1),
  counts: new Int32Array(2 * slots),
});

function add({ marks, counts }: Window, now: number, column: 0 | 1): void {
  const mark = Math.floor(now / slotMs);
  const slot = mark % slots;
  if (marks[slot] !== mark) {
    marks[slot] = mark;
    counts[2 * slot] = 0;
    counts[2 * slot + 1] = 0;
  }
  counts[2 * slot + column] = (counts[2 * slot + column] ?? 0) + 1;
}

function sum({ marks, counts }: Window, now: number, column: 0 | 1): number {
  const newest = Math.floor(now / slotMs);
  let total = 0;
  for (let slot = 0; slot < slots; slot += 1)
    if ((marks[slot] ?? -1) > newest - slots) total += counts[2 * slot + column] ?? 0;
  return total;
}

/**
 * How many more tries are affordable, so that an outage is never multiplied.
 *
 * Source: resilience specification, part 4; after Finagle's retry budget and gRFC A6.
 */
export interface Budget {
  readonly begun: (target: string, now: number) => void;
  /** Takes a token if there is one. `share`: tries again per request. */
  readonly take: (target: string, kind: "again" | "over" | "further", share: number, now: number) => boolean;
}

const targetFree = 3;
const globalFree = 10;
const targetsMax = 10_000;

export function createBudget(): Budget {
  const targets = new Map<string, Window>();
  const all = createWindow();
  const over = createWindow();
  const further = createWindow();
  const windowOf = (target: string): Window => {
    const known = targets.get(target);
    if (known !== undefined) return known;
    const [oldest] = targets.keys();
    if (targets.size >= targetsMax && oldest !== undefined) targets.delete(oldest);
    const made = createWindow();
    targets.set(target, made);
    return made;
  };
  const limitOf = (window: Window, share: number, free: number, now: number): number =>
    sum(window, now, 0) * share + free;
  const takeOf = (window: Window, share: number, now: number): boolean => {
    if (sum(window, now, 1) + 1 > limitOf(all, share, globalFree, now)) return false;
    add(window, now, 1);
    return true;
  };
  return {
    begun: (target, now) => {
      add(windowOf(target), now, 0);
      add(all, now, 0);
    },
    take: (target, kind, share, now) => {
      if (kind === "over") return takeOf(over, 1, now);
      if (kind === "further") return takeOf(further, share, now);
      const window = windowOf(target);
      if (sum(window, now, 1) + 1 > limitOf(window, share, targetFree, now)) return false;
      if (!takeOf(all, share, now)) return false;
      add(window, now, 1);
      return true;
    },
  };
}
