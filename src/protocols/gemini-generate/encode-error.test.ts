import { describe, expect, it } from "vitest";
import type { ErrorFacts } from "../../kernel/error-facts.ts";
import { type ErrorCode, errorCatalog, GatewayError } from "../../kernel/errors.ts";
import { grammarAfter } from "./answers.test-support.ts";
import { encodeError, encodeStreamError } from "./encode-error.ts";

interface WireError {
  readonly error: {
    readonly code: number;
    readonly message: string;
    readonly status: string;
    readonly details: readonly object[];
  };
}
const read = (code: ErrorCode, facts: ErrorFacts = {}): WireError["error"] => {
  const body: WireError = JSON.parse(
    encodeError(new GatewayError(code, "private words", facts), "0190-test"),
  );
  return body.error;
};

describe("encodeError", () => {
  it("is an array of one for whoever asked for an array", () => {
    const error = new GatewayError("model_not_found", "private words");
    const told = encodeError(error, "0190-test", "json-array");
    expect(JSON.parse(told)).toEqual([JSON.parse(encodeError(error, "0190-test", "sse"))]);
  });

  it.for<{ code: ErrorCode; status: string; facts?: ErrorFacts }>([
    { code: "malformed_request", status: "INVALID_ARGUMENT" },
    { code: "upstream_rejected", status: "INVALID_ARGUMENT", facts: { status: 422 } },
    { code: "unsupported_parameter", status: "INVALID_ARGUMENT" },
    { code: "context_length_exceeded", status: "INVALID_ARGUMENT" },
    { code: "content_refused", status: "INVALID_ARGUMENT" },
    { code: "request_too_large", status: "INVALID_ARGUMENT" },
    { code: "unauthenticated", status: "UNAUTHENTICATED" },
    { code: "upstream_auth_failed", status: "UNAUTHENTICATED" },
    { code: "upstream_forbidden", status: "PERMISSION_DENIED" },
    { code: "policy_denied", status: "PERMISSION_DENIED" },
    { code: "model_not_found", status: "NOT_FOUND" },
    { code: "rate_limited", status: "RESOURCE_EXHAUSTED" },
    { code: "upstream_rate_limited", status: "RESOURCE_EXHAUSTED" },
    { code: "upstream_quota_exhausted", status: "RESOURCE_EXHAUSTED", facts: { status: 402 } },
    { code: "budget_exhausted", status: "RESOURCE_EXHAUSTED" },
    { code: "upstream_overloaded", status: "UNAVAILABLE", facts: { status: 529 } },
    { code: "overloaded", status: "UNAVAILABLE" },
    { code: "upstream_unreachable", status: "UNAVAILABLE" },
    { code: "upstream_stream_broken", status: "UNAVAILABLE" },
    { code: "upstream_timeout", status: "DEADLINE_EXCEEDED" },
    { code: "request_timeout", status: "DEADLINE_EXCEEDED" },
    { code: "upstream_failed", status: "INTERNAL", facts: { status: 500 } },
    { code: "internal", status: "INTERNAL" },
  ])("tells $code as $status", ({ code, status, facts = {} }) => {
    const error = read(code, facts);
    expect(error.status).toBe(status);
    expect(error.code).toBe(facts.status ?? errorCatalog[code].status);
    expect(error.message).not.toContain("private");
  });

  it("every code is an HTTP status, which clients of streams demand", () => {
    for (const code of Object.keys(errorCatalog)) {
      const kind = errorCatalog[code as ErrorCode];
      const stream = encodeStreamError(new GatewayError(code as ErrorCode, ""), {
        requestId: "r",
        streamForm: "sse",
      });
      expect(grammarAfter(stream), `${code} ${kind.status}`).toMatchObject({ phase: "failed" });
    }
  });

  it("tells code, field, waiting time and request in Google's details", () => {
    expect(
      read("rate_limited", { param: "contents[0]", retryAfterMs: 1500, message: "slow" }).details,
    ).toEqual([
      { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "RATE_LIMITED", domain: "sallyport" },
      {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        fieldViolations: [{ field: "contents[0]", description: "slow" }],
      },
      { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "1.5s" },
      { "@type": "type.googleapis.com/google.rpc.RequestInfo", requestId: "0190-test" },
    ]);
  });

  const own = "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).";
  it.for([
    { said: own, told: own },
    {
      said: "prompt is too long: 210000 tokens > 200000 maximum",
      told: "The input token count (210000) exceeds the maximum number of tokens allowed (200000).",
    },
    {
      said: "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease",
      told: "The input token count (190000) exceeds the maximum number of tokens allowed (180000).",
    },
    {
      said: "This model's maximum context length is 8,192 tokens. However, your messages resulted in 9,000 tokens.",
      told: "The input token count (9000) exceeds the maximum number of tokens allowed (8192).",
    },
    {
      said: "Too long.",
      told: "The input token count exceeds the maximum number of tokens allowed. Too long.",
    },
  ])("rule 59: a full context is told in Gemini's own sentence: $said", ({ said, told }) => {
    expect(read("context_length_exceeded", { message: said }).message).toBe(told);
  });
});

describe("encodeStreamError", () => {
  const error = new GatewayError("upstream_failed", "");
  it("closes an array that has chunks, and one that has none", () => {
    const stream = { requestId: "r", streamForm: "json-array" } as const;
    const chunk = '{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}';
    expect(
      grammarAfter(`[${chunk}${encodeStreamError(error, { ...stream, lastData: chunk })}`),
    ).toMatchObject({
      phase: "failed",
    });
    expect(grammarAfter(encodeStreamError(error, stream))).toMatchObject({ phase: "failed" });
  });

  it("is an event of its own in a stream of events", () => {
    expect(encodeStreamError(error, { requestId: "r", streamForm: "sse", lastData: "{}" })).toMatch(
      /^data: \{"error":\{"code":502,.*\}\n\n$/,
    );
  });
});
