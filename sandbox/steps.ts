import type { Frame, Streamed } from "./dialect.ts";
import type { Fault } from "./faults.ts";
import type { Pace } from "./pace.ts";

/** One thing a response does, at a time counted from the request. */
export type Step =
  /** `isApart`: in a chunk of its own, whatever else is due. */
  | {
      readonly kind: "write";
      readonly atMs: number;
      readonly data: string | Uint8Array;
      readonly isApart: boolean;
    }
  | { readonly kind: "reset" | "stall" | "end"; readonly atMs: number };

/** A frame, or the way in which the body ends before its time. */
export type Move = Frame | { readonly kind: "reset" | "stall" | "end" };

/** What the faults put into a body, and what finishes it. */
export type FaultTexts = Pick<Streamed, "failure" | "strange" | "isSse" | "finish">;

/** Applies `faults` to the frames of a body, in the order of the frames. */
export function* withFaults(
  frames: Iterable<Frame>,
  faults: readonly Fault[],
  texts: FaultTexts,
): Iterable<Move> {
  let moves: Iterable<Move> = frames;
  for (const fault of faults) moves = applied(moves, fault, texts);
  yield* rewritten(moves, texts.finish);
}

function applied(moves: Iterable<Move>, fault: Fault, texts: FaultTexts): Iterable<Move> {
  switch (fault.kind) {
    case "cut-after":
      return cut(moves, fault.count, () => [{ kind: "reset" }]);
    case "cut-clean-after":
      return cut(moves, fault.count, () => [{ kind: "end" }]);
    case "stall-after":
      return cut(moves, fault.count, () => [{ kind: "stall" }]);
    case "error-in-stream":
      return cut(moves, fault.count, () => [...failure(texts), { kind: "end" }]);
    case "bad-json":
      return atToken(moves, fault.count, (text) => [brokenJson(text)]);
    case "extra-bad-json":
      return atToken(moves, fault.count, (text) => [brokenJson(text), text]);
    case "bad-event":
      return atToken(moves, fault.count, (text) => [text, texts.strange]);
    case "no-done":
      return without(moves, "done");
    case "crlf":
      return texts.isSse ? rewritten(moves, (text) => text.replaceAll(/\r?\n/g, "\r\n")) : moves;
    case "comments":
      return texts.isSse ? rewritten(moves, (text) => `: sandbox comment\n\n${text}`) : moves;
    default:
      return moves;
  }
}

const failure = (texts: FaultTexts): readonly Move[] =>
  texts.failure("The sandbox was told to fail here.").map((text) => ({ kind: "close", text }));

/** The moves up to token `count`, then `ending`, whether or not there were so many tokens. */
function* cut(moves: Iterable<Move>, count: number, ending: () => readonly Move[]): Iterable<Move> {
  let tokens = 0;
  for (const move of moves) {
    if (move.kind === "token" && tokens >= count) break;
    if (move.kind === "close" || move.kind === "done") break;
    if (move.kind === "token") tokens += 1;
    yield move;
  }
  yield* ending();
}

function* atToken(
  moves: Iterable<Move>,
  count: number,
  change: (text: string) => readonly string[],
): Iterable<Move> {
  let tokens = 0;
  for (const move of moves) {
    if (move.kind !== "token" || ++tokens !== Math.max(1, count)) yield move;
    else
      for (const [index, text] of change(move.text).entries())
        yield { kind: index === 0 ? "token" : "open", text };
  }
}

function* without(moves: Iterable<Move>, kind: Move["kind"]): Iterable<Move> {
  for (const move of moves) if (move.kind !== kind) yield move;
}

function* rewritten(moves: Iterable<Move>, change: (text: string) => string): Iterable<Move> {
  for (const move of moves)
    yield "text" in move && move.text !== "" ? { ...move, text: change(move.text) } : move;
}

/** A frame whose JSON stops in the middle; its line ends stay whole. */
function brokenJson(frame: string): string {
  const body = frame.trimEnd();
  return `${body.slice(0, Math.max(1, body.length - 12))}${frame.slice(body.length)}`;
}

/** Gives every move its time: what opens comes with the first token, the others at the pace. */
export function* timed(moves: Iterable<Move>, pace: Pace, faults: readonly Fault[]): Iterable<Step> {
  const isTrickling = faults.some((fault) => fault.kind === "trickle");
  const isSplitting = faults.some((fault) => fault.kind === "split-utf8");
  let atMs = pace.firstTokenMs;
  let isFirst = true;
  for (const move of moves) {
    if (!("text" in move)) {
      yield { kind: move.kind, atMs };
      return;
    }
    if (move.kind === "token" && !isFirst) atMs += pace.nextGapMs();
    if (move.kind === "token") isFirst = false;
    if (move.text === "") continue;
    if (isTrickling) yield* singly(move.text, atMs);
    else if (isSplitting) yield* split(move.text, atMs);
    else yield { kind: "write", atMs, data: move.text, isApart: false };
  }
  yield { kind: "end", atMs };
}

function* singly(text: string, atMs: number): Iterable<Step> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += 1) {
    yield { kind: "write", atMs, data: bytes.subarray(at, at + 1), isApart: true };
  }
}

/** Ends a chunk inside every character that has more than one byte. */
function* split(text: string, atMs: number): Iterable<Step> {
  const bytes = new TextEncoder().encode(text);
  let from = 0;
  for (const [at, byte] of bytes.entries()) {
    if (byte < 0xc0) continue;
    yield { kind: "write", atMs, data: bytes.subarray(from, at + 1), isApart: true };
    from = at + 1;
  }
  yield { kind: "write", atMs, data: bytes.subarray(from), isApart: true };
}
