import type { Finding } from "./finding.ts";
import { type Dispatch, dispatchFor, passPlain } from "./matchers.ts";
import { isWord, lookBack, type Match, type Source } from "./source.ts";
import { emptyWindow, endOf, grow, type Reading, shrink, startOf, type Window } from "./window.ts";

/** A pattern of the operator's. */
export interface CustomPattern {
  readonly name: string;
  /** No match is longer; so much is kept back while it is looked for. At most 255. */
  readonly maxSpan: number;
  /** The first match from `from` on. */
  readonly find: (text: string, from: number) => { readonly start: number; readonly end: number } | undefined;
}

/** What is put back where the model repeats it: `[EMAIL_1]`. */
export interface Placeholders {
  readonly has: (placeholder: string) => boolean;
}

export interface ScanState {
  readonly window: Window;
  /** The first unit of the window that is not decided. */
  readonly from: number;
  /** Units that the window must have before it is worth looking again. */
  readonly lookAgainAt: number;
}

export interface Scanned {
  readonly findings: readonly Finding[];
  /** Everything before it is decided: it may be let out. */
  readonly safeUpTo: number;
  readonly state: ScanState;
}

/**
 * Finds what is looked for in a text that comes in pieces. What it finds is a function of the whole text: of all
 * matches the first in the text counts, of those that begin together the longest, and nothing inside it.
 */
export interface Detector {
  /** The most that is kept back of a text in which nothing longer has visibly begun, in characters. */
  readonly maxSpan: number;
  readonly scan: (state: ScanState, chunk: string) => Scanned;
  /** The last of it. */
  readonly finish: (state: ScanState) => Scanned;
}

export const beginning: ScanState = { window: emptyWindow, from: 0, lookAgainAt: 0 };

/** A finding of `kind` "placeholder" is one of `placeholders`. */
export interface ScanFor {
  readonly kinds: ReadonlySet<string>;
  readonly patterns?: readonly CustomPattern[];
  readonly reading?: Reading;
  readonly placeholders?: Placeholders | undefined;
}

/** Kept back longer only by what has visibly begun. */
const maxSpan = 256;

export function createDetector({ kinds, patterns = [], reading = "plain", placeholders }: ScanFor): Detector {
  const dispatch = dispatchFor(kinds);
  const wanted = patterns.filter(({ name }) => kinds.has(`custom:${name}`));
  const hasBuiltIn = dispatch.some((matchers) => matchers.length > 0) || placeholders !== undefined;
  const step = (state: ScanState, chunk: string, isLast: boolean): Scanned => {
    const window = grow(state.window, chunk, { reading, isLast });
    if (!isLast && window.text.length < state.lookAgainAt) return unmoved(state, window);
    const findings: Finding[] = [];
    const source: Source = { text: window.text, isFinal: isLast, isShort: false };
    const next = { kinds, dispatch, placeholders, hasBuiltIn, customs: wanted.map(customFinder) };
    const from = advance(source, state.from, next, (at, match) => findings.push(told(window, at, match)));
    const kept = shrink(window, from - lookBack);
    const cut = window.text.length - kept.text.length;
    const pending = window.text.length - from;
    return {
      findings,
      safeUpTo: safeOf(window, from),
      state: {
        window: kept,
        from: from - cut,
        // A long secret is not read again with every word of it.
        lookAgainAt: pending > 2 * maxSpan ? kept.text.length + Math.ceil(pending / 8) : 0,
      },
    };
  };
  return {
    maxSpan,
    scan: (state, chunk) => step(state, chunk, false),
    finish: (state) => step(state, "", true),
  };
}

const safeOf = (window: Window, from: number): number =>
  from < window.text.length ? startOf(window, from) : window.taken;

const unmoved = (state: ScanState, window: Window): Scanned => ({
  findings: [],
  safeUpTo: safeOf(window, state.from),
  state: { ...state, window },
});

