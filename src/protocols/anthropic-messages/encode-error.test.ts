import { describe, expect, it } from "vitest";
import type { ErrorFacts } from "../../kernel/error-facts.ts";
import { type ErrorCode, errorCatalog, GatewayError } from "../../kernel/errors.ts";
import { encodeError, encodeStreamError } from "./encode-error.ts";
import { sdkError } from "./official-sdk.test-support.ts";

const written = (code: ErrorCode, facts: ErrorFacts = {}) =>
  JSON.parse(encodeError(new GatewayError(code, "private", facts), "req-1"));

describe("encodeError", () => {
  it.for<[ErrorCode, string, ErrorFacts?]>([
    ["malformed_request", "invalid_request_error"],
    ["unsupported_content", "invalid_request_error"],
    ["unauthenticated", "authentication_error"],
    ["upstream_auth_failed", "authentication_error"],
    ["policy_denied", "permission_error"],
    ["model_not_found", "not_found_error"],
    ["request_too_large", "request_too_large"],
    ["rate_limited", "rate_limit_error"],
    ["budget_exhausted", "rate_limit_error"],
    ["upstream_rate_limited", "rate_limit_error"],
    ["upstream_quota_exhausted", "rate_limit_error"],
    ["upstream_quota_exhausted", "billing_error", { status: 402 }],
    ["upstream_overloaded", "overloaded_error"],
    ["overloaded", "overloaded_error"],
    ["upstream_timeout", "timeout_error"],
    ["upstream_failed", "api_error"],
    ["upstream_unreachable", "api_error"],
    ["no_eligible_upstream", "api_error"],
    ["internal", "api_error"],
  ])("tells %s as %s", ([code, type, facts]) => {
    expect(written(code, facts)).toMatchObject({ type: "error", error: { type }, request_id: "req-1" });
  });

  it("never tells what is private", () => {
    for (const code of Object.keys(errorCatalog)) {
      const text = encodeError(new GatewayError(isCode(code) ? code : "internal", "sk-secret"), "r");
      expect(text).not.toContain("sk-secret");
    }
  });

  it.for<{ message: string; expected: string }>([
    {
      message:
        "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (8000 in the messages, 1000 in the completion). Please reduce the length.",
      expected:
        "input length and `max_tokens` exceed context limit: 8000 + 1000 > 8192, decrease input length or `max_tokens` and try again",
    },
    {
      message:
        "This model's maximum context length is 128,000 tokens. However, your messages resulted in 130,001 tokens.",
      expected: "prompt is too long: 130001 tokens > 128000 maximum",
    },
    {
      message: "prompt is too long: 5 tokens > 4 maximum",
      expected: "prompt is too long: 5 tokens > 4 maximum",
    },
    {
      message: "Your input exceeds the context window.",
      expected: "prompt is too long: Your input exceeds the context window.",
    },
  ])("rule 59: tells a full context in the words clients look for: $expected", ({ message, expected }) => {
    expect(written("context_length_exceeded", { message }).error.message).toBe(expected);
  });

  it("is read by the official SDK with type and message", async () => {
    const body = encodeError(new GatewayError("rate_limited", "x", { message: "slow down" }), "r");
    expect(await sdkError(body, 429)).toMatchObject({
      status: 429,
      type: "rate_limit_error",
      apiMessage: "slow down",
    });
  });
});

describe("encodeStreamError", () => {
  it("is one event of the name that the SDK does not skip", () => {
    const text = encodeStreamError(new GatewayError("internal", "x"), { requestId: "r" });
    expect(text).toMatch(/^event: error\ndata: \{"type":"error",.*\}\n\n$/);
  });
});

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalog, code);
}
