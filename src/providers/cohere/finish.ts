import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { Finish, FinishReason } from "../../exchange/finish.ts";
import { errorCatalog } from "../../kernel/errors.ts";

const reasons: ReadonlyMap<string, FinishReason> = new Map([
  ["COMPLETE", "stop"],
  ["STOP_SEQUENCE", "stop-sequence"],
  ["MAX_TOKENS", "length"],
  ["TOOL_CALL", "tool-calls"],
]);

/**
 * What a `finish_reason` means. `COMPLETE` next to calls is `tool-calls`, `TOOL_CALL` without one is `stop`; an
 * unknown word is `other`, never `stop`.
 */
export function readFinish(raw: string, { hasCalls }: { readonly hasCalls: boolean }): Finish {
  const reason = reasons.get(raw) ?? "other";
  if (reason === "stop" && hasCalls) return { reason: "tool-calls", raw };
  if (reason === "tool-calls" && !hasCalls) return { reason: "stop", raw };
  return { reason, raw };
}

/**
 * What an end means that is a breakdown: its word says so, or the answer tells an error, `""` for none, and no known
 * word.
 */
export function failureOfFinish(raw: string, error: string): UpstreamFailure | undefined {
  const isBroken = raw === "ERROR" || raw === "TIMEOUT" || (error !== "" && !reasons.has(raw));
  if (!isBroken) return undefined;
  const code = raw === "TIMEOUT" ? "upstream_timeout" : "upstream_failed";
  const message = error === "" ? `finish_reason ${raw}` : error;
  return { code, status: errorCatalog[code].status, message, ...(raw !== "" && { upstreamCode: raw }) };
}
