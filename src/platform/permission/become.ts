import { realpathSync } from "node:fs";
import { confiningFlags, type Reach } from "./permission.ts";

/** Whether a process can become another one here. Windows has no such call. */
export function canBecome(): boolean {
  return typeof process.execve === "function" && process.platform !== "win32";
}

/**
 * Begins this process anew under Node's permission model, in its place: the same id, terminal, streams and environment,
 * and nobody in between to pass signals on.
 *
 * @param program The file that was started.
 * @throws Error when the system refuses.
 */
export function becomeConfined(program: string, args: readonly string[], reach: Reach): never {
  const flags = [...process.execArgv, ...confiningFlags(reach)];
  process.execve?.(
    process.execPath,
    [process.execPath, ...flags, realpathSync(program), ...args],
    process.env,
  );
  throw new Error("this system cannot put a program in the place of another");
}
