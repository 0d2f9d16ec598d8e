import { describe, expect, it } from "vitest";
import { mistral } from "./index.ts";

const read = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  mistral.readFailure(
    status,
    new Map(Object.entries(headers)),
    new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)),
  );
const error = (message: unknown, type: string, code: string | null = null) => ({
  object: "error",
  message,
  type,
  param: null,
  code,
});

describe("readFailure", () => {
  // Bodies as users of the API quote them.
  it.for([
    {
      status: 400,
      body: error(
        "Tool call id was turn1_0 but must be a-z, A-Z, 0-9, with a length of 9.",
        "invalid_function_call",
        "3280",
      ),
      code: "upstream_rejected",
      upstreamCode: "3280",
    },
    {
      status: 400,
      body: error("Unexpected role 'user' after role 'tool'", "invalid_request_message_order", "3230"),
      code: "upstream_rejected",
      upstreamCode: "3230",
    },
    {
      status: 400,
      body: error(
        "Prompt contains 40012 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
        "invalid_request_invalid_args",
        "3051",
      ),
      code: "context_length_exceeded",
      upstreamCode: "3051",
    },
    {
      status: 400,
      body: error("Invalid model: mistral-huge", "invalid_model", "1500"),
      code: "model_not_found",
      upstreamCode: "1500",
    },
    {
      status: 403,
      body: error("Input blocked", "guardrail_violation"),
      code: "content_refused",
      upstreamCode: "guardrail_violation",
    },
    {
      status: 429,
      body: error("Rate limit exceeded", "rate_limited", "1300"),
      code: "upstream_rate_limited",
      upstreamCode: "1300",
    },
    {
      status: 429,
      body: error("Service tier capacity exceeded for this model.", "invalid_request_error"),
      code: "upstream_rate_limited",
      upstreamCode: "invalid_request_error",
    },
    {
      status: 429,
      body: error("You have reached your monthly usage limit.", "rate_limited"),
      code: "upstream_quota_exhausted",
      upstreamCode: "rate_limited",
    },
    {
      status: 500,
      body: error("Service unavailable.", "internal_server_error", "3000"),
      code: "upstream_failed",
      upstreamCode: "3000",
    },
    {
      status: 503,
      body: error("Service unavailable.", "unreachable_backend", "1100"),
      code: "upstream_overloaded",
      upstreamCode: "1100",
    },
  ])("rules 59, 60: reads $status $body.message as $code", ({ status, body, code, upstreamCode }) => {
    expect(read(status, body)).toEqual({ code, status, message: body.message, upstreamCode });
  });

  it.for([
    { name: "a detail in the message", body: error({ detail: "DETAIL" }, "invalid_request_error") },
    { name: "a detail alone", body: { detail: "DETAIL" } },
  ])("rule 60: reads the faults of a validation: $name", ({ body }) => {
    const detail = [
      {
        type: "extra_forbidden",
        loc: ["body", "stream_options", "include_usage"],
        msg: "Extra inputs are not permitted",
        input: true,
      },
      { type: "string_type", loc: ["body", "messages", 0, "content"], msg: "Input should be a valid string" },
    ];
    const text = JSON.stringify(body).replace('"DETAIL"', JSON.stringify(detail));
    expect(read(422, text)).toMatchObject({
      code: "upstream_rejected",
      status: 422,
      message:
        "stream_options.include_usage: Extra inputs are not permitted; messages.0.content: Input should be a valid string",
      param: "stream_options.include_usage",
    });
  });

  it.for([
    { status: 401, body: { detail: "Unauthorized" }, code: "upstream_auth_failed", message: "Unauthorized" },
    {
      status: 401,
      body: { message: "Unauthorized", request_id: "r" },
      code: "upstream_auth_failed",
      message: "Unauthorized",
    },
    {
      status: 402,
      body: { message: "Payment required" },
      code: "upstream_quota_exhausted",
      message: "Payment required",
    },
    { status: 403, body: { message: "no" }, code: "upstream_forbidden", message: "no" },
    { status: 413, body: { message: "too big" }, code: "request_too_large", message: "too big" },
    {
      status: 504,
      body: "upstream request timeout",
      code: "upstream_timeout",
      message: "upstream request timeout",
    },
  ])("rule 60: reads $status $body of the proxy", ({ status, body, code, message }) => {
    expect(read(status, body)).toEqual({ code, status, message });
  });

  it("tells a path that is not there as a failure of the upstream's, and a long message no further than needed", () => {
    expect(read(404, { message: "no Route matched with those values" })).toMatchObject({
      code: "upstream_failed",
      status: 502,
    });
    expect(read(500, "x".repeat(5000)).message).toHaveLength(2000);
  });

  it.for([
    { headers: { "retry-after": "3" }, expected: 3000 },
    { headers: { "retry-after": "9", "retry-after-ms": "250" }, expected: 250 },
    { headers: { "retry-after": "soon" }, expected: undefined },
    { headers: {}, expected: undefined },
  ])("rule 60: reads when to come back from $headers", ({ headers, expected }) => {
    expect(read(429, error("x", "rate_limited"), headers).retryAfterMs).toBe(expected);
  });
});
