import { expect, it } from "vitest";
import { createScheduler } from "./scheduler.ts";

it("runs tasks in the order of their times, those of one time in the order they came", async () => {
  const scheduler = createScheduler();
  const times = Array.from({ length: 500 }, (_, index) => (index * 7919) % 40);
  const ran: { time: number; index: number }[] = [];
  await new Promise<void>((resolve) => {
    const start = scheduler.now() + 5;
    for (const [index, time] of times.entries()) {
      scheduler.at(start + time, () => {
        ran.push({ time, index });
        if (ran.length === times.length) resolve();
      });
    }
  });
  expect(ran).toEqual(ran.toSorted((left, right) => left.time - right.time || left.index - right.index));
});

it("never runs a task before its time, nor one taken off", async () => {
  const scheduler = createScheduler();
  const ran: string[] = [];
  const due = scheduler.now() + 12;
  const cancel = scheduler.at(scheduler.now() + 4, () => ran.push("cancelled"));
  cancel();
  const at = await new Promise<number>((resolve) => scheduler.at(due, () => resolve(scheduler.now())));
  expect(at).toBeGreaterThanOrEqual(due);
  expect(ran).toEqual([]);
});
