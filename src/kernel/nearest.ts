/**
 * The names of `known` that look most like `wanted`, nearest first, at most `limit`; only those within
 * max(2, a third of the length) edits or sharing a prefix of four letters.
 *
 * Source: Wagner and Fischer, "The String-to-String Correction Problem", 1974 (edit distance).
 */
export function nearestNames(wanted: string, known: readonly string[], limit = 3): readonly string[] {
  const target = wanted.toLowerCase();
  return known
    .map((name) => ({ name, distance: editDistance(target, name.toLowerCase()) }))
    .filter(
      ({ name, distance }) =>
        distance <= Math.max(2, Math.ceil(target.length / 3)) ||
        (target.length >= 4 && name.toLowerCase().startsWith(target.slice(0, 4))),
    )
    .toSorted((left, right) => left.distance - right.distance || (left.name < right.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}

function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const substituted = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(substituted, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
