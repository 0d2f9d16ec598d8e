import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { Finish, FinishReason } from "../../exchange/finish.ts";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";
import { failureOfResponse } from "./error.ts";

/** What an answer had in it that its status does not tell. */
export interface Seen {
  readonly calls: boolean;
  readonly refusal: boolean;
}

export const nothingSeen: Seen = { calls: false, refusal: false };

const reasons: ReadonlyMap<string, FinishReason> = new Map([
  ["max_output_tokens", "length"],
  ["content_filter", "content-filter"],
]);

/**
 * Why a response ended, from its `status` and `incomplete_details`. One that is completed with a refusal in it is
 * `refusal`, with calls in it `tool-calls`; an unknown reason is `other`, never `stop`.
 */
export function readFinish(response: JsonObject, seen: Seen): Finish {
  const { status, incomplete_details: details } = response;
  const detail = isJsonObject(details) ? details["reason"] : undefined;
  if (status !== "completed") {
    const raw = typeof detail === "string" ? detail : typeof status === "string" ? status : "";
    return { reason: status === "incomplete" ? (reasons.get(raw) ?? "other") : "other", raw };
  }
  if (seen.refusal) return { reason: "refusal", raw: status };
  return { reason: seen.calls ? "tool-calls" : "stop", raw: status };
}

/** The failure that a response is instead of an answer: it failed, or it is not over. */
export function failureOfStatus(response: JsonObject): UpstreamFailure | undefined {
  const { status, error } = response;
  const isOver = status !== "failed" && status !== "queued" && status !== "in_progress";
  return isOver && !isJsonObject(error) ? undefined : failureOfResponse(response);
}

/** What the items of `output` have in them. */
export function seenIn(output: Json | undefined): Seen {
  const items = Array.isArray(output) ? output.filter(isJsonObject) : [];
  return items.reduce((seen, item) => joinSeen(seen, seenInItem(item)), nothingSeen);
}

export function seenInItem(item: JsonObject): Seen {
  const { type, content } = item;
  return {
    calls: type === "function_call" || type === "custom_tool_call",
    refusal:
      type === "message" &&
      Array.isArray(content) &&
      content.some(
        (part: Json) => isJsonObject(part) && part["type"] === "refusal" && part["refusal"] !== "",
      ),
  };
}

export function joinSeen(left: Seen, right: Seen): Seen {
  return { calls: left.calls || right.calls, refusal: left.refusal || right.refusal };
}
