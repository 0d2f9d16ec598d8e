import { isJsonObject, type Json, type JsonObject, parseJson } from "../../kernel/json.ts";

/** Where a stream of Gemini stands. */
export interface GeminiGrammar {
  readonly phase: "start" | "open" | "failed";
  readonly candidates: ReadonlyMap<number, CandidateState>;
  /** The prompt was refused: no candidate will come. */
  readonly isBlocked: boolean;
  /** `modelVersion` and `responseId` of the first chunk, as text: they never change. */
  readonly constants: string | undefined;
  /** Counters of the last `usageMetadata` that grow with the answer. */
  readonly counters: Counters;
  /** Whether the client asked for arguments in pieces (`streamFunctionCallArguments`). */
  readonly streamsArguments: boolean;
}

interface CandidateState {
  readonly isFinished: boolean;
  /** A function call whose arguments go on in the next chunk. */
  readonly hasOpenCall: boolean;
}

type Counters = Readonly<Record<(typeof growing)[number], number>>;

export interface Violation {
  readonly kind: "violation";
  readonly message: string;
}

const growing = ["candidatesTokenCount", "thoughtsTokenCount"] as const;

/** The state before the first chunk. */
export function geminiGrammar(options: { readonly streamsArguments?: boolean } = {}): GeminiGrammar {
  return {
    phase: "start",
    candidates: new Map(),
    isBlocked: false,
    constants: undefined,
    counters: { candidatesTokenCount: 0, thoughtsTokenCount: 0 },
    streamsArguments: options.streamsArguments ?? false,
  };
}

/**
 * The state after one more chunk with this `data`, or what is wrong with it.
 *
 *     start ─chunk─▶ open ─chunk─▶ open        any ─{error}─▶ failed
 *
 * A candidate has one finish and nothing after it; calls are whole unless asked for in pieces; usage is cumulative.
 * The end has no chunk of its own: `isWhole` says whether it may come.
 */
export function advance(state: GeminiGrammar, data: string): GeminiGrammar | Violation {
  if (state.phase === "failed") return violation("a chunk after the error");
  const chunk = parseJson(data);
  if (!isJsonObject(chunk)) return violation("data that is no JSON object");
  if (chunk["error"] !== undefined) return failed(state, chunk["error"]);
  const constants = JSON.stringify([chunk["modelVersion"], chunk["responseId"]]);
  if (state.constants !== undefined && state.constants !== constants)
    return violation("modelVersion or responseId changed");
  const counters = countersOf(state.counters, chunk["usageMetadata"] ?? {});
  if ("kind" in counters) return counters;
  const feedback = chunk["promptFeedback"];
  const isBlocked = state.isBlocked || (isJsonObject(feedback) && feedback["blockReason"] !== undefined);
  const candidates = chunk["candidates"] ?? [];
  if (!Array.isArray(candidates)) return violation("candidates that are no array");
  const isEmpty = candidates.length === 0 && chunk["usageMetadata"] === undefined;
  if (isEmpty && feedback === undefined) return violation("a chunk that says nothing");
  return candidates.reduce(
    (next: GeminiGrammar | Violation, candidate: Json) =>
      "kind" in next ? next : advanceCandidate(next, candidate),
    { ...state, phase: "open", constants, counters, isBlocked },
  );
}

/** Whether a stream may end here: every candidate is finished, or the prompt was refused. */
export function isWhole({ phase, candidates, isBlocked }: GeminiGrammar): boolean {
  if (phase !== "open") return false;
  const states = [...candidates.values()];
  return states.length === 0 ? isBlocked : states.every(({ isFinished }) => isFinished);
}

/** The state after a whole stream in array form, which has to be valid JSON whether it failed or not. */
export function advanceArray(state: GeminiGrammar, text: string): GeminiGrammar | Violation {
  const chunks = parseJson(text);
  if (!Array.isArray(chunks)) return violation("text that is no JSON array");
  if (chunks.length === 0) return violation("an array without chunks");
  return chunks.reduce(
    (next: GeminiGrammar | Violation, chunk: Json) =>
      "kind" in next ? next : advance(next, JSON.stringify(chunk)),
    state,
  );
}

function failed(state: GeminiGrammar, error: Json): GeminiGrammar | Violation {
  const code = isJsonObject(error) ? error["code"] : undefined;
  if (typeof code !== "number" || code < 400 || code > 599)
    return violation("an error without a code of 400-599");
  if (!isJsonObject(error) || typeof error["message"] !== "string" || typeof error["status"] !== "string")
    return violation("an error without message or status");
  return { ...state, phase: "failed" };
}

function countersOf(before: Counters, usage: Json): Counters | Violation {
  if (!isJsonObject(usage)) return violation("usageMetadata that is no object");
  const next = { ...before };
  for (const name of growing) {
    const count = usage[name] ?? before[name];
    if (typeof count !== "number") return violation(`${name} that is no number`);
    if (count < before[name]) return violation(`${name} went back`);
    next[name] = count;
  }
  return next;
}

function advanceCandidate(state: GeminiGrammar, candidate: Json): GeminiGrammar | Violation {
  if (!isJsonObject(candidate)) return violation("a candidate that is no object");
  const index = candidate["index"] ?? 0;
  if (typeof index !== "number") return violation("an index that is no number");
  const known = state.candidates.get(index) ?? { isFinished: false, hasOpenCall: false };
  if (known.isFinished) return violation("a candidate goes on after its finish");
  const content = candidate["content"] ?? {};
  const parts = isJsonObject(content) ? (content["parts"] ?? []) : undefined;
  if (!Array.isArray(parts)) return violation("content without a list of parts");
  let hasOpenCall = known.hasOpenCall;
  for (const part of parts) {
    const next = advancePart({ hasOpenCall, streamsArguments: state.streamsArguments }, part);
    if (typeof next !== "boolean") return next;
    hasOpenCall = next;
  }
  const reason = candidate["finishReason"];
  if (reason !== undefined && hasOpenCall) return violation("a finish while a call is open");
  const candidates = new Map(state.candidates).set(index, { isFinished: reason !== undefined, hasOpenCall });
  return { ...state, candidates };
}

/** Whether a call is open after the part. */
function advancePart(
  { hasOpenCall, streamsArguments }: { readonly hasOpenCall: boolean; readonly streamsArguments: boolean },
  part: Json,
): boolean | Violation {
  if (!isJsonObject(part) || Object.keys(part).length === 0) return violation("a part without data");
  const call: Json | undefined = part["functionCall"];
  if (call === undefined) return hasOpenCall ? violation("another part while a call is open") : false;
  if (!isJsonObject(call)) return violation("a functionCall that is no object");
  const isInPieces = call["partialArgs"] !== undefined || call["willContinue"] !== undefined;
  if ((isInPieces || hasOpenCall) && !streamsArguments)
    return violation("a call in pieces that was not asked for");
  if (!hasOpenCall && typeof call["name"] !== "string") return violation("a call without a name");
  if (!isInPieces && !hasOpenCall && !isArguments(call)) return violation("a call whose args are no object");
  return call["willContinue"] === true;
}

function isArguments(call: JsonObject): boolean {
  return call["args"] === undefined || isJsonObject(call["args"]);
}

function violation(message: string): Violation {
  return { kind: "violation", message };
}
