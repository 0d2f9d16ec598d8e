import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { createEndOfTurn } from "./end-of-turn.ts";

it("does tasks after this turn, in order, and what they add in the next", async () => {
  const done: string[] = [];
  const endOfTurn = createEndOfTurn(() => undefined);
  endOfTurn(() => {
    done.push("first");
    endOfTurn(() => done.push("added"));
  });
  endOfTurn(() => done.push("second"));
  expect(done).toEqual([]);
  await nextTurn();
  expect(done).toEqual(["first", "second"]);
  await nextTurn();
  expect(done).toEqual(["first", "second", "added"]);
});

it("tells of a task that throws, and does the others all the same", async () => {
  const faults: unknown[] = [];
  const done: string[] = [];
  const endOfTurn = createEndOfTurn((fault) => faults.push(fault));
  const fault = new Error("one request's own");
  endOfTurn(() => {
    throw fault;
  });
  endOfTurn(() => done.push("another"));
  await nextTurn();
  expect({ faults, done }).toEqual({ faults: [fault], done: ["another"] });
});
