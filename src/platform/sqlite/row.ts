import type { SQLOutputValue } from "node:sqlite";
import { invariant } from "../../kernel/invariant.ts";

/** What a query gives, by column. */
export type Row = Record<string, SQLOutputValue>;

/** The value of a column that holds text. */
export function text(value: SQLOutputValue | undefined): string {
  invariant(typeof value === "string", "a text column holds text");
  return value;
}

/** The value of a column that holds a number. */
export function number(value: SQLOutputValue | undefined): number {
  invariant(typeof value === "number", "a number column holds a number");
  return value;
}

/** As `text`; `null` where the column is empty. */
export function optionalText(value: SQLOutputValue | undefined): string | null {
  return value === null ? null : text(value);
}

/** As `number`; `null` where the column is empty. */
export function optionalNumber(value: SQLOutputValue | undefined): number | null {
  return value === null ? null : number(value);
}
