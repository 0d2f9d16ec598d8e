import { APIError } from "openai";
import { describe, expect, it } from "vitest";
import { type ErrorCode, errorCatalog, GatewayError } from "../../kernel/errors.ts";
import { clientOf } from "./answers.test-support.ts";
import { encodeChatError } from "./encode-error.ts";

/** Section 14 of the AI models specification, and the row of its status for what is the gateway's own. */
const table: { readonly [Code in ErrorCode]: readonly [type: string, code: string | null] } = {
  malformed_request: ["invalid_request_error", "malformed_request"],
  unsupported_parameter: ["invalid_request_error", "unsupported_parameter"],
  unsupported_content: ["invalid_request_error", "unsupported_content"],
  context_length_exceeded: ["invalid_request_error", "context_length_exceeded"],
  content_refused: ["invalid_request_error", "content_policy_violation"],
  upstream_rejected: ["invalid_request_error", null],
  unauthenticated: ["invalid_request_error", "invalid_api_key"],
  signature_invalid: ["invalid_request_error", "signature_invalid"],
  replayed: ["invalid_request_error", "replayed"],
  policy_denied: ["invalid_request_error", "permission_denied"],
  route_not_found: ["invalid_request_error", "route_not_found"],
  model_not_found: ["invalid_request_error", "model_not_found"],
  method_not_allowed: ["invalid_request_error", "method_not_allowed"],
  not_acceptable: ["invalid_request_error", "not_acceptable"],
  request_timeout: ["invalid_request_error", "request_timeout"],
  deadline_exceeded: ["server_error", "deadline_exceeded"],
  upstream_contract_broken: ["server_error", "upstream_contract_broken"],
  hedge_lost: ["invalid_request_error", "hedge_lost"],
  residency_violation: ["server_error", "residency_violation"],
  recovery_mismatch: ["server_error", "recovery_mismatch"],
  constraints_unsatisfiable: ["invalid_request_error", "constraints_unsatisfiable"],
  conflict: ["invalid_request_error", "conflict"],
  request_too_large: ["invalid_request_error", "request_too_large"],
  uri_too_long: ["invalid_request_error", "uri_too_long"],
  unsupported_media_type: ["invalid_request_error", "unsupported_media_type"],
  misdirected: ["invalid_request_error", "misdirected"],
  upgrade_required: ["invalid_request_error", "upgrade_required"],
  rate_limited: ["rate_limit_error", "rate_limit_exceeded"],
  budget_exhausted: ["insufficient_quota", "insufficient_quota"],
  headers_too_large: ["invalid_request_error", "headers_too_large"],
  client_closed: ["invalid_request_error", "client_closed"],
  upstream_auth_failed: ["invalid_request_error", "invalid_api_key"],
  upstream_forbidden: ["invalid_request_error", "permission_denied"],
  upstream_rate_limited: ["rate_limit_error", "rate_limit_exceeded"],
  upstream_quota_exhausted: ["insufficient_quota", "insufficient_quota"],
  upstream_overloaded: ["server_error", "overloaded"],
  upstream_failed: ["server_error", "upstream_failed"],
  upstream_unreachable: ["server_error", "upstream_unreachable"],
  upstream_malformed_response: ["server_error", "upstream_malformed_response"],
  upstream_stream_broken: ["server_error", "upstream_stream_broken"],
  upstream_timeout: ["server_error", "upstream_timeout"],
  circuit_open: ["server_error", "circuit_open"],
  no_eligible_upstream: ["server_error", "no_eligible_upstream"],
  loop_detected: ["server_error", "loop_detected"],
  price_unknown: ["server_error", "price_unknown"],
  overloaded: ["server_error", "overloaded"],
  storage_unavailable: ["server_error", "storage_unavailable"],
  internal: ["server_error", "internal"],
};

const codes = Object.keys(errorCatalog).filter((name): name is ErrorCode => name in errorCatalog);

describe("encodeChatError", () => {
  it.for(codes)("tells %s as the official client understands it", async (code) => {
    const error = new GatewayError(code, "private");
    const request = clientOf(
      encodeChatError(error),
      "application/json",
      error.status,
    ).chat.completions.create({ model: "a", messages: [] });
    const thrown: unknown = await request.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(thrown).toBeInstanceOf(APIError);
    const [type, wire] = table[code];
    expect(thrown).toMatchObject({ status: error.status, type, code: wire, param: null });
    expect(thrown).toHaveProperty("message", `${error.status} ${error.kind.title}`);
  });

  it("passes the parameter and the provider's own code of a rejection, and never the detail", () => {
    const error = new GatewayError("upstream_rejected", "key sk-1", {
      message: "Bad image.",
      param: "messages[0]",
      upstreamCode: "invalid_image_url",
    });
    expect(encodeChatError(error)).toBe(
      '{"error":{"message":"Bad image.","type":"invalid_request_error","param":"messages[0]","code":"invalid_image_url"}}',
    );
  });
});
