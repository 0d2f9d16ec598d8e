import { utf8Length } from "../../kernel/utf8.ts";

/**
 * The offset in `text`, in UTF-16 code units, of an offset in its UTF-8. One inside a character is moved to its front,
 * one behind the text to its end.
 */
export function unitsOfBytes(text: string, bytes: number): number {
  let seen = 0;
  let at = 0;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    const isPair = unit >= 0xd800 && unit < 0xdc00 && (text.codePointAt(at) ?? 0) > 0xffff;
    const size = unit < 0x80 ? 1 : unit < 0x800 ? 2 : isPair ? 4 : 3;
    if (seen + size > bytes) return at;
    seen += size;
    at += isPair ? 2 : 1;
  }
  return at;
}

/** A stretch given in bytes, in code units; the same numbers where every character is one byte. */
export function stretchOfBytes(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
): { readonly start: number; readonly end: number } {
  if (utf8Length(text) === text.length) {
    return { start: Math.min(start, text.length), end: Math.min(end, text.length) };
  }
  return { start: unitsOfBytes(text, start), end: unitsOfBytes(text, end) };
}
