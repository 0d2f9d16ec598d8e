import type { LogFields, Logger } from "../../ports/logger.ts";

type Level = "info" | "warn" | "error";

/** JSON lines on stderr: `ts`, `level`, `msg`, then the fields. Stdout belongs to what a command answers. */
export function jsonLogger(write: (line: string) => void): Logger {
  const log = (level: Level) => (message: string, fields?: LogFields) => {
    write(`${JSON.stringify({ ts: new Date().toISOString(), level, msg: message, ...fields })}\n`);
  };
  return { info: log("info"), warn: log("warn"), error: log("error") };
}
