import { writeEvent } from "../../framing/sse-write.ts";
import type { ErrorCode, GatewayError } from "../../kernel/errors.ts";
import { printJson } from "../../kernel/json.ts";

interface ErrorName {
  readonly type: string;
  readonly code: string;
}

/** The names OpenAI's clients know for our codes; all others bear their own. Source: AI models specification, part 14. */
const names: { readonly [Code in ErrorCode]?: ErrorName } = {
  content_refused: { type: "invalid_request_error", code: "content_policy_violation" },
  guardrail_blocked: { type: "invalid_request_error", code: "content_filter" },
  unauthenticated: { type: "invalid_request_error", code: "invalid_api_key" },
  upstream_auth_failed: { type: "invalid_request_error", code: "invalid_api_key" },
  policy_denied: { type: "invalid_request_error", code: "permission_denied" },
  upstream_forbidden: { type: "invalid_request_error", code: "permission_denied" },
  rate_limited: { type: "rate_limit_error", code: "rate_limit_exceeded" },
  upstream_rate_limited: { type: "rate_limit_error", code: "rate_limit_exceeded" },
  budget_exhausted: { type: "insufficient_quota", code: "insufficient_quota" },
  upstream_quota_exhausted: { type: "insufficient_quota", code: "insufficient_quota" },
  overloaded: { type: "server_error", code: "overloaded" },
  upstream_overloaded: { type: "server_error", code: "overloaded" },
};

/** The error body of OpenAI: `{"error":{"message","type","param","code"}}`. */
export function encodeChatError(error: GatewayError): string {
  const { type, code } = names[error.code] ?? nameByStatus(error);
  return printJson({ error: { message: error.publicMessage, type, param: error.facts.param ?? null, code } });
}

/** The frame that tells of a failure inside a stream; no `[DONE]` follows it, so that no client takes the end for a good one. */
export function encodeChatStreamError(error: GatewayError): string {
  return writeEvent(encodeChatError(error));
}

/** A rejection keeps the code the provider gave, or has none. */
function nameByStatus(error: GatewayError): { readonly type: string; readonly code: string | null } {
  const type = error.status >= 500 ? "server_error" : "invalid_request_error";
  return { type, code: error.code === "upstream_rejected" ? (error.facts.upstreamCode ?? null) : error.code };
}
