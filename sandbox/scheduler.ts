/** Runs tasks at their time with a single timer for all of them, so that thousands of streams cost one timer. */
export interface Scheduler {
  /** Milliseconds since the scheduler began; never steps back. */
  readonly now: () => number;
  /** Runs `task` at `at` (on the scheduler's own clock). What it returns takes the task off again. */
  readonly at: (at: number, task: () => void) => () => void;
  /** Drops every task. */
  readonly stop: () => void;
}

interface Entry {
  readonly at: number;
  readonly order: number;
  task: (() => void) | undefined;
}

/** A scheduler over a binary heap (Williams, "Heapsort", 1964) and one `setTimeout`. */
export function createScheduler(): Scheduler {
  const heap: Entry[] = [];
  const start = performance.now();
  let order = 0;
  let timer: NodeJS.Timeout | undefined;
  let armedFor = Number.POSITIVE_INFINITY;

  const now = (): number => performance.now() - start;

  function arm(): void {
    const first = heap[0];
    if (!first || first.at >= armedFor) return;
    clearTimeout(timer);
    armedFor = first.at;
    timer = setTimeout(run, Math.max(0, Math.ceil(first.at - now())));
  }

  function run(): void {
    armedFor = Number.POSITIVE_INFINITY;
    const due = now();
    for (let first = heap[0]; first && first.at <= due; first = heap[0]) {
      takeFirst(heap);
      first.task?.();
    }
    arm();
  }

  return {
    now,
    at: (at, task) => {
      const entry: Entry = { at, order: order++, task };
      add(heap, entry);
      arm();
      return () => {
        entry.task = undefined;
      };
    },
    stop: () => {
      clearTimeout(timer);
      heap.length = 0;
      armedFor = Number.POSITIVE_INFINITY;
    },
  };
}

const isBefore = (left: Entry, right: Entry): boolean =>
  left.at < right.at || (left.at === right.at && left.order < right.order);

function add(heap: Entry[], entry: Entry): void {
  let hole = heap.length;
  while (hole > 0) {
    const parentAt = (hole - 1) >> 1;
    const parent = heap[parentAt];
    if (!parent || !isBefore(entry, parent)) break;
    heap[hole] = parent;
    hole = parentAt;
  }
  heap[hole] = entry;
}

function takeFirst(heap: Entry[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let hole = 0;
  for (;;) {
    const left = heap[2 * hole + 1];
    const right = heap[2 * hole + 2];
    const child = left && right && isBefore(right, left) ? right : left;
    if (!child || !isBefore(child, last)) break;
    heap[hole] = child;
    hole = child === left ? 2 * hole + 1 : 2 * hole + 2;
  }
  heap[hole] = last;
}
