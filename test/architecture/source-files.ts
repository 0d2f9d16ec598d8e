import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The project's root folder. */
export const root = join(import.meta.dirname, "../..");

/**
 * Text of every file that fits a glob, by its path from the root.
 *
 * @throws if none fits: a check of nothing must not pass.
 */
export function sourceFiles(glob: string): ReadonlyMap<string, string> {
  const files = globSync(glob, { cwd: root }).toSorted();
  if (files.length === 0) throw new Error(`no file fits ${glob}`);
  return new Map(files.map((file) => [file.replaceAll("\\", "/"), readFileSync(join(root, file), "utf8")]));
}
