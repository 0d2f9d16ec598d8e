/** The official clients and the gateway once more, both under the oldest Node that is supported. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";
import { fetchOldestNode, oldestNode } from "../support/npm.ts";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "sallyport-oldest-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it(`run on Node ${oldestNode}`, async ({ skip }) => {
  const node = await fetchOldestNode(folder);
  if (node === undefined) return skip(`Node ${oldestNode} cannot be fetched`);
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const files = ["test/conformance/official-clients.test.ts", "test/conformance/gemini-client.test.ts"];
  const found = join(folder, "report.json");
  await promisify(execFile)(
    node,
    [vitest, "run", "--project", "conformance", "--reporter=json", `--outputFile.json=${found}`, ...files],
    { cwd: root, maxBuffer: 64 * 1024 ** 2 },
  );
  const report = JSON.parse(readFileSync(found, "utf8")) as {
    readonly numPassedTests: number;
    readonly numFailedTests: number;
  };
  expect(report.numFailedTests).toBe(0);
  expect(report.numPassedTests).toBeGreaterThan(390);
}, 180_000);
