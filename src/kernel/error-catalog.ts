/** Who has to change something for this failure to go away. Drives alert routing and breaker counting. */
export type FaultOwner = "client" | "operator" | "upstream" | "gateway";

/** One row of the catalogue. `title` is public; it never names a host, a key or a tenant. */
export interface ErrorKind {
  /** The HTTP status a client sees, unless the upstream's own status is passed on. */
  readonly status: number;
  readonly owner: FaultOwner;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
  readonly title: string;
}

/**
 * Every way in which the gateway refuses or fails, once. Dialects, docs (`docs/errors.md`) and alerts read this table.
 * Sources: protocols specification part 0, AI models specification part 14.
 */
export const errorCatalog = {
  malformed_request: { status: 400, owner: "client", retryable: false, title: "The request cannot be read." },
  unsupported_parameter: {
    status: 400,
    owner: "client",
    retryable: false,
    title: "The model behind this route does not take this parameter.",
  },
  unsupported_content: {
    status: 400,
    owner: "client",
    retryable: false,
    title: "The model behind this route does not take this content.",
  },
  context_length_exceeded: {
    status: 400,
    owner: "client",
    retryable: false,
    title: "The prompt does not fit into the model's context.",
  },
  content_refused: {
    status: 400,
    owner: "client",
    retryable: false,
    title: "The provider refuses this content.",
  },
  guardrail_blocked: {
    status: 400,
    owner: "client",
    retryable: false,
    title: "A guardrail stops this content.",
  },
  upstream_rejected: {
    status: 400,
    owner: "client",
    retryable: false,
    title: "The provider rejects this request.",
  },
  constraints_unsatisfiable: {
    status: 400,
    owner: "client",
    retryable: false,
    title: "Nobody can serve this request within its own limits.",
  },
  unauthenticated: {
    status: 401,
    owner: "client",
    retryable: false,
    title: "A valid gateway key is needed.",
  },
  signature_invalid: {
    status: 401,
    owner: "client",
    retryable: false,
    title: "The request is not signed as it has to be.",
  },
  replayed: {
    status: 401,
    owner: "client",
    retryable: false,
    title: "This signed request came before: sign each anew.",
  },
  policy_denied: { status: 403, owner: "client", retryable: false, title: "A policy denies this request." },
  route_not_found: { status: 404, owner: "client", retryable: false, title: "There is no such route." },
  model_not_found: {
    status: 404,
    owner: "client",
    retryable: false,
    title: "There is no such model for this key.",
  },
  method_not_allowed: {
    status: 405,
    owner: "client",
    retryable: false,
    title: "This route does not answer this method.",
  },
  not_acceptable: {
    status: 406,
    owner: "client",
    retryable: false,
    title: "The answer cannot be given in a media type that the client takes.",
  },
  request_timeout: {
    status: 408,
    owner: "client",
    retryable: true,
    title: "The request arrived too slowly.",
  },
  deadline_exceeded: {
    status: 504,
    owner: "client",
    retryable: true,
    title: "The time that the request may take is over.",
  },
  conflict: {
    status: 409,
    owner: "client",
    retryable: false,
    title: "The request does not fit the present state.",
  },
  precondition_failed: { status: 412, owner: "client", retryable: false, title: "It has changed meanwhile." },
  precondition_required: {
    status: 428,
    owner: "client",
    retryable: false,
    title: "It must say which state.",
  },
  request_too_large: {
    status: 413,
    owner: "client",
    retryable: false,
    title: "The request body is too large.",
  },
  uri_too_long: { status: 414, owner: "client", retryable: false, title: "The request target is too long." },
  unsupported_media_type: {
    status: 415,
    owner: "client",
    retryable: false,
    title: "The body's media type is not taken here.",
  },
  misdirected: { status: 421, owner: "client", retryable: false, title: "This host is not served here." },
  upgrade_required: {
    status: 426,
    owner: "client",
    retryable: false,
    title: "This route speaks another protocol.",
  },
  rate_limited: { status: 429, owner: "client", retryable: true, title: "Too many requests." },
  budget_exhausted: { status: 429, owner: "client", retryable: false, title: "The budget is used up." },
  headers_too_large: {
    status: 431,
    owner: "client",
    retryable: false,
    title: "The request's header section is too large.",
  },
  client_closed: { status: 499, owner: "client", retryable: false, title: "The client went away." },
  upstream_auth_failed: {
    status: 401,
    owner: "operator",
    retryable: false,
    title: "The provider does not accept the gateway's credential.",
  },
  upstream_forbidden: {
    status: 403,
    owner: "operator",
    retryable: false,
    title: "The provider forbids this to the gateway's account.",
  },
  upstream_rate_limited: {
    status: 429,
    owner: "upstream",
    retryable: true,
    title: "The provider is limiting requests.",
  },
  upstream_quota_exhausted: {
    status: 429,
    owner: "operator",
    retryable: false,
    title: "The account at the provider is used up.",
  },
  upstream_overloaded: {
    status: 503,
    owner: "upstream",
    retryable: true,
    title: "The provider is overloaded.",
  },
  upstream_failed: { status: 502, owner: "upstream", retryable: true, title: "The provider failed." },
  upstream_unreachable: {
    status: 502,
    owner: "upstream",
    retryable: true,
    title: "The provider cannot be reached.",
  },
  upstream_malformed_response: {
    status: 502,
    owner: "upstream",
    retryable: true,
    title: "The provider's answer cannot be read.",
  },
  upstream_stream_broken: {
    status: 502,
    owner: "upstream",
    retryable: true,
    title: "The provider's answer ended before it was whole.",
  },
  upstream_contract_broken: {
    status: 502,
    owner: "upstream",
    retryable: true,
    title: "The answer is not what the request's tools or schema ask for.",
  },
  recovery_mismatch: {
    status: 502,
    owner: "gateway",
    retryable: true,
    title: "The answer broke off, and another target's differs from what was sent already.",
  },
  upstream_timeout: {
    status: 504,
    owner: "upstream",
    retryable: true,
    title: "The provider did not answer in time.",
  },
  hedge_lost: {
    status: 499,
    owner: "gateway",
    retryable: false,
    title: "Another target answered first.",
  },
  residency_violation: {
    status: 502,
    owner: "upstream",
    retryable: false,
    title: "The provider ran the call outside the zone that it is bound to.",
  },
  circuit_open: {
    status: 503,
    owner: "upstream",
    retryable: true,
    title: "The provider fails and is left alone for a moment.",
  },
  no_eligible_upstream: {
    status: 503,
    owner: "operator",
    retryable: false,
    title: "No upstream may serve this request.",
  },
  loop_detected: {
    status: 508,
    owner: "operator",
    retryable: false,
    title: "The request came back to the gateway that had sent it on.",
  },
  price_unknown: {
    status: 503,
    owner: "operator",
    retryable: false,
    title: "The price of this model is not known.",
  },
  overloaded: { status: 503, owner: "gateway", retryable: true, title: "The gateway is at its limit." },
  storage_unavailable: {
    status: 503,
    owner: "gateway",
    retryable: true,
    title: "The gateway cannot reach its store.",
  },
  internal: { status: 500, owner: "gateway", retryable: false, title: "The gateway failed." },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorCatalog;
