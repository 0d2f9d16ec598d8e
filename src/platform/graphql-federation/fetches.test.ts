import { expect, it } from "vitest";
import { type Fetch, selectNothing, waitsFor } from "./fetches.ts";

let looked = 0;
function fetchAfter(after: readonly Fetch[], id: number): Fetch {
  const waiting = new Set(after);
  return {
    id,
    graph: "g",
    operation: "query",
    path: [],
    on: undefined,
    target: undefined,
    selected: selectNothing(),
    get after() {
      looked += 1;
      // Two to the power of forty ways lead through the plan below.
      if (looked > 1000) throw new Error("looked at again and again");
      return waiting;
    },
  };
}

it("whether a fetch waits for another is found in one look at each, however many ways lead there", () => {
  const first = fetchAfter([], 0);
  let layer = [first];
  for (let id = 1; id < 80; id += 2) layer = [fetchAfter(layer, id), fetchAfter(layer, id + 1)];
  const last = fetchAfter(layer, 99);
  expect(waitsFor(last, first)).toBe(true);
  expect(waitsFor(last, fetchAfter([], 100))).toBe(false);
  expect(waitsFor(first, last)).toBe(false);
  expect(waitsFor(last, last)).toBe(true);
});
