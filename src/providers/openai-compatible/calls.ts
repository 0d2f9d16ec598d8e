import type { Seal, StreamPart } from "../../exchange/part.ts";
import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";
import { parseJson } from "../../kernel/json.ts";
import type { CallPiece } from "./delta.ts";

/** Puts pieces of tool calls together. */
export interface CallAssembly {
  readonly push: (piece: CallPiece) => readonly StreamPart[];
  /** Ends every call. */
  readonly end: () => readonly StreamPart[];
  readonly count: () => number;
}

interface AssembledCall {
  readonly part: number;
  readonly index: number | undefined;
  readonly id: string;
  name: string;
  argumentsText: string;
  isCustom: boolean;
  signature: string;
  hasStarted: boolean;
}

/**
 * Keys the pieces by index, id and name: servers leave the index out, give every call the same one, or repeat id and
 * name with every piece. A new id or name opens a new call; so does the same name without an id once the arguments
 * before it are whole. `nextPart` numbers the parts; a call without an id gets one made of `answerId` and its place.
 */
export function assembleCalls(nextPart: () => number, answerId: () => string): CallAssembly {
  const calls: AssembledCall[] = [];
  const open = (piece: CallPiece): AssembledCall => {
    const id = piece.id === "" ? `call_${base62(fingerprint128(`${answerId()}:${calls.length}`))}` : piece.id;
    const call = {
      part: nextPart(),
      index: piece.index,
      id,
      name: "",
      argumentsText: "",
      isCustom: piece.isCustom,
      signature: piece.signature,
      hasStarted: false,
    };
    calls.push(call);
    return call;
  };
  return {
    push(piece) {
      const call = belongsTo(calls, piece) ?? open(piece);
      if (call.name === "") call.name = piece.name;
      if (call.signature === "") call.signature = piece.signature;
      call.isCustom ||= piece.isCustom;
      call.argumentsText += piece.argumentsText;
      if (call.hasStarted) return argumentsOf(call, piece.argumentsText);
      if (call.name === "") return [];
      return [...start(call), ...argumentsOf(call, call.argumentsText)];
    },
    end: () =>
      calls.flatMap((call): readonly StreamPart[] => {
        const opening = call.hasStarted ? [] : [...start(call), ...argumentsOf(call, call.argumentsText)];
        return [...opening, { kind: "tool-input-end", part: call.part }];
      }),
    count: () => calls.length,
  };
}

function belongsTo(calls: readonly AssembledCall[], piece: CallPiece): AssembledCall | undefined {
  if (piece.id !== "") {
    const same = calls.find(({ id }) => id === piece.id);
    if (same !== undefined) return same;
  }
  const current = calls.findLast(({ index }) => piece.index === undefined || index === piece.index);
  if (current === undefined || piece.id !== "") return undefined;
  if (piece.name === "" || current.name === "") return current;
  if (piece.name !== current.name || isWhole(current.argumentsText)) return undefined;
  return current;
}

function isWhole(argumentsText: string): boolean {
  return argumentsText !== "" && parseJson(argumentsText) !== undefined;
}

function start(call: AssembledCall): readonly StreamPart[] {
  call.hasStarted = true;
  const { part, id, name, isCustom, signature } = call;
  const custom = isCustom ? { isCustom } : {};
  return [{ kind: "tool-input-start", part, id, name, ...custom, ...sealOf(signature) }];
}

/** Gemini's seal of a call, as the member of whatever carries it. */
export function sealOf(signature: string): { readonly seal?: Seal } {
  return signature === "" ? {} : { seal: { origin: "gemini-generate", value: signature } };
}

function argumentsOf(call: AssembledCall, argumentsText: string): readonly StreamPart[] {
  return argumentsText === "" ? [] : [{ kind: "tool-input-delta", part: call.part, argumentsText }];
}
