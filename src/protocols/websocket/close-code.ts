import type { ErrorCode, GatewayError } from "../../kernel/errors.ts";

/** Why a socket is closed, as its close frame tells it. */
export interface CloseReason {
  readonly code: number;
  /** At most 123 bytes. */
  readonly reason: string;
}

const codes: { readonly [Code in ErrorCode]?: number } = {
  unauthenticated: 1008,
  policy_denied: 1008,
  budget_exhausted: 1008,
  rate_limited: 1008,
  model_not_found: 1008,
  unsupported_content: 1008,
  content_refused: 1008,
  guardrail_blocked: 1008,
  request_too_large: 1009,
  malformed_request: 1002,
  overloaded: 1013,
  upstream_rate_limited: 1013,
  upstream_overloaded: 1013,
  circuit_open: 1013,
  no_eligible_upstream: 1013,
  storage_unavailable: 1013,
  request_timeout: 1001,
  deadline_exceeded: 1001,
};

/**
 * The close frame for a failure: the status by its meaning, the catalogue's code as the reason, never a detail.
 * What has no row is 1011.
 *
 * Source: RFC 6455 section 7.4.1; the IANA registry of close codes for 1012 and 1013; protocols specification, part 6.
 */
export function closeReasonOf(error: GatewayError): CloseReason {
  return { code: codes[error.code] ?? 1011, reason: error.code };
}

/** The key by which a socket was opened is not valid any more. */
export const revokedReason: CloseReason = { code: 1008, reason: "unauthenticated" };

/** The gateway stops or hands its sockets over: come again at once. */
export const drainReason: CloseReason = { code: 1012, reason: "draining" };
