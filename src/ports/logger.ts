/** The operator's log: JSON lines or human text on stderr. Never awaited; never throws. */
export interface Logger {
  readonly info: (message: string, fields?: LogFields) => void;
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly error: (message: string, fields?: LogFields) => void;
}
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;
