import type { Spread } from "./spread.ts";

/** The median, with the least and the most in brackets. */
export function range({ median, min, max }: Spread, digits: number): string {
  const print = (value: number) => (Number.isFinite(value) ? value.toFixed(digits) : "?");
  return min === max ? print(median) : `${print(median)} (${print(min)}–${print(max)})`;
}

export function times(ratio: number | undefined): string {
  return ratio === undefined ? "" : `× ${ratio.toPrecision(2)}`;
}

/** Columns are padded, so that the source of the table is a table too. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "Not measured in this run.";
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...rows.map(line)].join(
    "\n",
  );
}
