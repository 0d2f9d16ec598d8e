import { invariant } from "../../kernel/invariant.ts";
import { epochMs, monotonicMs } from "../../kernel/units.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CancelTimer, Timer } from "../../ports/timer.ts";

/** Time that moves only when it is told to: a clock, and the timers that hang on it. */
export interface VirtualTime {
  readonly clock: Clock;
  readonly timer: Timer;
  /** Moves both clocks on by `span` ms and runs, in order, every task that falls due on the way, at its own moment. */
  readonly advance: (span: number) => void;
  /** As `advance`, to the moment `at` (ms since 1970); a moment of the past changes nothing. */
  readonly advanceTo: (at: number) => void;
  /** How many timers are pending. */
  readonly pending: () => number;
}

interface Task {
  dueAt: number;
  /** Orders tasks that are due at the same moment: the one set first runs first. */
  order: number;
  readonly every: number | undefined;
  readonly run: () => void;
}

/** More tasks than this in one `advance` is a timer that sets itself again without any time passing. */
const tasksPerAdvanceMax = 1_000_000;

/** Virtual time that begins at `start` (ms since 1970); 2026-01-01T00:00:00Z when absent. */
export function createVirtualTime(start = Date.UTC(2026, 0, 1)): VirtualTime {
  const tasks = new Set<Task>();
  let now = start;
  let order = 0;

  const schedule = (span: number, every: number | undefined, run: () => void): CancelTimer => {
    const task: Task = { dueAt: now + Math.max(0, span), order: order++, every, run };
    tasks.add(task);
    return () => {
      tasks.delete(task);
    };
  };
  const nextBy = (limit: number): Task | undefined => {
    let next: Task | undefined;
    for (const task of tasks) {
      if (task.dueAt > limit) continue;
      if (
        next === undefined ||
        task.dueAt < next.dueAt ||
        (task.dueAt === next.dueAt && task.order < next.order)
      ) {
        next = task;
      }
    }
    return next;
  };
  const advanceTo = (at: number): void => {
    let ran = 0;
    for (let task = nextBy(at); task !== undefined; task = nextBy(at)) {
      now = Math.max(now, task.dueAt);
      if (task.every === undefined) tasks.delete(task);
      else {
        task.dueAt += task.every;
        task.order = order++;
      }
      ran += 1;
      invariant(ran <= tasksPerAdvanceMax, "virtual time passes between the tasks of one timer");
      task.run();
    }
    now = Math.max(now, at);
  };

  return {
    clock: { now: () => epochMs(now), monotonic: () => monotonicMs(now - start) },
    timer: {
      after: (span, task) => schedule(span, undefined, task),
      every: (span, task) => schedule(Math.max(1, span), Math.max(1, span), task),
    },
    advance: (span) => advanceTo(now + span),
    advanceTo,
    pending: () => tasks.size,
  };
}
