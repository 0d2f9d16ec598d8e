import type { Frame } from "../../exchange/codec.ts";
import { isJsonObject, type JsonObject, parseJson, printJson } from "../../kernel/json.ts";

/**
 * Where a stream stands, or what was wrong with it.
 *
 *     message_start (content_block_start delta* content_block_stop)* message_delta+ message_stop
 *     message_start with content and stop_reason message_delta* message_stop
 *     ping anywhere after message_start ; any -(error)-> failed
 */
export type GrammarState =
  | { readonly kind: "initial" }
  | {
      readonly kind: "between";
      /** The number the next block must have. */
      readonly nextIndex: number;
    }
  | { readonly kind: "block"; readonly index: number; readonly type: string; readonly isSigned: boolean }
  /** After a `message_delta`. */
  | { readonly kind: "closing" }
  | { readonly kind: "ended" }
  | { readonly kind: "failed" }
  | { readonly kind: "violation"; readonly reason: string };

export const startGrammar: GrammarState = { kind: "initial" };

/** The state after `frame`; a violation stays one. Comment frames change nothing. */
export function advance(state: GrammarState, frame: Pick<Frame, "kind" | "event" | "data">): GrammarState {
  if (frame.kind === "comment" || state.kind === "violation") return state;
  const data = parseJson(frame.data);
  if (!isJsonObject(data)) return violation(`${frame.event}: data is no JSON object`);
  if (data["type"] !== frame.event)
    return violation(`event ${frame.event} has data of type ${printJson(data["type"] ?? null)}`);
  if (state.kind === "ended" || state.kind === "failed") return violation(`${frame.event} after the end`);
  if (frame.event === "error")
    return isJsonObject(data["error"]) ? { kind: "failed" } : violation("error without error");
  if (state.kind === "initial") {
    if (frame.event !== "message_start") return violation(`${frame.event} before message_start`);
    const message = data["message"];
    if (!isJsonObject(message)) return violation("message_start without message");
    return typeof message["stop_reason"] === "string"
      ? { kind: "closing" }
      : { kind: "between", nextIndex: 0 };
  }
  switch (frame.event) {
    case "ping":
      return state;
    case "content_block_start":
      return startBlock(state, data);
    case "content_block_delta":
      return continueBlock(state, data);
    case "content_block_stop":
      if (state.kind !== "block") return violation("content_block_stop without a block");
      if (data["index"] !== state.index)
        return violation(`block ${state.index} is open, ${printJson(data["index"] ?? null)} stops`);
      return { kind: "between", nextIndex: state.index + 1 };
    case "message_delta":
      if (state.kind === "block") return violation("message_delta inside a block");
      if (!isJsonObject(data["delta"]) || !isJsonObject(data["usage"])) {
        return violation("message_delta without delta or usage");
      }
      return { kind: "closing" };
    case "message_stop":
      return state.kind === "closing" ? { kind: "ended" } : violation("message_stop without message_delta");
    default:
      return violation(`${frame.event} is not expected`);
  }
}

function startBlock(state: GrammarState, data: JsonObject): GrammarState {
  if (state.kind !== "between") return violation(`content_block_start while ${state.kind}`);
  const block = data["content_block"];
  if (!isJsonObject(block) || typeof block["type"] !== "string") return violation("a block without a type");
  if (data["index"] !== state.nextIndex)
    return violation(`block ${printJson(data["index"] ?? null)} where ${state.nextIndex} is due`);
  return { kind: "block", index: state.nextIndex, type: block["type"], isSigned: false };
}

/** The deltas that fit the block types we know; blocks of other types may have any. */
const deltaTypes: Readonly<Record<string, readonly string[]>> = {
  text: ["text_delta", "citations_delta"],
  thinking: ["thinking_delta", "signature_delta"],
  redacted_thinking: [],
  tool_use: ["input_json_delta"],
  server_tool_use: ["input_json_delta"],
};

function continueBlock(state: GrammarState, data: JsonObject): GrammarState {
  if (state.kind !== "block") return violation("a delta without a block");
  if (data["index"] !== state.index)
    return violation(`block ${state.index} is open, ${printJson(data["index"] ?? null)} has a delta`);
  const type = isJsonObject(data["delta"]) ? data["delta"]["type"] : undefined;
  if (typeof type !== "string") return violation("a delta without a type");
  if (state.isSigned) return violation(`${type} after the signature`);
  const fitting = deltaTypes[state.type];
  if (fitting !== undefined && !fitting.includes(type))
    return violation(`${type} in a block of type ${state.type}`);
  return type === "signature_delta" ? { ...state, isSigned: true } : state;
}

function violation(reason: string): GrammarState {
  return { kind: "violation", reason };
}
