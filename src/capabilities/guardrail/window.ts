import { createUnits, isItself, pushSegment, type Segment, type UnitSink } from "./normal.ts";

/**
 * How a text is to be read: as it stands, or as JSON text, in which quotes bound strings. Escapes of JSON stand for their
 * characters in both: JSON is told in prose, too.
 */
export type Reading = "plain" | "json";

/** What has come of a text and is not decided, with a little before it. */
export interface Window {
  readonly text: string;
  readonly segments: readonly Segment[];
  /** Characters of the text that were taken in, those of `carry` not among them. */
  readonly taken: number;
  /** The end of the text so far that cannot be read yet: half a pair, half an escape. */
  readonly carry: string;
  /** Invisible characters in a row, at the end. */
  readonly invisible: number;
  /** Of JSON: whether the next character stands inside a string. */
  readonly isInString: boolean;
}

export const emptyWindow: Window = {
  text: "",
  segments: [],
  taken: 0,
  carry: "",
  invisible: 0,
  isInString: false,
};

/** Where unit `at` begins in the text as it came. */
export function startOf({ segments }: Window, at: number): number {
  const segment = segmentOf(segments, at);
  if (segment === undefined) return 0;
  return segment.isStraight ? segment.start + at - segment.at : segment.start;
}

/** Where the unit before `at` ends there. */
export function endOf({ segments }: Window, at: number): number {
  const segment = segmentOf(segments, at - 1);
  if (segment === undefined) return 0;
  return segment.isStraight ? segment.start + at - segment.at : segment.end;
}

function segmentOf(segments: readonly Segment[], at: number): Segment | undefined {
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((segments[middle]?.at ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return segments[low];
}

/** The window with `chunk` behind it; at the end of the text nothing is carried. */
export function grow(
  window: Window,
  chunk: string,
  { reading, isLast }: { reading: Reading; isLast: boolean },
): Window {
  const raw = window.carry + chunk;
  const usable = isLast ? raw.length : usableOf(raw);
  const text = usable === raw.length ? raw : raw.slice(0, usable);
  const units = createUnits(window.invisible);
  const isInString = read(text, { reading, from: window.taken, isInString: window.isInString, units });
  const made = units.made();
  const segments = [...window.segments];
  for (const segment of made.segments)
    pushSegment(segments, { ...segment, at: segment.at + window.text.length });
  return {
    text: window.text + made.text,
    segments,
    taken: window.taken + usable,
    carry: raw.slice(usable),
    invisible: made.invisible,
    isInString,
  };
}

/** Without what is before `from`. */
export function shrink(window: Window, from: number): Window {
  if (from <= 0) return window;
  const segments: Segment[] = [];
  for (const [index, segment] of window.segments.entries()) {
    const next = window.segments[index + 1]?.at ?? window.text.length;
    if (next <= from) continue;
    const cut = Math.max(0, from - segment.at);
    const start = segment.isStraight ? segment.start + cut : segment.start;
    segments.push({ ...segment, start, at: Math.max(0, segment.at - from) });
  }
  return { ...window, text: window.text.slice(from), segments };
}

interface ReadParts {
  readonly reading: Reading;
  /** Where the text begins in the whole. */
  readonly from: number;
  readonly isInString: boolean;
  readonly units: UnitSink;
}

/** Adds the text to the units; returns whether its end lies inside a JSON string. A quote that bounds one counts as the end of a line. */
function read(text: string, { reading, from, isInString, units }: ReadParts): boolean {
  const isJson = reading === "json";
  let isInside = isInString;
  let at = 0;
  while (at < text.length) {
    const run = at;
    while (at < text.length && isOrdinary(text.charCodeAt(at), isJson)) at += 1;
    units.straight(run === 0 && at === text.length ? text : text.slice(run, at), from + run);
    if (at >= text.length) break;
    const code = text.charCodeAt(at);
    const isQuote = isJson && code === 0x22;
    const { code: meant, length } = isQuote ? lineEnd : meantAt(text, at, !isJson || isInside);
    if (isQuote) isInside = !isInside;
    units.add(meant, from + at, from + at + length);
    at += length;
  }
  return isInside;
}

interface Meant {
  readonly code: number;
  /** Code units as it is written. */
  readonly length: number;
}

const lineEnd: Meant = { code: 0x0a, length: 1 };

function meantAt(text: string, at: number, mayEscape: boolean): Meant {
  const code = text.charCodeAt(at);
  return mayEscape && code === backslash ? escapeAt(text, at) : { code, length: 1 };
}

const isOrdinary = (code: number, isJson: boolean): boolean =>
  code !== backslash && isItself(code) && !(isJson && code === 0x22);

const backslash = 0x5c;
const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

function escapeAt(text: string, at: number): Meant {
  const letter = text[at + 1];
  if (letter === undefined) return { code: backslash, length: 1 };
  if (letter !== "u") return { code: (escapes[letter] ?? letter).charCodeAt(0), length: 2 };
  const digits = /^[0-9a-f]{4}/i.exec(text.slice(at + 2, at + 6))?.[0];
  return digits === undefined
    ? { code: 0xfffd, length: Math.min(2, text.length - at) }
    : { code: Number.parseInt(digits, 16), length: 6 };
}

/** How much can be read without knowing what follows. */
function usableOf(raw: string): number {
  const whole = wholeEscapes(raw);
  const last = raw.charCodeAt(whole - 1);
  return last >= 0xd800 && last <= 0xdbff ? whole - 1 : whole;
}

/** Not into the last escape if it is not whole, or may be the first half of a pair. */
function wholeEscapes(raw: string): number {
  if (!raw.includes("\\")) return raw.length;
  const tail = Math.max(0, raw.length - 12);
  for (let at = raw.length - 1; at >= tail; at -= 1)
    if (raw.charCodeAt(at) === backslash && !isEscaped(raw, at)) return wholeBefore(raw, at);
  return raw.length;
}

/** The same, where the last escape begins at `at`. */
function wholeBefore(raw: string, at: number): number {
  const escape = raw.slice(at);
  const isOpen = escape.length < 2 || (escape[1] === "u" && escape.length < 6);
  const mayBeHalf = /^\\ud[89ab][0-9a-f]{2}$/i.test(escape);
  const halves = /^\\ud[89ab][0-9a-f]{2}\\(u[0-9a-f]{0,3})?$/i.test(raw.slice(Math.max(0, at - 6)));
  if (isOpen && halves && at >= 6 && !isEscaped(raw, at - 6)) return at - 6;
  return isOpen || mayBeHalf ? at : raw.length;
}

/** Whether the backslash at `at` is itself escaped: an odd number of them stand before it. */
function isEscaped(raw: string, at: number): boolean {
  let before = at;
  while (before > 0 && raw.charCodeAt(before - 1) === backslash) before -= 1;
  return (at - before) % 2 === 1;
}
