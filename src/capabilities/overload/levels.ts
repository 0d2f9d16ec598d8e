/** How a process fares at one moment. */
export interface Pressure {
  /** How late its event loop runs, ms, since the last reading: on average, and one time in a hundred. */
  readonly loopMsMean: number;
  readonly loopMsP99: number;
  /** Of the heap that it may have, 0 to 1. */
  readonly heapShare: number;
  /** Of the memory that it may have, what is in use, 0 to 1; 0: nobody has said how much that is. */
  readonly rssShare: number;
}

export type Level = 0 | 1 | 2 | 3;

/** How far a process is from what it can take. Times are ms of one clock. */
export interface Levels {
  readonly read: (pressure: Pressure, now: number) => void;
  readonly state: () => LevelState;
}

export interface LevelState {
  /** The highest of all readings. */
  readonly level: Level;
  /** Of memory alone: less comes in, or nothing will. */
  readonly memory: Level;
}

const thresholds = {
  loop: [50, 150, 300],
  heap: [0.75, 0.85, 0.92],
  rss: [0.8, 0.88, 0.95],
} as const;
const backBelow = 0.8;
const backAfterMs = 5000;
const loopOverMs = 1000;
/** While the heap is below, memory alone refuses nobody who is waited for: who does nothing collects nothing either. */
const heapHalf = 0.5;

/**
 * The level of each reading goes up at once, and down, one with each reading, where it has been below four fifths of the
 * level's threshold for five seconds. Source: operations specification, part 7.
 */
export function createLevels(): Levels {
  const loop = createLevel(thresholds.loop);
  const heap = createLevel(thresholds.heap);
  const rss = createLevel(thresholds.rss);
  const recent: { readonly at: number; readonly ms: number }[] = [];
  let state: LevelState = { level: 0, memory: 0 };
  return {
    read: ({ loopMsP99, heapShare, rssShare }, now) => {
      recent.push({ at: now, ms: loopMsP99 });
      while (now - (recent[0]?.at ?? now) >= loopOverMs) recent.shift();
      const ofRss = rss(rssShare, now);
      const memory = higher(heap(heapShare, now), heapShare < heapHalf && ofRss === 3 ? 2 : ofRss);
      state = { level: higher(memory, loop(Math.max(...recent.map(({ ms }) => ms)), now)), memory };
    },
    state: () => state,
  };
}

const steps = [0, 1, 2, 3] as const satisfies readonly Level[];
const higher = (one: Level, other: Level): Level => (one > other ? one : other);

/** The level of one reading. */
function createLevel(bounds: readonly [number, number, number]): (value: number, now: number) => Level {
  let level: Level = 0;
  /** Since when it has been well below each bound. */
  const calmSince = bounds.map(() => Number.POSITIVE_INFINITY);
  return (value, now) => {
    for (const [index, bound] of bounds.entries())
      calmSince[index] =
        value < backBelow * bound ? Math.min(calmSince[index] ?? now, now) : Number.POSITIVE_INFINITY;
    const reached = steps.findLast((step) => step === 0 || value >= (bounds[step - 1] ?? 0)) ?? 0;
    if (reached >= level) level = reached;
    else if (now - (calmSince[level - 1] ?? now) >= backAfterMs) level = steps[level - 1] ?? 0;
    return level;
  };
}
