/** How a run of the tests ended. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Counts the tests of vitest's JSON report. A file that failed outside its tests (it did not load, a hook threw)
 * counts as one failure, so that a run with a failed file never shows none.
 */
export function countTests(report: unknown): TestCounts {
  const files = listOf(report, "testResults");
  const states = files.flatMap((file) => {
    const tests = listOf(file, "assertionResults").map((test) => textOf(test, "status"));
    const failedOutside = textOf(file, "status") === "failed" && !tests.includes("failed");
    return failedOutside ? [...tests, "failed"] : tests;
  });
  const passed = states.filter((state) => state === "passed").length;
  const failed = states.filter((state) => state === "failed").length;
  return { passed, failed, skipped: states.length - passed - failed };
}

/** The closing line of a run, alone on its line, for people and machines. */
export function plainLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function listOf(value: unknown, key: string): readonly unknown[] {
  const found = memberOf(value, key);
  return Array.isArray(found) ? found : [];
}

function textOf(value: unknown, key: string): string {
  return String(memberOf(value, key));
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;
}
