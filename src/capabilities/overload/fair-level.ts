/**
 * The most that one of several may have so that all together have `supply`: who wants less gets what it wants, the others
 * the same. `Infinity`: there is enough for all.
 *
 * Source: max-min fairness by progressive filling; Bertsekas and Gallager, "Data Networks", section 6.5.
 */
export function fairLevel(demands: Float64Array, supply: number): number {
  let left = supply;
  let others = demands.length;
  for (const demand of demands.toSorted()) {
    if (demand * others > left) return Math.max(0, left) / others;
    left -= demand;
    others -= 1;
  }
  return Number.POSITIVE_INFINITY;
}
