import { murmur3Beyond, murmur3Marked } from "../../kernel/murmur3.ts";

/** How many places the hashed words of a request are spread over: a power of 2. */
export const wordPlaces = 32_768;

/** Most places one request takes: so many from the front of its words and so many from the back. */
const perSideMax = 150;

/** What of a request is read as words. */
export interface WordSources {
  /** The last turn of the user. */
  readonly user: string;
  readonly instructions: string;
  /** Names of the tools the request declares, and of their parameters. */
  readonly tools: readonly string[];
  readonly parameters: readonly string[];
}

/** A text that says the same words again and again is not read to its end. */
const wordsPerSideMax = 300;

const userSideMax = 4096;
const instructionsMax = 1024;
const nameMax = 4 * userSideMax;

/**
 * The distinct places of a request's words, each in [0, 32,768): single words and pairs of neighbours, marked with
 * whose they are, hashed. At most 300: the first 150 from the front (instructions, tools, parameters, user) and the
 * first 150 from the back, so that a long prompt costs no more than a short one, and its end is always read.
 *
 * A word is a run of letters a-z, a run of digits (read as `#`), or any other character that is no white space;
 * letters beyond ASCII therefore stand alone, and their pairs are bigrams of characters.
 *
 * Source: feature hashing, Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning".
 */
export function wordsOf({ user, instructions, tools, parameters }: WordSources): Uint16Array {
  clearPlaces();
  const texts: readonly Said[] = [
    said(marksOf.instructions, instructions.slice(0, instructionsMax)),
    ...tools.map((name) => said(marksOf.tool, name.slice(0, nameMax))),
    ...parameters.map((name) => said(marksOf.parameter, name.slice(0, nameMax))),
    said(marksOf.user, bothEnds(user)),
  ];
  for (const one of texts) {
    if (!addForward(one)) break;
  }
  if (placesCount < perSideMax) return places.slice(0, placesCount);
  const bound = placesCount + perSideMax;
  for (const one of texts.toReversed()) {
    if (!addBackward(one, bound)) break;
  }
  return places.slice(0, placesCount);
}

/** Distinct places in the order in which they came, of the request that is read now. */
const places = new Uint16Array(2 * perSideMax);
let placesCount = 0;
/** Which request a place was last met in: a set that is emptied by counting on. */
const metIn = new Uint32Array(wordPlaces);
let request = 0;

function clearPlaces(): void {
  placesCount = 0;
  request = (request + 1) >>> 0;
  if (request !== 0) return;
  metIn.fill(0);
  request = 1;
}

/** Adds the words that stand in the bytes from `from` to `to`. */
function addPlace(marks: number, from: number, to: number): void {
  const place = murmur3Marked(marks, view, from, to) & (wordPlaces - 1);
  if (metIn[place] === request) return;
  metIn[place] = request;
  places[placesCount] = place;
  placesCount += 1;
}

/** What stands before a word and before a pair of words when they are hashed: two characters, the first the lower byte. */
interface Marks {
  readonly word: number;
  readonly pair: number;
}
const two = (characters: string): number => characters.charCodeAt(0) | (characters.charCodeAt(1) << 8);
const marksOf = {
  user: { word: two("Uu"), pair: two("Ub") },
  instructions: { word: two("Su"), pair: two("Sb") },
  tool: { word: two("Tu"), pair: two("Tb") },
  parameter: { word: two("Pu"), pair: two("Pb") },
} as const satisfies Record<string, Marks>;

/** A text, and whether it is in lower case already. */
interface Said {
  readonly marks: Marks;
  text: string;
  isLower: boolean;
}
const said = (marks: Marks, text: string): Said => ({ marks, text, isLower: false });

const bothEnds = (text: string): string =>
  text.length <= 2 * userSideMax ? text : `${text.slice(0, userSideMax)} ${text.slice(-userSideMax)}`;

/**
 * The words of a text as UTF-8 with one space between: each word and each pair of neighbours is a run of bytes, and is
 * hashed where it stands.
 *
 * They hold as many letters as the longest text has characters, and words of four bytes, each behind a space.
 */
const bytes = new Uint8Array(nameMax + 5 * wordsPerSideMax + murmur3Beyond);
const view = new DataView(bytes.buffer);
const space = 32;
const digits = 35;

/** Where in a text the next word begins, or, from the back, how far from the text's end it ends. */
interface Cursor {
  at: number;
}

/** Adds the words from the front on. False: there is no room for more. */
function addForward(of: Said): boolean {
  const { marks } = of;
  const cursor: Cursor = { at: 0 };
  let before = 0;
  let to = 0;
  for (let words = 0; words < wordsPerSideMax && skipSpace(of, cursor); words += 1) {
    bytes[to] = space;
    const from = to + 1;
    to = writeNext(of, cursor, from);
    if (words > 0) addPlace(marks.pair, before, to);
    if (placesCount < perSideMax) addPlace(marks.word, from, to);
    if (placesCount >= perSideMax) return false;
    before = from;
  }
  return true;
}

