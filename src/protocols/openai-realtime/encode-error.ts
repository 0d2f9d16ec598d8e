import type { ErrorCode, GatewayError } from "../../kernel/errors.ts";
import { printJson } from "../../kernel/json.ts";

/** The names that OpenAI's clients know for our codes; all others bear their own. */
const names: { readonly [Code in ErrorCode]?: readonly [type: string, code: string] } = {
  content_refused: ["invalid_request_error", "content_policy_violation"],
  guardrail_blocked: ["invalid_request_error", "content_filter"],
  unauthenticated: ["invalid_request_error", "invalid_api_key"],
  policy_denied: ["invalid_request_error", "permission_denied"],
  rate_limited: ["rate_limit_error", "rate_limit_exceeded"],
  budget_exhausted: ["insufficient_quota", "insufficient_quota"],
};

/**
 * The event `error`: what a session is told before it is closed, or in the place of an event that was not let through.
 *
 * @param eventId The id of this event: `event_…`.
 * @param causedBy The `event_id` of the client's event that is at fault.
 */
export function encodeRealtimeError(error: GatewayError, eventId: string, causedBy?: string): string {
  const fallback = error.status >= 500 ? "server_error" : "invalid_request_error";
  const [type, code] = names[error.code] ?? [fallback, error.code];
  return printJson({
    type: "error",
    event_id: eventId,
    error: {
      type,
      code,
      message: error.publicMessage,
      param: error.facts.param ?? null,
      event_id: causedBy ?? null,
    },
  });
}
