import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isJsonObject, parseJson } from "../kernel/json.ts";

/** Where a running gateway can be reached by the other commands. */
export interface Running {
  readonly url: string;
  readonly adminUrl: string;
  readonly pid: number;
}

const fileIn = (directory: string): string => join(directory, "running.json");

/** Tells the other commands where the gateway is; holds no secret. */
export function tellRunning(directory: string, running: Running): void {
  writeFileSync(fileIn(directory), `${JSON.stringify(running)}\n`, { mode: 0o600 });
  chmodSync(fileIn(directory), 0o600);
}

export function forgetRunning(directory: string): void {
  rmSync(fileIn(directory), { force: true });
}

/** The gateway that uses `directory`, if one says so. */
export function findRunning(directory: string): Running | undefined {
  let text: string;
  try {
    text = readFileSync(fileIn(directory), "utf8");
  } catch {
    return undefined;
  }
  const value = parseJson(text);
  if (!isJsonObject(value)) return undefined;
  const { url, adminUrl, pid } = value;
  if (typeof url !== "string" || typeof adminUrl !== "string" || typeof pid !== "number") return undefined;
  try {
    process.kill(pid, 0);
  } catch {
    return undefined;
  }
  return { url, adminUrl, pid };
}
