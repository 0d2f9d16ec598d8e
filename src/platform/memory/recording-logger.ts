import type { LogFields, Logger } from "../../ports/logger.ts";

/** One line that was logged. */
export interface RecordedLine {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly fields: LogFields;
}

/** A logger that keeps its newest lines instead of writing them. */
export interface RecordingLogger extends Logger {
  /** Oldest first. */
  readonly lines: () => readonly RecordedLine[];
}

const linesMax = 10_000;

/** A logger for tests and embedded use; keeps the newest 10,000 lines. */
export function createRecordingLogger(): RecordingLogger {
  const lines: RecordedLine[] = [];
  const at =
    (level: RecordedLine["level"]) =>
    (message: string, fields: LogFields = {}): void => {
      if (lines.length === linesMax) lines.shift();
      lines.push({ level, message, fields });
    };
  return { info: at("info"), warn: at("warn"), error: at("error"), lines: () => [...lines] };
}
