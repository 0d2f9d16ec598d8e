import { describe, expect, it } from "vitest";
import { compilePattern } from "./pattern.ts";

describe("compilePattern", () => {
  it("finds the first match from a place on, with what stands before it in view", () => {
    const pattern = compilePattern(String.raw`\bEMP-\d{6}\b`);
    if (pattern.kind === "problem") throw new Error(pattern.message);
    expect(pattern.find("EMP-123456 and EMP-654321", 1)).toEqual({ start: 15, end: 25 });
    expect(pattern.find("xEMP-123456", 1)).toBeUndefined();
  });

  it.for([String.raw`(a)\1`, "(?=a)b", "(?<!a)b", "(", "a{2000}", "*"])(
    "refuses %s: it needs more than linear time, or is none",
    (text) => {
      expect(compilePattern(text).kind).toBe("problem");
    },
  );

  it("is done in time with what takes for ever elsewhere", () => {
    const pattern = compilePattern("^(a+)+$");
    if (pattern.kind === "problem") throw new Error(pattern.message);
    const startedAt = performance.now();
    expect(pattern.find(`${"a".repeat(20_000)}b`, 0)).toBeUndefined();
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});
