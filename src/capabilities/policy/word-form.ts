import { type Token, tokensOf } from "./word-tokens.ts";

/** A rule in the Common Expression Language. */
export type WordForm =
  | {
      readonly kind: "form";
      readonly text: string;
      /** Where a character of the text stood in what was written; both count from 1. */
      readonly writtenAt: (at: number) => number;
    }
  | { readonly kind: "problem"; readonly message: string; readonly at: number };

/**
 * Writes a rule in words in the signs of the Common Expression Language:
 *
 *     a and not b == c or x not in y   ->   a && !(b == c) || !(x in y)
 *
 * `not` takes what follows up to the next `and or && || ? : ,` or the closing bracket of its level: it binds looser than a
 * comparison and tighter than `and`, as in Python. Text without these words is left as it is, so doing it twice changes
 * nothing. A chain of comparisons means something else in both languages, and is refused.
 *
 * Source: Python Language Reference, 6.17 "Operator precedence"; CEL language definition, "Syntax".
 */
export function wordForm(written: string): WordForm {
  const tokens = tokensOf(written);
  const writer = createWriter(written, tokens);
  const problem = expressions(writer, 0, tokens.length);
  if (problem !== undefined) return { kind: "problem", ...problem };
  return writer.done();
}

interface Fault {
  readonly message: string;
  readonly at: number;
}

const boundaries: ReadonlySet<string> = new Set(["and", "or", "&&", "||", "?", ":", ","]);
const opening: ReadonlySet<string> = new Set(["(", "[", "{"]);
const closing: ReadonlySet<string> = new Set([")", "]", "}"]);
const comparisons: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">=", "in"]);
const signs: Readonly<Record<string, string>> = {
  and: "&&",
  or: "||",
  True: "true",
  False: "false",
  None: "null",
};

interface Writer {
  readonly tokens: readonly Token[];
  readonly replace: (token: Token, by: string) => void;
  /** Behind the blanks and comments before it, if `at` begins a token. */
  readonly insert: (at: number, text: string) => void;
  readonly done: () => WordForm;
}

/** The words of a level from `from` to before `to`, cut at what separates operands. */
function expressions(writer: Writer, from: number, to: number): Fault | undefined {
  const { tokens, replace } = writer;
  let start = from;
  for (let at = from; at <= to; at += 1) {
    const token = at < to ? tokens[at] : undefined;
    if (token !== undefined && opening.has(token.text)) {
      at = closeOf(tokens, at, to);
      continue;
    }
    if (token !== undefined && !(boundaries.has(token.text) && token.isWordOrSign)) continue;
    const fault = operand(writer, start, at);
    if (fault !== undefined) return fault;
    const sign = token === undefined ? undefined : signs[token.text];
    if (token !== undefined && sign !== undefined) replace(token, sign);
    start = at + 1;
  }
  return undefined;
}

/** The place of the bracket that closes the one at `at`; the last place where there is none. */
function closeOf(tokens: readonly Token[], at: number, to: number): number {
  let depth = 0;
  for (let next = at; next < to; next += 1) {
    const text = tokens[next]?.text ?? "";
    if (opening.has(text)) depth += 1;
    else if (closing.has(text)) depth -= 1;
    if (depth === 0) return next;
  }
  return to - 1;
}

function operand(writer: Writer, from: number, to: number): Fault | undefined {
  const { tokens, replace, insert } = writer;
  let start = from;
  while (start < to && isWord(tokens[start], "not")) start += 1;
  const last = tokens[to - 1];
  if (last === undefined || start >= to) return start > from ? nothingDenied(tokens[start - 1]) : undefined;
  const fault = inside(writer, start, to);
  if (fault !== undefined) return fault;
  for (const not of tokens.slice(from, start)) {
    replace(not, "!(");
    insert(last.to, ")");
  }
  return undefined;
}

const nothingDenied = (not: Token | undefined): Fault => ({
  message: "`not` needs something that it denies",
  at: (not?.from ?? 0) + 1,
});

/** Expressions in the brackets that open at `at`, whether they are closed or not. */
function bracketed(
  writer: Writer,
  at: number,
  { close, to }: { readonly close: number; readonly to: number },
): Fault | undefined {
  const isClosed = close !== to - 1 || closing.has(writer.tokens[close]?.text ?? "");
  return expressions(writer, at + 1, isClosed ? close : to);
}

/** `x not in y`, of the operand that begins at `start`: `!(x in y)`. */
function notIn(
  { tokens, replace, insert }: Writer,
  at: number,
  { start, to }: { readonly start: number; readonly to: number },
): Fault | undefined {
  const not = tokens[at];
  if (not === undefined || !isWord(tokens[at + 1], "in") || at === start || at + 1 >= to)
    return { message: "`not` stands before what it denies, or before `in`", at: (not?.from ?? 0) + 1 };
  replace(not, "");
  insert(tokens[start]?.from ?? 0, "!(");
  insert(tokens[to - 1]?.to ?? 0, ")");
  return undefined;
}

/** What stands behind the `not`s: brackets with expressions in them, one comparison at most, perhaps `not in`. */
function inside(writer: Writer, start: number, to: number): Fault | undefined {
  const { tokens, replace } = writer;
  let compared = 0;
  for (let at = start; at < to; at += 1) {
    const token = tokens[at];
    if (token === undefined) break;
    if (opening.has(token.text)) {
      const close = closeOf(tokens, at, to);
      const fault = bracketed(writer, at, { close, to });
      if (fault !== undefined) return fault;
      at = close;
      continue;
    }
    if (isWord(token, "not")) {
      const fault = notIn(writer, at, { start, to });
      if (fault !== undefined) return fault;
      continue;
    }
    if (!token.isWordOrSign) continue;
    if (comparisons.has(token.text)) compared += 1;
    if (compared > 1)
      return { message: "comparisons are not chained: put `and` between them", at: token.from + 1 };
    const sign = signs[token.text];
    if (sign !== undefined) replace(token, sign);
  }
  return undefined;
}

const isWord = (token: Token | undefined, word: string): boolean =>
  token?.isWordOrSign === true && token.text === word;

interface Change {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

function createWriter(written: string, tokens: readonly Token[]): Writer {
  const changes: Change[] = [];
  return {
    tokens,
    // The blank behind `not` goes with it: `not a` is `!(a)`.
    replace: ({ from, to, text }, by) => {
      const isNot = text === "not";
      const blanks = isNot ? (/^[ \t]*/.exec(written.slice(to))?.[0].length ?? 0) : 0;
      changes.push({ from, to: to + blanks, text: by });
    },
    insert: (at, text) => changes.push({ from: at, to: at, text }),
    done: () => {
      const inText = changes.toSorted((one, other) => one.from - other.from || rankOf(one) - rankOf(other));
      return { kind: "form", text: applied(written, inText), writtenAt: (at) => writtenAt(inText, at) };
    },
  };
}

/** Where several stand at one place: what closes comes before what opens. */
const rankOf = ({ text }: Change): number => (text === ")" ? 0 : 1);

function applied(written: string, changes: readonly Change[]): string {
  let text = "";
  let done = 0;
  for (const { from, to, text: by } of changes) {
    text += written.slice(done, from) + by;
    done = Math.max(done, to);
  }
  return text + written.slice(done);
}

function writtenAt(changes: readonly Change[], at: number): number {
  let moved = 0;
  for (const { from, to, text } of changes) {
    if (from + moved + text.length >= at) return Math.max(1, Math.min(at - moved, from + 1));
    moved += text.length - (to - from);
  }
  return at - moved;
}
