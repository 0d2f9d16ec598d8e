import { describe, expect, it } from "vitest";
import { readFailure } from "./error.ts";

const failureOf = (status: number, body: string, headers: Readonly<Record<string, string>> = {}) =>
  readFailure(status, new Map(Object.entries(headers)), new TextEncoder().encode(body));
const told = (type: string, message: string) =>
  JSON.stringify({ type: "error", error: { type, message }, request_id: "req_1" });

describe("readFailure", () => {
  it.for<{ status: number; type: string; message: string; code: string }>([
    {
      status: 400,
      type: "invalid_request_error",
      message: "messages: at least one message is required",
      code: "upstream_rejected",
    },
    {
      status: 400,
      type: "invalid_request_error",
      message: "prompt is too long: 210000 tokens > 200000 maximum",
      code: "context_length_exceeded",
    },
    {
      status: 400,
      type: "invalid_request_error",
      message: "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
      code: "context_length_exceeded",
    },
    {
      status: 400,
      type: "invalid_request_error",
      message: "max_tokens: 9999 > 4096, which is the maximum allowed",
      code: "upstream_rejected",
    },
    {
      status: 400,
      type: "invalid_request_error",
      message: "Output blocked by content filtering policy",
      code: "content_refused",
    },
    {
      status: 400,
      type: "invalid_request_error",
      message: "Your credit balance is too low to access the API",
      code: "upstream_quota_exhausted",
    },
    { status: 401, type: "authentication_error", message: "invalid x-api-key", code: "upstream_auth_failed" },
    { status: 402, type: "billing_error", message: "pay", code: "upstream_quota_exhausted" },
    { status: 403, type: "permission_error", message: "no", code: "upstream_forbidden" },
    { status: 404, type: "not_found_error", message: "model: claude-9", code: "model_not_found" },
    { status: 413, type: "request_too_large", message: "big", code: "request_too_large" },
    { status: 429, type: "rate_limit_error", message: "slow", code: "upstream_rate_limited" },
    { status: 500, type: "api_error", message: "oops", code: "upstream_failed" },
    { status: 503, type: "api_error", message: "oops", code: "upstream_overloaded" },
    { status: 504, type: "timeout_error", message: "late", code: "upstream_timeout" },
    { status: 529, type: "overloaded_error", message: "Overloaded", code: "upstream_overloaded" },
  ])("reads $status $message as $code", ({ status, type, message, code }) => {
    expect(failureOf(status, told(type, message))).toMatchObject({
      code,
      status,
      message,
      upstreamCode: type,
    });
  });

  it("names the member that is at fault", () => {
    expect(failureOf(400, told("invalid_request_error", "messages.0.content: too short")).param).toBe(
      "messages.0.content",
    );
    expect(failureOf(400, told("invalid_request_error", "Nothing: fits")).param).toBeUndefined();
  });

  it.for<{ name: string; headers: Readonly<Record<string, string>>; expected: number | undefined }>([
    { name: "seconds", headers: { "retry-after": "7" }, expected: 7000 },
    {
      name: "milliseconds before seconds",
      headers: { "retry-after": "7", "retry-after-ms": "250.5" },
      expected: 251,
    },
    {
      name: "a date, which is not read",
      headers: { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" },
      expected: undefined,
    },
    { name: "nothing", headers: {}, expected: undefined },
  ])("reads how long to wait from $name", ({ headers, expected }) => {
    expect(failureOf(429, told("rate_limit_error", "slow"), headers).retryAfterMs).toBe(expected);
  });

  it.for<{ name: string; body: string; message: string }>([
    { name: "a proxy's page", body: "<html>bad gateway</html>", message: "<html>bad gateway</html>" },
    { name: "nothing", body: "", message: "" },
    { name: "a bare message", body: '{"message":"no"}', message: "no" },
    { name: "a bare error", body: '{"error":"no"}', message: "no" },
    { name: "a detail", body: '{"detail":"no"}', message: "no" },
  ])("takes $name for what it is", ({ body, message }) => {
    expect(failureOf(502, body)).toEqual(
      expect.objectContaining({ code: "upstream_failed", status: 502, message }),
    );
  });

  it("reads no more of a huge body than it keeps", () => {
    expect(failureOf(500, "x".repeat(1_000_000)).message.length).toBe(2000);
  });
});
