/** A flat list of headers with those of policies in the place of the same names. */
export function headersWith(
  flat: readonly string[],
  edits: ReadonlyMap<string, string | undefined>,
): readonly string[] {
  if (edits.size === 0) return flat;
  const kept: string[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = flat[at] ?? "";
    if (!edits.has(name.toLowerCase())) kept.push(name, flat[at + 1] ?? "");
  }
  for (const [name, value] of edits) if (value !== undefined) kept.push(name, value);
  return kept;
}
