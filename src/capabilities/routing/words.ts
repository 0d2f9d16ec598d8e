import { murmur3, murmur3Bytes } from "../../kernel/murmur3.ts";

/** How many places the hashed words of a request are spread over. */
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
export function wordsOf({ user, instructions, tools, parameters }: WordSources): readonly number[] {
  const places = newPlaces();
  const texts: readonly Said[] = [
    { role: "S", text: instructions.slice(0, instructionsMax).toLowerCase() },
    ...tools.map((name): Said => ({ role: "T", text: name.toLowerCase() })),
    ...parameters.map((name): Said => ({ role: "P", text: name.toLowerCase() })),
    { role: "U", text: bothEnds(user).toLowerCase() },
  ];
  for (const said of texts) {
    if (!addForward(said, places)) break;
  }
  if (places.list.length < perSideMax) return places.list;
  const bound = places.list.length + perSideMax;
  for (const said of texts.toReversed()) {
    if (!addBackward(said, places, bound)) break;
  }
  return places.list;
}

/** Distinct places in the order in which they came. */
interface Places {
  readonly list: number[];
  readonly add: (place: number) => void;
}

/** Which request a place was last met in: a set that is emptied by counting on. */
const metIn = new Uint32Array(wordPlaces);
let request = 0;

function newPlaces(): Places {
  request = (request + 1) >>> 0;
  if (request === 0) {
    metIn.fill(0);
    request = 1;
  }
  const current = request;
  const list: number[] = [];
  return {
    list,
    add: (place) => {
      if (metIn[place] === current) return;
      metIn[place] = current;
      list.push(place);
    },
  };
}

interface Said {
  readonly role: "U" | "S" | "T" | "P";
  readonly text: string;
}

const bothEnds = (text: string): string =>
  text.length <= 2 * userSideMax ? text : `${text.slice(0, userSideMax)} ${text.slice(-userSideMax)}`;

/** Adds the words from the front on. False: there is no room for more. */
function addForward({ role, text }: Said, places: Places): boolean {
  let from = 0;
  let to = 0;
  let words = 0;
  for (let at = nextStart(text, 0); at < text.length && words < wordsPerSideMax; words += 1) {
    const end = endOfWord(text, at);
    if (to > from) places.add(pairPlace(role, text, { from, to, at, end }));
    if (places.list.length < perSideMax) places.add(wordPlace(role, text, at, end));
    if (places.list.length >= perSideMax) return false;
    from = at;
    to = end;
    at = nextStart(text, end);
  }
  return true;
}

/** The same from the back. */
function addBackward({ role, text }: Said, places: Places, bound: number): boolean {
  let from = 0;
  let to = 0;
  let words = 0;
  for (let end = lastEnd(text, text.length); end > 0 && words < wordsPerSideMax; words += 1) {
    const at = startOfWord(text, end);
    if (to > from) places.add(pairPlace(role, text, { from: at, to: end, at: from, end: to }));
    if (places.list.length < bound) places.add(wordPlace(role, text, at, end));
    if (places.list.length >= bound) return false;
    from = at;
    to = end;
    end = lastEnd(text, at);
  }
  return true;
}

/** A feature as bytes: written here, hashed, and written over by the next. */
const scratch = new Uint8Array(4 * userSideMax);
const code = { unigram: 117, pair: 98, space: 32, digits: 35 } as const;

function wordPlace(role: Said["role"], text: string, at: number, end: number): number {
  scratch[0] = role.charCodeAt(0);
  scratch[1] = code.unigram;
  const length = write(text, { at, end }, 2);
  return length < 0
    ? placeOf(`${role}u${wordAt(text, at, end)}`)
    : murmur3Bytes(scratch, length, 0) % wordPlaces;
}

/** One word from `from` to `to`, and the next from `at` to `end`. */
type Pair = Readonly<Record<"from" | "to" | "at" | "end", number>>;

function pairPlace(role: Said["role"], text: string, { from, to, at, end }: Pair): number {
  scratch[0] = role.charCodeAt(0);
  scratch[1] = code.pair;
  const first = write(text, { at: from, end: to }, 2);
  if (first >= 0) {
    scratch[first] = code.space;
    const length = write(text, { at, end }, first + 1);
    if (length >= 0) return murmur3Bytes(scratch, length, 0) % wordPlaces;
  }
  return placeOf(`${role}b${wordAt(text, from, to)} ${wordAt(text, at, end)}`);
}

/** Writes a word behind the first `length` bytes. @returns The new length; -1: it is not ASCII. */
function write(
  text: string,
  { at, end }: { readonly at: number; readonly end: number },
  length: number,
): number {
  if (isDigit(text.charCodeAt(at))) {
    scratch[length] = code.digits;
    return length + 1;
  }
  for (let index = at; index < end; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > 127) return -1;
    scratch[length + index - at] = unit;
  }
  return length + end - at;
}

const placeOf = (feature: string): number => murmur3(feature, 0) % wordPlaces;

const wordAt = (text: string, at: number, end: number): string =>
  isDigit(text.charCodeAt(at)) ? "#" : text.slice(at, end);

const isLetter = (unit: number): boolean => unit >= 97 && unit <= 122;
const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57;
const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** White space as `\s` of a regular expression has it. */
const isSpace = (unit: number): boolean =>
  unit <= 32 ? unit === 32 || (unit >= 9 && unit <= 13) : unit >= 0xa0 && isWideSpace(unit);

const wideSpaces = new Set([0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff]);
const isWideSpace = (unit: number): boolean => (unit >= 0x2000 && unit <= 0x200a) || wideSpaces.has(unit);

function nextStart(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

function lastEnd(text: string, from: number): number {
  let end = from;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return end;
}

function endOfWord(text: string, at: number): number {
  const first = text.charCodeAt(at);
  const isSame = isLetter(first) ? isLetter : isDigit(first) ? isDigit : undefined;
  if (isSame === undefined)
    return isHighSurrogate(first) && isLowSurrogate(text.charCodeAt(at + 1)) ? at + 2 : at + 1;
  let end = at + 1;
  while (end < text.length && isSame(text.charCodeAt(end))) end += 1;
  return end;
}

function startOfWord(text: string, end: number): number {
  const last = text.charCodeAt(end - 1);
  const isSame = isLetter(last) ? isLetter : isDigit(last) ? isDigit : undefined;
  if (isSame === undefined)
    return isLowSurrogate(last) && isHighSurrogate(text.charCodeAt(end - 2)) ? end - 2 : end - 1;
  let at = end - 1;
  while (at > 0 && isSame(text.charCodeAt(at - 1))) at -= 1;
  return at;
}
