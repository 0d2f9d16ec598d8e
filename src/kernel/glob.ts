/** Whether `name` fits `glob`: `*` stands for any run of characters, all else for itself. */
export const fitsGlob = (glob: string, name: string): boolean => fitsPieces(glob.split("*"), name);

/** The same for a glob that is asked of many names. */
export function globMatcher(glob: string): (name: string) => boolean {
  const pieces = glob.split("*");
  return (name) => fitsPieces(pieces, name);
}

function fitsPieces(pieces: readonly string[], name: string): boolean {
  const first = pieces[0] ?? "";
  const lastAt = pieces.length - 1;
  if (lastAt === 0) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (let index = 1; index < lastAt; index += 1) {
    const piece = pieces[index] ?? "";
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  const last = pieces[lastAt] ?? "";
  return name.length >= at + last.length && name.endsWith(last);
}
