import type { Finish } from "../../exchange/finish.ts";
import type { Warning } from "../../exchange/warning.ts";
import type { StopDetails, StopReason } from "./wire.ts";

/** How an answer ended, in this dialect. */
export type Stop = {
  readonly stop_reason: StopReason;
  readonly stop_sequence: string | null;
  readonly stop_details?: StopDetails;
};

/** What the answer held, where it corrects what the provider said about its end. */
export interface Held {
  readonly hasToolCall: boolean;
  readonly hasRefusal: boolean;
}

/**
 * The end of an answer in this dialect. `stop` beside tool calls means the calls, and tool calls that never came mean
 * `stop`; an unknown reason is told as a refusal with an explanation, never as a normal end.
 */
export function encodeFinish(
  finish: Finish,
  held: Held,
): { readonly stop: Stop; readonly warnings: readonly Warning[] } {
  switch (finish.reason) {
    case "stop":
      return end(held.hasToolCall ? "tool_use" : held.hasRefusal ? "refusal" : "end_turn");
    case "tool-calls":
      return end(held.hasToolCall ? "tool_use" : "end_turn");
    case "stop-sequence":
      return {
        stop: { stop_reason: "stop_sequence", stop_sequence: finish.stopSequence ?? null },
        warnings: [],
      };
    case "length":
      return end("max_tokens");
    case "context-length":
      return end("model_context_window_exceeded");
    case "refusal":
      return end("refusal");
    case "pause":
      return end("pause_turn");
    case "content-filter":
      return refused("The provider's content filter ended this answer.");
    case "other": {
      const note = `the provider ended with ${JSON.stringify(finish.raw)}`;
      const { stop } = refused(`The answer ended for a reason that is not known here: ${finish.raw}.`);
      return { stop, warnings: [{ kind: "changed", subject: "stop_reason", note }] };
    }
  }
}

function end(reason: StopReason): { readonly stop: Stop; readonly warnings: readonly Warning[] } {
  return { stop: { stop_reason: reason, stop_sequence: null }, warnings: [] };
}

function refused(explanation: string): { readonly stop: Stop; readonly warnings: readonly Warning[] } {
  const details: StopDetails = { type: "refusal", category: null, explanation };
  return { stop: { stop_reason: "refusal", stop_sequence: null, stop_details: details }, warnings: [] };
}
