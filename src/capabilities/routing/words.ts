import { murmur3 } from "../../kernel/murmur3.ts";

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
  const places = new Set<number>();
  const texts: readonly Said[] = [
    { role: "S", text: instructions.slice(0, instructionsMax).toLowerCase() },
    ...tools.map((name): Said => ({ role: "T", text: name.toLowerCase() })),
    ...parameters.map((name): Said => ({ role: "P", text: name.toLowerCase() })),
    { role: "U", text: bothEnds(user).toLowerCase() },
  ];
  for (const said of texts) {
    if (!addForward(said, places)) break;
  }
  if (places.size < perSideMax) return [...places];
  const bound = places.size + perSideMax;
  for (const said of texts.toReversed()) {
    if (!addBackward(said, places, bound)) break;
  }
  return [...places];
}

interface Said {
  readonly role: "U" | "S" | "T" | "P";
  readonly text: string;
}

const bothEnds = (text: string): string =>
  text.length <= 2 * userSideMax ? text : `${text.slice(0, userSideMax)} ${text.slice(-userSideMax)}`;

/** Adds the words from the front on. False: there is no room for more. */
function addForward({ role, text }: Said, places: Set<number>): boolean {
  let before: string | undefined;
  for (let at = nextStart(text, 0); at < text.length; ) {
    const end = endOfWord(text, at);
    const word = wordAt(text, at, end);
    if (before !== undefined) places.add(placeOf(`${role}b${before} ${word}`));
    if (places.size < perSideMax) places.add(placeOf(`${role}u${word}`));
    if (places.size >= perSideMax) return false;
    before = word;
    at = nextStart(text, end);
  }
  return true;
}

/** The same from the back. */
function addBackward({ role, text }: Said, places: Set<number>, bound: number): boolean {
  let after: string | undefined;
  for (let end = lastEnd(text, text.length); end > 0; ) {
    const at = startOfWord(text, end);
    const word = wordAt(text, at, end);
    if (after !== undefined) places.add(placeOf(`${role}b${word} ${after}`));
    if (places.size < bound) places.add(placeOf(`${role}u${word}`));
    if (places.size >= bound) return false;
    after = word;
    end = lastEnd(text, at);
  }
  return true;
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
