import { type ErrorCode, GatewayError } from "../../kernel/errors.ts";

/** Why a head is refused, as `sallyport_http_rejected_total{reason}` counts it. */
export const rejectReasons = [
  // Of the request target.
  "target_form",
  "target_method",
  "target_host",
  "target_byte",
  "target_escape",
  "target_encoded",
  "target_encoded_slash",
  "target_empty_segment",
  "target_dot_parameter",
  "target_above_root",
  "target_segments",
  "target_parameters",
  "target_too_long",
  "target_rewrite",
  // Of the header section.
  "header_count",
  "header_size",
  "header_name",
  "header_value",
  "header_obs_text",
  "header_doubled",
  "host_missing",
  "host_form",
  "host_unserved",
  "transfer_coding",
  "content_length",
  "length_twice",
  "connection_field",
  "loop",
] as const;

export type RejectReason = (typeof rejectReasons)[number];

/** A refusal that is counted by its reason. `text`: public, a whole sentence. */
export function rejection(
  reason: RejectReason,
  text: string,
  code: ErrorCode = "malformed_request",
): GatewayError {
  return new GatewayError(code, `${reason}: ${text}`, { message: text, reason });
}
