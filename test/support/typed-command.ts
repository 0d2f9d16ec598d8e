import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** The program, as `node main.ts`. */
export const mainFile: string = join(import.meta.dirname, "../../src/main.ts");

/** One command, typed in a directory: without any variable but the path and those that are given. */
export function typed(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, [mainFile, ...args], {
    cwd,
    encoding: "utf8",
    timeout: 20_000,
    env: { PATH: process.env["PATH"], ...env },
  });
}
