import type { EndOfTurn } from "../../ports/end-of-turn.ts";

/** @param onFault Told what a task has thrown: one request's fault must not leave the others of its turn unsent. */
export function createEndOfTurn(onFault: (fault: unknown) => void): EndOfTurn {
  let waiting: (() => void)[] = [];
  const run = (): void => {
    const tasks = waiting;
    waiting = [];
    for (const task of tasks) {
      try {
        task();
      } catch (fault) {
        onFault(fault);
      }
    }
  };
  return (task) => {
    waiting.push(task);
    if (waiting.length === 1) setImmediate(run);
  };
}
