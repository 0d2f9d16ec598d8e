/** How much text a JSON body holds, as far as its tokens cannot be fewer than that. */
export interface TextSize {
  /** ASCII, a run of blanks counted as one. */
  readonly plainBytes: number;
  /** What is not ASCII, or stands there as `\uXXXX`: two of them for what is beyond 16 bits where it is escaped. */
  readonly otherCharacters: number;
}

const backslash = 0x5c;
const escapeBytes = { ofCharacter: 6, short: 2 } as const;
/** What a byte is: the bytes of a character behind its first count for nothing. */
const plain = 0;
const blank = 1;
const other = 2;
const rest = 3;

/** By the byte. */
const kinds = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80) return byte >= 0xc0 ? other : rest;
  return " \t\r\n".includes(String.fromCharCode(byte)) ? blank : plain;
});
/** By the byte behind a backslash. */
const escapedKinds = Uint8Array.from({ length: 256 }, (_, byte) => {
  const letter = String.fromCharCode(byte);
  if (letter === "u") return other;
  return "trn".includes(letter) ? blank : plain;
});

/** Counts a body once, byte by byte; nothing is decoded. */
export function textSizeOf(body: Uint8Array): TextSize {
  let plainBytes = 0;
  let otherCharacters = 0;
  let last: number = plain;
  let at = 0;
  while (at < body.length) {
    const isEscape = body[at] === backslash;
    const kind = (isEscape ? escapedKinds[body[at + 1] ?? 0] : kinds[body[at] ?? 0]) ?? plain;
    if (kind === other) otherCharacters += 1;
    else if (kind === plain || (kind === blank && last !== blank)) plainBytes += 1;
    last = kind;
    at += isEscape ? (kind === other ? escapeBytes.ofCharacter : escapeBytes.short) : 1;
  }
  return { plainBytes, otherCharacters };
}
