import { describe, expect, it } from "vitest";
import { cohere } from "./index.ts";

const read = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  cohere.readFailure(
    status,
    new Map(Object.entries(headers)),
    new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)),
  );

describe("readFailure", () => {
  // Messages as Cohere's documentation and its users quote them.
  it.for([
    {
      status: 400,
      message:
        "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292. Try using a shorter prompt.",
      code: "context_length_exceeded",
    },
    {
      status: 400,
      message: "too many tokens: size limit exceeded by 11326 tokens. Try using shorter or fewer inputs.",
      code: "context_length_exceeded",
    },
    {
      status: 400,
      message:
        "too many tokens: max tokens must be less than or equal to 4096, the maximum output for this model - received 8192.",
      code: "upstream_rejected",
    },
    {
      status: 400,
      message: "invalid request: temperature must be between 0 and 1.0 inclusive.",
      code: "upstream_rejected",
    },
    {
      status: 422,
      message: "invalid request: An assistant message with 'tool_calls' must be followed by tool messages",
      code: "upstream_rejected",
    },
    { status: 401, message: "invalid api token", code: "upstream_auth_failed" },
    { status: 402, message: "Please add or update your payment method.", code: "upstream_quota_exhausted" },
    { status: 403, message: "forbidden", code: "upstream_forbidden" },
    {
      status: 404,
      message: "model 'command-z' not found, make sure the correct model ID was used",
      code: "model_not_found",
    },
    {
      status: 429,
      message: "You are using a Trial key, which is limited to 40 API calls / minute.",
      code: "upstream_rate_limited",
    },
    {
      status: 429,
      message: "You are using a Trial key, which is limited to 1000 API calls / month.",
      code: "upstream_quota_exhausted",
    },
    { status: 500, message: "internal server error", code: "upstream_failed" },
    { status: 501, message: "not implemented", code: "upstream_failed" },
    { status: 503, message: "service unavailable", code: "upstream_overloaded" },
    { status: 504, message: "gateway timeout", code: "upstream_timeout" },
  ])(
    "rules 59, 60: reads $status $message as $code, with its words and status",
    ({ status, message, code }) => {
      expect(read(status, { id: "x", message })).toEqual({ code, status, message });
    },
  );

  it.for([
    { status: 498, code: "content_refused", told: 400 },
    { status: 499, code: "upstream_failed", told: 502 },
    { status: 404, code: "upstream_failed", told: 502 },
  ])("tells $status, which means nothing to a client, as $told", ({ status, code, told }) => {
    expect(read(status, { message: "x" })).toEqual({ code, status: told, message: "x" });
  });

  it("keeps the words of a body that is no error of Cohere's", () => {
    expect(read(502, "<html>Bad Gateway</html>")).toEqual({
      code: "upstream_failed",
      status: 502,
      message: "<html>Bad Gateway</html>",
    });
    expect(read(500, "x".repeat(5000)).message).toHaveLength(2000);
  });

  it.for([
    { headers: { "retry-after": "3" }, expected: 3000 },
    { headers: { "retry-after": "0.5" }, expected: 500 },
    { headers: { "retry-after": "9", "retry-after-ms": "250" }, expected: 250 },
    { headers: { "retry-after": "soon" }, expected: undefined },
    { headers: {}, expected: undefined },
  ])("rule 60: reads when to come back from $headers", ({ headers, expected }) => {
    expect(read(429, { message: "x" }, headers).retryAfterMs).toBe(expected);
  });
});
