/**
 * Counts of the recent past in slots of equal length, each marked with the absolute number of its slot: one whose mark is
 * not of the window is ignored, so a pause of any length leaves nothing behind.
 */
export interface Ring {
  readonly slotMs: number;
  readonly columns: number;
  /** Per slot its number, then its columns. */
  readonly cells: Int32Array;
}

const slots = 10;

export const createRing = (slotMs: number, columns: number): Ring => ({
  slotMs,
  columns,
  cells: new Int32Array(slots * (columns + 1)).fill(-1),
});

/** Adds one to a column of the slot that `now` (ms, monotonic) lies in. */
export function count({ slotMs, columns, cells }: Ring, now: number, column: number): void {
  const number = Math.floor(now / slotMs);
  const at = (number % slots) * (columns + 1);
  if (cells[at] !== number) {
    cells[at] = number;
    cells.fill(0, at + 1, at + 1 + columns);
  }
  const place = at + 1 + column;
  cells[place] = (cells[place] ?? 0) + 1;
}

/** What a column has counted in the slot of `now` and the nine before it. */
export function total({ slotMs, columns, cells }: Ring, now: number, column: number): number {
  const newest = Math.floor(now / slotMs);
  let sum = 0;
  for (let at = 0; at < cells.length; at += columns + 1) {
    const number = cells[at] ?? -1;
    if (number >= 0 && number <= newest && number > newest - slots) sum += cells[at + 1 + column] ?? 0;
  }
  return sum;
}

/** Forgets what these columns have counted. */
export function forget({ columns, cells }: Ring, forgotten: readonly number[]): void {
  for (let at = 0; at < cells.length; at += columns + 1)
    for (const column of forgotten) cells[at + 1 + column] = 0;
}
