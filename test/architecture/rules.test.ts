import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
/** Of realtime and of files and batches, which are relayed on the raw lane only. */
const later = new Set([63, 64]);

it("each of the 67 translation rules of the AI models specification has a test that bears its number", () => {
  const files = globSync("{src,test,sandbox}/**/*.test.ts", { cwd: root });
  const numbers = new Set(
    files
      .flatMap((file) => [
        ...readFileSync(join(root, file), "utf8").matchAll(/["'`](?:[^"'`\n]* )?rule (\d+)\b[^"'`\n]*["'`]/g),
      ])
      .map(([, number]) => Number(number)),
  );
  const missing = Array.from({ length: 67 }, (_, index) => index + 1).filter((rule) => !numbers.has(rule));
  expect(missing).toEqual([...later]);
});
