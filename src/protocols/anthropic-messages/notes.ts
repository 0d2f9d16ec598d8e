import type { Problem } from "../../exchange/codec.ts";
import type { Warning } from "../../exchange/warning.ts";
import type { JsonObject } from "../../kernel/json.ts";

/** What reading one body finds: faults that refuse it, and members that will not cross. Grows while it is read. */
export interface Notes {
  readonly problems: Problem[];
  readonly warnings: Warning[];
}

/** Notes that `value` at `path` is not what was expected. */
export function complain(notes: Notes, path: string, { expected, got }: Complaint): void {
  notes.problems.push({ path, expected, got: describe(got) });
}

interface Complaint {
  readonly expected: string;
  readonly got: unknown;
}

/** Notes every member of `object` that is neither in `known` nor null: the canonical form has no place for it. */
export function declareRest(notes: Notes, { object, known, path }: Rest): void {
  for (const [name, value] of Object.entries(object)) {
    if (!known.has(name) && value !== null)
      notes.warnings.push({ kind: "dropped", subject: `${path}.${name}` });
  }
}

interface Rest {
  readonly object: JsonObject;
  readonly known: ReadonlySet<string>;
  readonly path: string;
}

/** A value in a few words, for a person: `nothing`, `a string`, `the number 0`. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  switch (typeof value) {
    case "string":
      return value === ""
        ? "an empty string"
        : value.length <= 40
          ? `the string ${JSON.stringify(value)}`
          : "a string";
    case "number":
      return `the number ${value}`;
    case "boolean":
      return String(value);
    default:
      return "an object";
  }
}
