import { describe, expect, it } from "vitest";
import { createVirtualTime } from "../platform/memory/index.ts";
import { atOnce, inSlices, type Steps } from "./in-slices.ts";
import { parseWorldOf } from "./parse.test-support.ts";
import { parseConfig, parseInSteps } from "./parse.ts";

const thousandPools = `providers: { openai: { key: "\${OPENAI_API_KEY}" } }\nmodels:\n${Array.from(
  { length: 1000 },
  (_, pool) => `  pool-${pool}: [openai/gpt-${pool}, openai/o-${pool}]\n`,
).join("")}`;

describe("inSlices", () => {
  it("lets other work go first once a slice has lasted 5 ms, and gives what the steps give", async () => {
    const time = createVirtualTime();
    const done: number[] = [];
    function* steps(): Steps<string> {
      for (const step of [1, 2, 3, 4]) {
        time.advance(3);
        done.push(step);
        yield;
      }
      return "made";
    }
    const result = inSlices(steps(), time);
    expect(done).toEqual([1, 2]);
    time.advance(0);
    await Promise.resolve();
    expect(done).toEqual([1, 2, 3, 4]);
    time.advance(0);
    expect(await result).toBe("made");
  });

  it("gives the same configuration in slices as at once, for a file of a thousand pools", async () => {
    const world = parseWorldOf({ OPENAI_API_KEY: "sk" });
    const steps = parseInSteps(thousandPools, world);
    let count = 0;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) count += 1;
    expect(count).toBeGreaterThan(8);
    expect(step.value).toEqual(parseConfig(thousandPools, world));
    expect(step.value).toEqual(atOnce(parseInSteps(thousandPools, world)));
  });
});
