import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { Finish, FinishReason } from "../../exchange/finish.ts";
import { errorCatalog } from "../../kernel/errors.ts";

const reasons: ReadonlyMap<string, FinishReason> = new Map([
  ["stop", "stop"],
  ["length", "length"],
  ["model_length", "context-length"],
  ["tool_calls", "tool-calls"],
  ["function_call", "tool-calls"],
  ["content_filter", "content-filter"],
]);

/** What the answer had in it, where the provider's word for its end is not to be taken literally. */
export interface Seen {
  readonly calls: boolean;
  readonly refusal: boolean;
}

/**
 * What a `finish_reason` means. `stop` next to calls is `tool-calls`, `tool_calls` without one is `stop`; an answer
 * with a refusal in it is `refusal`; an unknown word is `other`, never `stop`.
 */
export function readFinish(raw: string, seen: Seen): Finish {
  const reason = reasons.get(raw) ?? "other";
  if (seen.refusal && (reason === "stop" || reason === "content-filter")) return { reason: "refusal", raw };
  if (reason === "stop" && seen.calls) return { reason: "tool-calls", raw };
  if (reason === "tool-calls" && !seen.calls) return { reason: "stop", raw };
  return { reason, raw };
}

/** What a word means that tells of a breakdown, not of an end. Sources: DeepSeek and Mistral API references. */
export function failureOfFinish(raw: string): UpstreamFailure | undefined {
  if (raw !== "insufficient_system_resource" && raw !== "error") return undefined;
  const code = raw === "error" ? "upstream_failed" : "upstream_overloaded";
  return { code, status: errorCatalog[code].status, message: `finish_reason ${raw}` };
}
