import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { Finish, FinishReason } from "../../exchange/finish.ts";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";
import { malformed } from "./error.ts";

const reasons: ReadonlyMap<string, FinishReason> = new Map([
  ["end_turn", "stop"],
  ["stop_sequence", "stop-sequence"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "context-length"],
  ["tool_use", "tool-calls"],
  ["guardrail_intervened", "content-filter"],
  ["content_filtered", "content-filter"],
]);

/**
 * Why a message ended, from the members `stopReason` and `additionalModelResponseFields` of `source`. Some models say
 * `end_turn` next to calls: it is their end all the same.
 */
export function decodeFinish(source: JsonObject, seen: { readonly calls: boolean }): Finish {
  const { stopReason, additionalModelResponseFields: fields } = source;
  const raw = typeof stopReason === "string" ? stopReason : "";
  const reason = reasons.get(raw) ?? "other";
  const stopSequence = stopSequenceOf(fields);
  return {
    reason: reason === "stop" && seen.calls ? "tool-calls" : reason,
    raw,
    ...(stopSequence === undefined ? {} : { stopSequence }),
  };
}

/** What a stop reason means that tells of a breakdown, not of an end. */
export function failureOfFinish({ stopReason }: JsonObject): UpstreamFailure | undefined {
  const isMalformed = typeof stopReason === "string" && stopReason.startsWith("malformed_");
  return isMalformed ? malformed(`The model's output cannot be read: ${stopReason}.`) : undefined;
}

/** Claude's own field, in the place it has in a whole answer or in a stream's event. */
function stopSequenceOf(fields: Json | undefined): string | undefined {
  if (!isJsonObject(fields)) return undefined;
  const { delta, stop_sequence: direct } = fields;
  const sequence = direct ?? (isJsonObject(delta) ? delta["stop_sequence"] : undefined);
  return typeof sequence === "string" ? sequence : undefined;
}
