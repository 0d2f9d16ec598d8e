import type { ErrorCode } from "../../kernel/errors.ts";

/** The status codes of gRPC, each at its number, by the names that Connect has for them. */
export const codeNames = [
  "ok",
  "canceled",
  "unknown",
  "invalid_argument",
  "deadline_exceeded",
  "not_found",
  "already_exists",
  "permission_denied",
  "resource_exhausted",
  "failed_precondition",
  "aborted",
  "out_of_range",
  "unimplemented",
  "internal",
  "unavailable",
  "data_loss",
  "unauthenticated",
] as const;
export type CodeName = (typeof codeNames)[number];

/** The number of each code. Source: grpc/doc/statuscodes.md. */
export const grpcCode = {
  ok: 0,
  canceled: 1,
  unknown: 2,
  invalid_argument: 3,
  deadline_exceeded: 4,
  not_found: 5,
  already_exists: 6,
  permission_denied: 7,
  resource_exhausted: 8,
  failed_precondition: 9,
  aborted: 10,
  out_of_range: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  data_loss: 15,
  unauthenticated: 16,
} as const satisfies Record<CodeName, number>;

/** The name of a code; what gRPC does not know is `unknown`. */
export const nameOfCode = (code: number): CodeName => codeNames[code] ?? "unknown";

/**
 * How each row of the catalogue is told to clients of gRPC. The gateway's own quarrels with a provider (`internal`) are
 * not told as the client's.
 * Source: protocols specification, part 0.
 */
const codeOfError: Readonly<Record<ErrorCode, CodeName>> = {
  malformed_request: "invalid_argument",
  unsupported_parameter: "invalid_argument",
  unsupported_content: "invalid_argument",
  context_length_exceeded: "invalid_argument",
  content_refused: "invalid_argument",
  upstream_rejected: "invalid_argument",
  constraints_unsatisfiable: "invalid_argument",
  unauthenticated: "unauthenticated",
  signature_invalid: "unauthenticated",
  replayed: "unauthenticated",
  policy_denied: "permission_denied",
  route_not_found: "unimplemented",
  model_not_found: "not_found",
  method_not_allowed: "unimplemented",
  request_timeout: "deadline_exceeded",
  deadline_exceeded: "deadline_exceeded",
  conflict: "failed_precondition",
  request_too_large: "resource_exhausted",
  uri_too_long: "resource_exhausted",
  unsupported_media_type: "invalid_argument",
  misdirected: "invalid_argument",
  rate_limited: "resource_exhausted",
  budget_exhausted: "resource_exhausted",
  headers_too_large: "resource_exhausted",
  client_closed: "canceled",
  upstream_auth_failed: "internal",
  upstream_forbidden: "internal",
  upstream_rate_limited: "resource_exhausted",
  upstream_quota_exhausted: "resource_exhausted",
  upstream_overloaded: "unavailable",
  upstream_failed: "unavailable",
  upstream_unreachable: "unavailable",
  upstream_malformed_response: "unavailable",
  upstream_stream_broken: "unavailable",
  upstream_contract_broken: "unavailable",
  recovery_mismatch: "aborted",
  upstream_timeout: "deadline_exceeded",
  hedge_lost: "canceled",
  residency_violation: "failed_precondition",
  circuit_open: "unavailable",
  no_eligible_upstream: "unavailable",
  price_unknown: "failed_precondition",
  overloaded: "unavailable",
  storage_unavailable: "unavailable",
  not_acceptable: "invalid_argument",
  upgrade_required: "unimplemented",
  loop_detected: "internal",
  internal: "internal",
};

export const codeOf = (error: ErrorCode): number => grpcCode[codeOfError[error]];

const byHttpStatus: ReadonlyMap<number, CodeName> = new Map<number, CodeName>([
  [400, "internal"],
  [401, "unauthenticated"],
  [403, "permission_denied"],
  [404, "unimplemented"],
  [429, "unavailable"],
  [502, "unavailable"],
  [503, "unavailable"],
  [504, "unavailable"],
]);

/** What an answer without `grpc-status` means by its HTTP status. Source: grpc/doc/http-grpc-status-mapping.md. */
export const codeOfHttp = (status: number): number => grpcCode[byHttpStatus.get(status) ?? "unknown"];

const byResetCode: readonly CodeName[] = [
  "internal", // NO_ERROR
  "internal", // PROTOCOL_ERROR
  "internal", // INTERNAL_ERROR
  "internal", // FLOW_CONTROL_ERROR
  "internal", // SETTINGS_TIMEOUT
  "unknown", // STREAM_CLOSED
  "internal", // FRAME_SIZE_ERROR
  "unavailable", // REFUSED_STREAM
  "canceled", // CANCEL
  "internal", // COMPRESSION_ERROR
  "internal", // CONNECT_ERROR
  "resource_exhausted", // ENHANCE_YOUR_CALM
  "permission_denied", // INADEQUATE_SECURITY
];

/** What a RST_STREAM of this code means. Source: grpc/doc/PROTOCOL-HTTP2.md, "Errors". */
export const codeOfReset = (resetCode: number): number => grpcCode[byResetCode[resetCode] ?? "unknown"];

const httpOfName: Readonly<Record<CodeName, number>> = {
  ok: 200,
  canceled: 499,
  unknown: 500,
  invalid_argument: 400,
  deadline_exceeded: 504,
  not_found: 404,
  already_exists: 409,
  permission_denied: 403,
  resource_exhausted: 429,
  failed_precondition: 400,
  aborted: 409,
  out_of_range: 400,
  unimplemented: 501,
  internal: 500,
  unavailable: 503,
  data_loss: 500,
  unauthenticated: 401,
};

/** The HTTP status of a Connect error. Source: connectrpc.com/docs/protocol, "Error codes". */
export const httpOfCode = (code: number): number => httpOfName[nameOfCode(code)];

/** The name of a code as gRPC itself writes it: `OK`, `CANCELLED`, with two l. */
export const statusName = (code: number): string =>
  code === grpcCode.canceled ? "CANCELLED" : nameOfCode(code).toUpperCase();
