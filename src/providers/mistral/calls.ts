import type { StreamPart } from "../../exchange/part.ts";
import type { JsonSlice } from "../../framing/json-slices.ts";
import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../../kernel/json.ts";
import { stringIn } from "./pieces.ts";

/** One entry of `tool_calls`, as far as it is told. */
export interface CallPiece {
  readonly index: number | undefined;
  readonly id: string;
  readonly name: string;
  readonly argumentsText: string;
}

/** The tool calls of a message or delta. Arguments are text, or an object, which keeps its own text. */
export function callsOf(message: JsonObject, raw: JsonSlice | undefined): readonly CallPiece[] {
  const calls: readonly Json[] = Array.isArray(message["tool_calls"]) ? message["tool_calls"] : [];
  return calls.flatMap((call, place): readonly CallPiece[] => {
    if (!isJsonObject(call)) return [];
    const called = isJsonObject(call["function"]) ? call["function"] : {};
    const given = called["arguments"];
    const slice = raw?.member("tool_calls")?.element(place)?.member("function")?.member("arguments");
    const argumentsText = isJsonObject(given) ? (slice?.text() ?? "") : given;
    // The API's own word for an id it does not know.
    const id = stringIn(call, "id") === "null" ? "" : stringIn(call, "id");
    return [
      {
        index: typeof call["index"] === "number" ? call["index"] : undefined,
        id,
        name: stringIn(called, "name"),
        argumentsText: typeof argumentsText === "string" ? argumentsText : "",
      },
    ];
  });
}

/** The id of a call that came without one: made of the answer's id and the call's place. */
export function madeId(answerId: string, place: number): string {
  return base62(fingerprint128(`${answerId}:${place}`)).slice(0, 9);
}

/** Puts the calls of a stream together: most come whole in one chunk, some in pieces. */
export interface CallAssembly {
  readonly push: (piece: CallPiece, answerId: string) => readonly StreamPart[];
  /** Ends every call. */
  readonly end: () => readonly StreamPart[];
  readonly count: () => number;
}

interface OpenCall {
  readonly part: number;
  readonly index: number | undefined;
  readonly id: string;
  readonly name: string;
  argumentsText: string;
}

/**
 * Keys the pieces by index, id and name: the index is mostly missing, and the same for all calls of one chunk. A new id
 * opens a new call; so does a name without an id once the arguments before it are whole. `nextPart` numbers the parts.
 */
export function assembleCalls(nextPart: () => number): CallAssembly {
  const calls: OpenCall[] = [];
  const open = (piece: CallPiece, answerId: string): readonly StreamPart[] => {
    const { index, name, argumentsText } = piece;
    const id = piece.id === "" ? madeId(answerId, calls.length) : piece.id;
    const part = nextPart();
    calls.push({ part, index, id, name, argumentsText });
    return [{ kind: "tool-input-start", part, id, name }, ...argumentsOf(part, argumentsText)];
  };
  return {
    push(piece, answerId) {
      const call = belongsTo(calls, piece);
      if (call === undefined) return open(piece, answerId);
      call.argumentsText += piece.argumentsText;
      return argumentsOf(call.part, piece.argumentsText);
    },
    end: () => calls.map(({ part }) => ({ kind: "tool-input-end", part })),
    count: () => calls.length,
  };
}

function belongsTo(calls: readonly OpenCall[], piece: CallPiece): OpenCall | undefined {
  if (piece.id !== "") return calls.find(({ id }) => id === piece.id);
  const current = calls.findLast(({ index }) => piece.index === undefined || index === piece.index);
  if (current === undefined || piece.name === "") return current;
  return piece.name !== current.name || isWhole(current.argumentsText) ? undefined : current;
}

function isWhole(argumentsText: string): boolean {
  return argumentsText !== "" && parseJson(argumentsText) !== undefined;
}

function argumentsOf(part: number, argumentsText: string): readonly StreamPart[] {
  return argumentsText === "" ? [] : [{ kind: "tool-input-delta", part, argumentsText }];
}
