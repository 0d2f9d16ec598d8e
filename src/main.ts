import { realpathSync } from "node:fs";
import { run } from "./cli/run.ts";

/** Runs one command line. @returns Its exit code; `undefined` when the process goes on by itself. */
export function main(argv: readonly string[]): Promise<number | undefined> {
  return run(argv, {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    env: process.env,
    cwd: process.cwd(),
    program: process.argv[1],
  });
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === import.meta.filename) {
  // Whoever reads may have read enough, as `head` does: what it does not want to hear is no failure.
  process.stdout.on("error", (fault: NodeJS.ErrnoException) => {
    if (fault.code !== "EPIPE") throw fault;
  });
  const code = await main(process.argv.slice(2));
  // A failure may leave something open that would keep the process waiting; success ends by itself, its output whole.
  if (code === 0) process.exitCode = 0;
  else if (code !== undefined) process.exit(code);
}
