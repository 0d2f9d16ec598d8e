import { spawn } from "node:child_process";
import { join } from "node:path";

/** The project's root folder. */
export const root = join(import.meta.dirname, "..");

/**
 * Runs the program of an installed package under this Node, in the root folder, with our output.
 *
 * @param program Path inside `node_modules`, or of a script from the root if it starts with `./`.
 * @returns Whether it exited with 0.
 */
export function node(program: string, args: readonly string[]): Promise<boolean> {
  const path = program.startsWith("./") ? join(root, program) : join(root, "node_modules", program);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path, ...args], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code === 0));
  });
}
