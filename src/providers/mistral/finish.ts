import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { Finish, FinishReason } from "../../exchange/finish.ts";
import { errorCatalog } from "../../kernel/errors.ts";

const reasons: ReadonlyMap<string, FinishReason> = new Map([
  ["stop", "stop"],
  ["length", "length"],
  ["model_length", "context-length"],
  ["tool_calls", "tool-calls"],
]);

/**
 * What a `finish_reason` means. `stop` next to calls is `tool-calls`, `tool_calls` without one is `stop`; an unknown
 * word is `other`, never `stop`.
 */
export function readFinish(raw: string, { hasCalls }: { readonly hasCalls: boolean }): Finish {
  const reason = reasons.get(raw) ?? "other";
  if (reason === "stop" && hasCalls) return { reason: "tool-calls", raw };
  if (reason === "tool-calls" && !hasCalls) return { reason: "stop", raw };
  return { reason, raw };
}

/** `error` tells of a breakdown, not of an end. */
export function failureOfFinish(raw: string): UpstreamFailure | undefined {
  if (raw !== "error") return undefined;
  const { status } = errorCatalog.upstream_failed;
  return { code: "upstream_failed", status, message: "finish_reason error", upstreamCode: raw };
}
