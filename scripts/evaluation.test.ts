import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { evaluationPage } from "../bench/eval/page.ts";

const root = join(import.meta.dirname, "..");

it("docs/evaluation.md says what the kept results say", () => {
  const page = readFileSync(join(root, "docs/evaluation.md"), "utf8");
  expect(page).toBe(evaluationPage(join(root, "bench/eval/results")));
});