/** The same from the back: the words fill the bytes from their end on. */
function addBackward(of: Said, bound: number): boolean {
  const { marks } = of;
  const cursor: Cursor = { at: 0 };
  let after = 0;
  let from = bytes.length - murmur3Beyond;
  for (let words = 0; words < wordsPerSideMax && skipSpaceBack(of, cursor); words += 1) {
    const to = from - 1;
    bytes[to] = space;
    from = writeLast(of, cursor, to);
    if (words > 0) addPlace(marks.pair, from, after);
    if (placesCount < bound) addPlace(marks.word, from, to);
    if (placesCount >= bound) return false;
    after = to;
  }
  return true;
}

/** Writes the word at the cursor from byte `from` on, and moves the cursor behind it. @returns Where it ends. */
function writeNext(of: Said, cursor: Cursor, from: number): number {
  let { at } = cursor;
  let to = from;
  let unit = unitAt(of, at);
  if (isLetter(unit)) {
    while (isLetter(unit)) {
      bytes[to] = unit | lowerBit;
      to += 1;
      at += 1;
      unit = unitAt(of, at);
    }
  } else if (isDigit(unit)) {
    while (isDigit(unitAt(of, at))) at += 1;
    bytes[to] = digits;
    to += 1;
  } else {
    const code = of.text.codePointAt(at) ?? 0;
    at += code > 0xffff ? 2 : 1;
    to += writeCharacter(code, to, utf8Length(code));
  }
  cursor.at = at;
  return to;
}

/** Writes the word before the cursor up to byte `to`, and moves the cursor before it. @returns Where it begins. */
function writeLast(of: Said, cursor: Cursor, to: number): number {
  let { at } = cursor;
  let from = to;
  let unit = unitBack(of, at);
  if (isLetter(unit)) {
    while (isLetter(unit)) {
      from -= 1;
      bytes[from] = unit | lowerBit;
      at += 1;
      unit = unitBack(of, at);
    }
  } else if (isDigit(unit)) {
    while (isDigit(unitBack(of, at))) at += 1;
    from -= 1;
    bytes[from] = digits;
  } else {
    const pair = isLowSurrogate(unit) ? (of.text.codePointAt(of.text.length - at - 2) ?? 0) : 0;
    const code = pair > 0xffff ? pair : unit;
    at += code > 0xffff ? 2 : 1;
    from -= utf8Length(code);
    writeCharacter(code, from, to - from);
  }
  cursor.at = at;
  return from;
}

/**
 * The character at a place; -1: there is none. One beyond ASCII is of the text in lower case, which depends on what
 * stands around it, and may be longer: the text is changed as a whole when the first is met. What has been read until
 * then was ASCII, and is where it was.
 */
function unitAt(of: Said, at: number): number {
  if (at >= of.text.length) return -1;
  const unit = of.text.charCodeAt(at);
  return unit < 128 || of.isLower ? unit : inLowerCase(of).charCodeAt(at);
}

/** The same with so many behind it. */
function unitBack(of: Said, behind: number): number {
  const at = of.text.length - 1 - behind;
  if (at < 0) return -1;
  const unit = of.text.charCodeAt(at);
  if (unit < 128 || of.isLower) return unit;
  const text = inLowerCase(of);
  return text.charCodeAt(text.length - 1 - behind);
}

function inLowerCase(of: Said): string {
  of.text = of.text.toLowerCase();
  of.isLower = true;
  return of.text;
}

/** Moves the cursor to the next character that is no white space. False: there is none. */
function skipSpace({ text }: Said, cursor: Cursor): boolean {
  let { at } = cursor;
  while (at < text.length && isSpace(text.charCodeAt(at))) at += 1;
  cursor.at = at;
  return at < text.length;
}

function skipSpaceBack({ text }: Said, cursor: Cursor): boolean {
  let at = text.length - 1 - cursor.at;
  while (at >= 0 && isSpace(text.charCodeAt(at))) at -= 1;
  cursor.at = text.length - 1 - at;
  return at >= 0;
}

const utf8Length = (code: number): number => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4);
const leads = [0, 0, 0xc0, 0xe0, 0xf0] as const;

/** Writes a character as UTF-8 of `length` bytes; half of a pair of surrogates is U+FFFD. @returns The length. */
function writeCharacter(code: number, at: number, length: number): number {
  let rest = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
  for (let index = length - 1; index > 0; index -= 1) {
    bytes[at + index] = 0x80 | (rest & 0x3f);
    rest >>>= 6;
  }
  bytes[at] = (leads[length] ?? 0) | rest;
  return length;
}

/** What a letter of ASCII in lower case has, and none in upper case. */
const lowerBit = 32;
const isLetter = (unit: number): boolean => (unit | lowerBit) >= 97 && (unit | lowerBit) <= 122;
const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57;
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** White space as `\s` of a regular expression has it. */
const isSpace = (unit: number): boolean =>
  unit <= 32 ? unit === 32 || (unit >= 9 && unit <= 13) : unit >= 0xa0 && isWideSpace(unit);

const wideSpaces = new Set([0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff]);
const isWideSpace = (unit: number): boolean => (unit >= 0x2000 && unit <= 0x200a) || wideSpaces.has(unit);
