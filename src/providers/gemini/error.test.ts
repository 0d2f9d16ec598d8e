import { describe, expect, it } from "vitest";
import { bytesOf, decoded, events } from "./fixtures.test-support.ts";
import { gemini } from "./index.ts";

const none = new Map<string, string>();
const detail = (type: string, more: object) => ({
  "@type": `type.googleapis.com/google.rpc.${type}`,
  ...more,
});
const errorOf = (code: number, status: string, message: string, ...details: readonly object[]) => ({
  error: { code, message, status, details },
});
const quotaMessage = "You exceeded your current quota, please check your plan and billing details.";
const perMinute = detail("QuotaFailure", {
  violations: [{ quotaId: "GenerateRequestsPerMinutePerProjectPerModel" }],
});
const perDay = detail("QuotaFailure", {
  violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }],
});
const noQuota = detail("QuotaFailure", { violations: [{ quotaId: "X-PerMinute", quotaValue: "0" }] });

describe("readFailure", () => {
  it.for([
    {
      code: "upstream_rejected",
      body: errorOf(400, "INVALID_ARGUMENT", "Please use a valid role: user, model."),
    },
    {
      code: "context_length_exceeded",
      body: errorOf(
        400,
        "INVALID_ARGUMENT",
        "The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).",
      ),
    },
    {
      code: "request_too_large",
      body: errorOf(400, "INVALID_ARGUMENT", "Request payload size exceeds the limit: 20971520 bytes."),
    },
    {
      code: "upstream_auth_failed",
      body: errorOf(
        400,
        "INVALID_ARGUMENT",
        "API key not valid. Please pass a valid API key.",
        detail("ErrorInfo", { reason: "API_KEY_INVALID" }),
      ),
    },
    {
      code: "upstream_auth_failed",
      body: errorOf(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key."),
    },
    {
      code: "upstream_forbidden",
      body: errorOf(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
    },
    {
      code: "content_refused",
      body: errorOf(400, "INVALID_ARGUMENT", "The prompt was blocked due to prohibited content."),
    },
    {
      code: "upstream_auth_failed",
      body: errorOf(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
    },
    {
      code: "upstream_auth_failed",
      body: errorOf(403, "PERMISSION_DENIED", "Your API key was reported as leaked."),
    },
    {
      code: "upstream_forbidden",
      body: errorOf(403, "PERMISSION_DENIED", "The caller does not have permission"),
    },
    {
      code: "upstream_quota_exhausted",
      body: errorOf(
        403,
        "PERMISSION_DENIED",
        "This API method requires billing.",
        detail("ErrorInfo", { reason: "BILLING_DISABLED" }),
      ),
    },
    {
      code: "model_not_found",
      body: errorOf(404, "NOT_FOUND", "models/gemini-x is not found for API version v1beta"),
    },
    {
      code: "upstream_rejected",
      body: errorOf(404, "NOT_FOUND", "CachedContent not found (or permission denied)"),
    },
    { code: "upstream_rate_limited", body: errorOf(429, "RESOURCE_EXHAUSTED", quotaMessage, perMinute) },
    { code: "upstream_quota_exhausted", body: errorOf(429, "RESOURCE_EXHAUSTED", quotaMessage, perDay) },
    { code: "upstream_quota_exhausted", body: errorOf(429, "RESOURCE_EXHAUSTED", quotaMessage, noQuota) },
    {
      code: "upstream_quota_exhausted",
      body: errorOf(429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."),
    },
    {
      code: "upstream_rate_limited",
      body: errorOf(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
    },
    { code: "upstream_failed", body: errorOf(500, "INTERNAL", "An internal error has occurred.") },
    {
      code: "upstream_overloaded",
      body: errorOf(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
    },
    {
      code: "upstream_timeout",
      body: errorOf(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
    },
  ])("reads $body.error.message as $code", ({ code, body }) => {
    const { error } = body;
    expect(gemini.readFailure(error.code, none, bytesOf(body))).toMatchObject({
      code,
      status: error.code,
      message: error.message,
      upstreamCode: error.status,
    });
  });

  it("rule 60: reads an error that is the only element of an array", () => {
    const body = bytesOf([errorOf(503, "UNAVAILABLE", "overloaded")]);
    expect(gemini.readFailure(503, none, body)).toMatchObject({
      code: "upstream_overloaded",
      message: "overloaded",
    });
  });

  it("rule 60: keeps how long to wait, the header's word before the body's", () => {
    const body = bytesOf(
      errorOf(429, "RESOURCE_EXHAUSTED", "m", detail("RetryInfo", { retryDelay: "34.4s" })),
    );
    expect(gemini.readFailure(429, none, body).retryAfterMs).toBe(34_400);
    expect(gemini.readFailure(429, new Map([["retry-after", "2"]]), body).retryAfterMs).toBe(2000);
    expect(gemini.readFailure(429, new Map([["retry-after-ms", "7"]]), body).retryAfterMs).toBe(7);
  });

  it("rule 59: keeps the numbers of a prompt that is too long", () => {
    const message = "The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).";
    const failure = gemini.readFailure(400, none, bytesOf(errorOf(400, "INVALID_ARGUMENT", message)));
    expect(failure).toMatchObject({ code: "context_length_exceeded", message });
  });

  it("names the member at fault", () => {
    const fault = detail("BadRequest", {
      fieldViolations: [{ field: "contents[0].role", description: "d" }],
    });
    expect(gemini.readFailure(400, none, bytesOf(errorOf(400, "INVALID_ARGUMENT", "m", fault))).param).toBe(
      "contents[0].role",
    );
  });

  it.for([
    { body: "<html>bad gateway</html>", message: "<html>bad gateway</html>" },
    { body: "", message: "" },
    { body: '{"error":"no"}', message: "no" },
    { body: '{"detail":1}', message: '{"detail":1}' },
  ])("takes any body: $body", ({ body, message }) => {
    expect(gemini.readFailure(502, none, bytesOf(body))).toEqual({
      code: "upstream_failed",
      status: 502,
      message,
    });
  });
});

describe("rule 50: an error in a stream", () => {
  const chunk = { candidates: [{ content: { parts: [{ text: "a" }] } }], responseId: "r" };
  it("ends the parts, and is what the tap says of its frame", () => {
    const frames = events(chunk, errorOf(503, "UNAVAILABLE", "overloaded"), chunk);
    expect(decoded(frames).at(-1)).toMatchObject({
      kind: "error",
      failure: { code: "upstream_overloaded", status: 503, message: "overloaded" },
    });
    const tap = gemini.tapStream({ hidesUsage: false });
    expect(frames.slice(0, 2).map((frame) => tap.push(frame))).toEqual(["content", "error"]);
    expect(tap.failure()).toMatchObject({ code: "upstream_overloaded" });
    expect(tap.isComplete()).toBe(false);
  });

  it("without a code takes the status of its word", () => {
    const error = { error: { message: "m", status: "RESOURCE_EXHAUSTED" } };
    expect(decoded(events(error))).toMatchObject([
      { failure: { code: "upstream_rate_limited", status: 429 } },
    ]);
    expect(decoded(events({ error: { message: "m" } }))).toMatchObject([
      { failure: { code: "upstream_failed", status: 500 } },
    ]);
  });

  it("may be an array of one, as in a body", () => {
    expect(gemini.decodeAnswer(bytesOf([errorOf(503, "UNAVAILABLE", "m")]))).toMatchObject({
      kind: "failure",
      failure: { code: "upstream_overloaded" },
    });
    expect(gemini.tapAnswer(bytesOf([errorOf(503, "UNAVAILABLE", "m")]))).toBeUndefined();
  });
});
