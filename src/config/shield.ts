/**
 * YAML reads `{ key: ${NAME} }` as a broken map, although everybody writes it. So each reference is shielded before
 * parsing: every character of it is moved into a private range of Unicode, where it means nothing to YAML, and moved
 * back in the strings that come out. Lengths stay, so positions in the text stay true.
 */
const offset = 0xe000;
const reference = /\$\{[^{}\r\n]*\}/g;
const shielded = /[\ue000-\ue07f]/;

/** `text` with each `${…}` made opaque to YAML; of the same length. */
export function shield(text: string): string {
  return text.replace(reference, (found) => move(found, offset));
}

/** The inverse of `shield`, for a string or a part of one. */
export function unshield(text: string): string {
  return shielded.test(text) ? text.replace(/[\ue000-\ue07f]+/g, (found) => move(found, 0 - offset)) : text;
}

/** Where `text` already has a character of the private range, which it may not; -1 when it has none. */
export function shieldedAt(text: string): number {
  return text.search(shielded);
}

function move(text: string, by: number): string {
  let moved = "";
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    const isMovable = by < 0 || unit < 0x80;
    moved += isMovable ? String.fromCharCode(unit + by) : text.charAt(index);
  }
  return moved;
}
