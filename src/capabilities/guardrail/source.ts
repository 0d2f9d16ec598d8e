import type { FoundKind } from "./finding.ts";

/**
 * A window on the detection text. A matcher reads it by `codeAt` only; one that has read behind the end of what has
 * come so far is asked again when more has come, whatever it said. So what it says depends on the whole text alone,
 * never on how that was cut: the law behind streams that equal their whole.
 */
export interface Source {
  readonly text: string;
  /** Nothing follows `text`. */
  readonly isFinal: boolean;
  /** Set by a reader that wanted more than has come. */
  isShort: boolean;
}

/** What a matcher has found at the place it was asked about; `end` is exclusive. */
export interface Match<Kind extends FoundKind = FoundKind> {
  readonly kind: Kind;
  readonly end: number;
  readonly score: number;
  readonly isEndless?: boolean;
}

/** So many characters before a place may be looked at: they stay in the window. */
export const lookBack = 64;

/** The code unit at `at`; -1 outside of the text. */
export function codeAt(source: Source, at: number): number {
  if (at < 0) return -1;
  if (at < source.text.length) return source.text.charCodeAt(at);
  if (!source.isFinal) source.isShort = true;
  return -1;
}

/** Whether `word` stands at `at`. */
export function standsAt(source: Source, at: number, word: string): boolean {
  for (let index = 0; index < word.length; index += 1) {
    if (codeAt(source, at + index) !== word.charCodeAt(index)) return false;
  }
  return true;
}

/** The place behind the longest run from `at` on of characters that `fits` takes, at most `max` of them. */
export function runFrom(source: Source, at: number, fits: (code: number) => boolean, max: number): number {
  let next = at;
  const end = at + max;
  while (next < end && fits(codeAt(source, next))) next += 1;
  return next;
}

/** The characters before `at`, in lower case. */
export const textBefore = (source: Source, at: number, length: number): string =>
  source.text.slice(Math.max(0, at - Math.min(length, lookBack)), at).toLowerCase();

export const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
export const isUpper = (code: number): boolean => code >= 0x41 && code <= 0x5a;
export const isLetter = (code: number): boolean => isUpper(code & ~0x20) && code < 0x80;
export const isWord = (code: number): boolean => isDigit(code) || isLetter(code);
export const isHex = (code: number): boolean =>
  isDigit(code) || ((code & ~0x20) >= 0x41 && (code & ~0x20) <= 0x46 && code < 0x80);
/** Letters, digits, `-` and `_`: base64url. */
export const isUrlSafe = (code: number): boolean => isWord(code) || code === 0x2d || code === 0x5f;
/** Base64 of either alphabet, with its padding. */
export const isBase64 = (code: number): boolean =>
  isUrlSafe(code) || code === 0x2b || code === 0x2f || code === 0x3d;
