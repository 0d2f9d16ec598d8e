import { describe, expect, it } from "vitest";
import { countTests, plainLine } from "./test-counts.ts";

const test = (status: string) => ({ status });

describe("countTests", () => {
  it.for([
    { name: "no file", testResults: [], expected: { passed: 0, failed: 0, skipped: 0 } },
    {
      name: "each state of a test, those not run as skipped",
      testResults: [
        {
          status: "failed",
          assertionResults: ["passed", "passed", "failed", "skipped", "todo", "pending"].map(test),
        },
      ],
      expected: { passed: 2, failed: 1, skipped: 3 },
    },
    {
      name: "a file that did not load as a failure",
      testResults: [
        { status: "failed", assertionResults: [] },
        { status: "passed", assertionResults: [test("passed")] },
      ],
      expected: { passed: 1, failed: 1, skipped: 0 },
    },
    {
      name: "a file whose hook threw after its tests had passed as a failure",
      testResults: [{ status: "failed", assertionResults: [test("passed")] }],
      expected: { passed: 1, failed: 1, skipped: 0 },
    },
  ])("counts $name", ({ testResults, expected }) => {
    expect(countTests({ testResults })).toEqual(expected);
  });
});

it("plainLine says the counts the way machines read them", () => {
  expect(plainLine({ passed: 3, failed: 1, skipped: 2 })).toMatch(/^3 passed, 1 failed, 2 skipped$/);
});
