import { APIError } from "openai";
import { describe, expect, it } from "vitest";
import { hasRecordedTraffic, recordedTraffic } from "../../../test/support/recorded-traffic.ts";
import { type ErrorCode, errorCatalog, GatewayError } from "../../kernel/errors.ts";
import { clientOf, eventsOf, framesOf, grammarAfter, sdkFinal } from "./answers.test-support.ts";
import { encodeError, encodeStreamError } from "./encode-error.ts";

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

describe("encodeError", () => {
  it.for(codes)("tells %s as the official client understands it", async (code) => {
    const error = new GatewayError(code, "private");
    const thrown: unknown = await clientOf(encodeError(error), "application/json", error.status)
      .responses.create({ model: "a", input: "" })
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    expect(thrown).toBeInstanceOf(APIError);
    const [type, wire] = table[code];
    expect(thrown).toMatchObject({ status: error.status, type, code: wire, param: null });
    expect(thrown).toHaveProperty("message", `${error.status} ${error.kind.title}`);
  });

  it("rule 59: passes the provider's words and code of a rejection, and never the detail", () => {
    const facts = { message: "Bad image.", param: "input[0]", upstreamCode: "invalid_image_url" };
    expect(encodeError(new GatewayError("upstream_rejected", "key sk-1", facts))).toBe(
      '{"error":{"message":"Bad image.","type":"invalid_request_error","param":"input[0]","code":"invalid_image_url"}}',
    );
    const long = { message: "This model's maximum context length is 8 tokens." };
    expect(JSON.parse(encodeError(new GatewayError("context_length_exceeded", "", long)))).toEqual({
      error: { ...long, type: "invalid_request_error", param: null, code: "context_length_exceeded" },
    });
  });
});

const broken = new GatewayError("upstream_stream_broken", "socket 7 was reset");
const title = errorCatalog.upstream_stream_broken.title;

describe("encodeStreamError", () => {
  it("rule 50: is `error`, then `response.failed`, and the numbers go on", () => {
    const lastData = '{"type":"response.output_text.delta","delta":"a","sequence_number":41}';
    const text = encodeStreamError(broken, { requestId: "req-1", lastData });
    expect(framesOf(text).map(({ event }) => event)).toEqual(["error", "response.failed"]);
    const told = { type: "server_error", code: "upstream_stream_broken", message: title, param: null };
    expect(eventsOf(text)).toMatchObject([
      { type: "error", code: told.code, message: title, param: null, error: told, sequence_number: 42 },
      {
        type: "response.failed",
        response: { status: "failed", error: { code: "server_error", message: title } },
        sequence_number: 43,
      },
    ]);
    expect(text).not.toContain("socket 7");
    expect(text).not.toContain("[DONE]");
  });

  it("fails the response that the last frame told of", () => {
    const response = {
      id: "resp_native",
      object: "response",
      model: "gpt-5",
      status: "in_progress",
      error: null,
    };
    const lastData = JSON.stringify({ type: "response.in_progress", response, sequence_number: 1 });
    expect(eventsOf(encodeStreamError(broken, { requestId: "req-1", lastData }))[1]).toMatchObject({
      response: { ...response, status: "failed", error: { code: "server_error" } },
    });
  });

  it("begins to count where nothing was told, or no numbers", () => {
    for (const lastData of [undefined, '{"type":"x"}', "nonsense"]) {
      const text = encodeStreamError(broken, {
        requestId: "req-1",
        ...(lastData !== undefined && { lastData }),
      });
      expect(eventsOf(text).map((event) => event["sequence_number"])).toEqual([0, 1]);
    }
  });
});

const records = hasRecordedTraffic() ? recordedTraffic("openai.responses") : [];

describe.skipIf(records.length === 0)("encodeStreamError, on recorded streams", () => {
  const streams = records.filter(({ isStream }) => isStream).slice(0, 20);

  it("after any frame gives what the grammar takes, and the official client throws", async () => {
    for (const { name, response } of streams) {
      const frames = framesOf(response);
      for (let count = 0; count < frames.length; count += 7) {
        const cut = frames.slice(0, count);
        const lastData = cut.at(-1)?.data;
        const tail = encodeStreamError(broken, {
          requestId: "req-1",
          ...(lastData !== undefined && { lastData }),
        });
        const text = cut.map(({ bytes }) => Buffer.from(bytes).toString()).join("") + tail;
        expect(grammarAfter(text), `${name} after ${count}`).toEqual({ kind: "failed" });
        await expect(sdkFinal(text), `${name} after ${count}`).rejects.toThrow(title);
      }
    }
  });
});
