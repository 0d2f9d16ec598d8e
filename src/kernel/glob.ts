/** Whether `name` fits `glob`: `*` stands for any run of characters, all else for itself. */
export function fitsGlob(glob: string, name: string): boolean {
  const pieces = glob.split("*");
  const [first = "", ...rest] = pieces;
  if (rest.length === 0) return glob === name;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  const last = rest.pop() ?? "";
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return name.length >= at + last.length && name.endsWith(last);
}
