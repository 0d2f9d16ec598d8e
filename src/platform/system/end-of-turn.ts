import type { EndOfTurn } from "../../ports/end-of-turn.ts";

export function createEndOfTurn(): EndOfTurn {
  let waiting: (() => void)[] = [];
  const run = (): void => {
    const tasks = waiting;
    waiting = [];
    for (const task of tasks) task();
  };
  return (task) => {
    waiting.push(task);
    if (waiting.length === 1) setImmediate(run);
  };
}
