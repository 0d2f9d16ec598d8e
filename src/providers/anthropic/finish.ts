import type { Finish, FinishReason } from "../../exchange/finish.ts";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";

/** Why a message ended, from the members `stop_reason`, `stop_sequence` and `stop_details` of `source`. */
export function decodeFinish(source: JsonObject): Finish {
  const { stop_reason: reason, stop_sequence: sequence, stop_details: details } = source;
  const raw = typeof reason === "string" ? reason : "";
  return {
    reason: reasonOf(raw, details),
    raw,
    ...(typeof sequence === "string" ? { stopSequence: sequence } : {}),
  };
}

function reasonOf(raw: string, details: Json | undefined): FinishReason {
  switch (raw) {
    case "end_turn":
      return "stop";
    case "stop_sequence":
      return "stop-sequence";
    case "max_tokens":
      return "length";
    case "model_context_window_exceeded":
      return "context-length";
    case "tool_use":
      return "tool-calls";
    case "refusal":
      return isJsonObject(details) ? "content-filter" : "refusal";
    case "pause_turn":
      return "pause";
    default:
      return "other";
  }
}
