import { describe, expect, it } from "vitest";
import { healthOf } from "./health.ts";

const now = 1_000_000;

describe("healthOf", () => {
  it.for([
    { name: "nothing was tried", lastTry: null, errors: [], word: "not asked" },
    { name: "the newest try failed", lastTry: "failed", errors: [{ at: now }], word: "failing" },
    { name: "there was never an error", lastTry: "answered", errors: [], word: "answering" },
    {
      name: "an error was a moment ago",
      lastTry: "answered",
      errors: [{ at: now - 299_999 }],
      word: "unsteady",
    },
    {
      name: "the newest error is old",
      lastTry: "answered",
      errors: [{ at: now - 300_000 }],
      word: "answering",
    },
  ] as const)("when $name it is $word", ({ lastTry, errors, word }) => {
    expect(healthOf({ lastTry, errors }, now).word).toBe(word);
  });
});