interface Looking {
  readonly kinds: ReadonlySet<string>;
  readonly dispatch: Dispatch;
  readonly placeholders: Placeholders | undefined;
  readonly hasBuiltIn: boolean;
  readonly customs: readonly CustomFinder[];
}

type TellMatch = (at: number, match: Match) => void;

/** Looks at place after place; stops where what follows would have a say. Returns that place. */
function advance(source: Source, from: number, looking: Looking, tell: TellMatch): number {
  const { text } = source;
  let at = from;
  while (at < text.length) {
    if (looking.customs.length === 0) {
      at = passPlain(text, at);
      if (at >= text.length) return at;
    }
    source.isShort = false;
    const match = matchAt(source, at, looking);
    if (source.isShort) return at;
    if (match === undefined) at = looking.customs.length === 0 ? skip(source, at) : at + 1;
    else {
      tell(at, match);
      at = match.end;
    }
  }
  return at;
}

/** To the next place where something may begin: nothing begins inside a word. */
function skip({ text }: Source, at: number): number {
  let next = at + 1;
  if (isWord(text.charCodeAt(at))) while (next < text.length && isWord(text.charCodeAt(next))) next += 1;
  return next;
}

function matchAt(source: Source, at: number, looking: Looking): Match | undefined {
  let best = looking.hasBuiltIn ? builtInAt(source, at, looking) : undefined;
  for (const custom of looking.customs) best = longer(best, custom(source, at));
  return best;
}

const longer = (left: Match | undefined, right: Match | undefined): Match | undefined =>
  left === undefined || (right !== undefined && right.end > left.end) ? right : left;

function builtInAt(
  source: Source,
  at: number,
  { kinds, dispatch, placeholders }: Looking,
): Match | undefined {
  const code = source.text.charCodeAt(at);
  if (code >= 0x80) return undefined;
  if (isWord(code) && at > 0 && isWord(source.text.charCodeAt(at - 1))) return undefined;
  if (code === 0x5b && placeholders !== undefined) return placeholderAt(source, at, placeholders);
  let best: Match | undefined;
  for (const matcher of dispatch[code] ?? []) {
    const match = matcher(source, at);
    if (match !== undefined && kinds.has(match.kind)) best = longer(best, match);
  }
  return best;
}

const placeholderMax = 80;

function placeholderAt(source: Source, at: number, placeholders: Placeholders): Match | undefined {
  let end = at + 1;
  while (end - at < placeholderMax) {
    const code = end < source.text.length ? source.text.charCodeAt(end) : -1;
    if (code < 0 && !source.isFinal) source.isShort = true;
    end += 1;
    if (code === 0x5d) break;
    if (!isWord(code) && code !== 0x5f) return undefined;
  }
  const isOne = placeholders.has(source.text.slice(at, end));
  return isOne ? { kind: "placeholder", end, score: 1 } : undefined;
}

type CustomFinder = (source: Source, at: number) => Match | undefined;

/** Asks a pattern about one place: what it finds there within its span, and not up to the end of that. */
function customFinder({ name, maxSpan: span, find }: CustomPattern): CustomFinder {
  let known = -1;
  return (source, at) => {
    const { text } = source;
    if (at + span + 1 > text.length && !source.isFinal) {
      source.isShort = true;
      return undefined;
    }
    if (known < at) known = find(text, at)?.start ?? text.length;
    if (known !== at) return undefined;
    const from = Math.max(0, at - 1);
    const window = text.slice(from, at + span + 1);
    const found = find(window, at - from);
    const end = found === undefined || found.start !== at - from ? at : from + found.end;
    return end > at && end <= at + span ? { kind: `custom:${name}`, end, score: 0.8 } : undefined;
  };
}

function told(window: Window, at: number, { kind, end, score, isEndless }: Match): Finding {
  return {
    kind,
    start: startOf(window, at),
    end: endOf(window, end),
    score,
    detector: kind,
    ...(isEndless === true ? { isEndless } : {}),
  };
}
