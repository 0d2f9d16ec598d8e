import type { Path } from "./path.ts";

/** Something wrong with a configuration text; as `gateway/control.ts` and the admin API show it. */
export interface ConfigProblem {
  readonly message: string;
  /** Counts from 1; `null` when the text could not even be read. */
  readonly line: number | null;
  /** Counts from 1, in UTF-16 units. */
  readonly column: number | null;
  /** As in the file: `providers.openai.key`. */
  readonly path: string | null;
}

/** Something wrong, before it is known where in the text that is. */
export interface Finding {
  readonly path: Path;
  /** A sentence without full stop. */
  readonly message: string;
  /** Whether the name of the field is at fault or its value. */
  readonly at: "name" | "value";
}

/** `; did you mean x?` for the end of a sentence; empty when nothing is near. */
export function suggestion(near: readonly string[]): string {
  return near.length === 0 ? "" : `; did you mean ${near.map((name) => `\`${name}\``).join(" or ")}?`;
}

/** Names in backticks, joined with commas. */
export function quoteAll(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}
