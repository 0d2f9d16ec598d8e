import type { Problem } from "../../exchange/codec.ts";
import type { Warning } from "../../exchange/warning.ts";

/** What reading one body finds: faults that refuse it, and members that will not cross. Grows while it is read. */
export interface Notes {
  readonly problems: Problem[];
  readonly warnings: Warning[];
}

/** A value in a few words, for a person: `nothing`, `a string`, `the number 0`. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  switch (typeof value) {
    case "string":
      if (value === "") return "an empty string";
      return value.length <= 40 ? `the string ${JSON.stringify(value)}` : "a string";
    case "number":
      return `the number ${value}`;
    case "boolean":
      return String(value);
    default:
      return "an object";
  }
}
