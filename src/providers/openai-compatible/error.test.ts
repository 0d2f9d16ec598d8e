import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../../kernel/errors.ts";
import { readFailure, readToldFailure } from "./error.ts";

const read = (status: number, body: string, headers: Readonly<Record<string, string>> = {}) =>
  readFailure(status, new Map(Object.entries(headers)), new TextEncoder().encode(body));

describe("readFailure", () => {
  it.for<{ name: string; status: number; body: string; code: ErrorCode; more?: object }>([
    {
      name: "OpenAI's own shape",
      status: 400,
      body: '{"error":{"message":"Bad.","type":"invalid_request_error","param":"messages","code":"empty_array"}}',
      code: "upstream_rejected",
      more: { message: "Bad.", param: "messages", upstreamCode: "empty_array" },
    },
    {
      name: "a context that is too long",
      status: 400,
      body: '{"error":{"message":"This model\'s maximum context length is 8192 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}',
      code: "context_length_exceeded",
    },
    {
      name: "the same in words only",
      status: 400,
      body: '{"error":{"message":"Requested token count exceeds the model\'s maximum context length of 131072 tokens."}}',
      code: "context_length_exceeded",
    },
    {
      name: "Azure's filter",
      status: 400,
      body: '{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI\'s content management policy.","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}',
      code: "content_refused",
    },
    {
      name: "OpenAI's image policy",
      status: 400,
      body: '{"error":{"message":"Rejected.","code":"content_policy_violation"}}',
      code: "content_refused",
    },
    {
      name: "a wrong key",
      status: 401,
      body: '{"error":{"message":"Incorrect API key provided: sk-1.","code":"invalid_api_key"}}',
      code: "upstream_auth_failed",
    },
    {
      name: "a forbidden region",
      status: 403,
      body: '{"error":{"message":"Country not supported","code":"unsupported_country_region_territory"}}',
      code: "upstream_forbidden",
    },
    {
      name: "an unknown model",
      status: 404,
      body: '{"error":{"message":"The model `x` does not exist or you do not have access to it.","code":"model_not_found"}}',
      code: "model_not_found",
    },
    {
      name: "an unknown model told with 400",
      status: 400,
      body: '{"error":{"message":"Model Not Exist","code":"model_not_found"}}',
      code: "model_not_found",
    },
    {
      name: "a path that is not there",
      status: 404,
      body: "<html>404</html>",
      code: "upstream_failed",
      more: { message: "<html>404</html>" },
    },
    {
      name: "too many requests",
      status: 429,
      body: '{"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}}',
      code: "upstream_rate_limited",
    },
    {
      name: "an account that is used up",
      status: 429,
      body: '{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}',
      code: "upstream_quota_exhausted",
    },
    {
      name: "DeepSeek without balance",
      status: 402,
      body: '{"error":{"message":"Insufficient Balance","code":"invalid_request_error"}}',
      code: "upstream_quota_exhausted",
    },
    {
      name: "a server that failed",
      status: 500,
      body: '{"error":{"message":"The server had an error","type":"server_error"}}',
      code: "upstream_failed",
    },
    { name: "an overloaded one", status: 503, body: "upstream connect error", code: "upstream_overloaded" },
    { name: "a slow one", status: 504, body: "", code: "upstream_timeout", more: { message: "" } },
    {
      name: "Gemini's list",
      status: 400,
      body: '[{"error":{"code":400,"message":"Invalid JSON payload.","status":"INVALID_ARGUMENT"}}]',
      code: "upstream_rejected",
      more: { message: "Invalid JSON payload." },
    },
    {
      name: "Mistral's object",
      status: 422,
      body: '{"object":"error","message":{"detail":[{"msg":"bad"}]},"type":"invalid_request_error","code":null,"raw_status_code":422}',
      code: "upstream_rejected",
      more: { message: '{"detail":[{"msg":"bad"}]}' },
    },
    {
      name: "Voyage's detail",
      status: 400,
      body: '{"detail":"Bad input."}',
      code: "upstream_rejected",
      more: { message: "Bad input." },
    },
    {
      name: "a bare message",
      status: 400,
      body: '{"message":"Bad input.","id":"x"}',
      code: "upstream_rejected",
      more: { message: "Bad input." },
    },
    {
      name: "an error that is a string",
      status: 400,
      body: '{"error":"model is required"}',
      code: "upstream_rejected",
      more: { message: "model is required" },
    },
    {
      name: "OpenRouter's nested words",
      status: 502,
      body: '{"error":{"code":502,"message":"Provider returned error","metadata":{"raw":"overheated"}}}',
      code: "upstream_failed",
      more: { message: "Provider returned error: overheated", upstreamCode: "502" },
    },
  ])("reads $name", ({ status, body, code, more }) => {
    expect(read(status, body)).toMatchObject({ code, status, ...more });
  });

  it.for([
    { headers: { "retry-after-ms": "1500", "retry-after": "9" }, wait: 1500 },
    { headers: { "retry-after": "2" }, wait: 2000 },
    {
      headers: { "retry-after": "Wed, 01 Mar 2028 00:00:10 GMT", date: "Tue, 29 Feb 2028 23:59:40 GMT" },
      wait: 30_000,
    },
    {
      headers: { "retry-after": "Tue, 29 Feb 2028 23:59:40 GMT", date: "Wed, 01 Mar 2028 00:00:10 GMT" },
      wait: 0,
    },
    { headers: { "retry-after": "Wed, 01 Mar 2028 00:00:10 GMT" }, wait: undefined },
    { headers: { "retry-after": "soon" }, wait: undefined },
    { headers: { "retry-after": "" }, wait: undefined },
    { headers: { "retry-after": "-1" }, wait: undefined },
    { headers: {}, wait: undefined },
  ])("waits $wait ms for $headers", ({ headers, wait }) => {
    expect(read(429, "{}", Object.fromEntries(Object.entries(headers))).retryAfterMs).toBe(wait);
  });
});

describe("readToldFailure", () => {
  it.for<{ error: object; code: ErrorCode; status: number }>([
    { error: { message: "m", code: 429 }, code: "upstream_rate_limited", status: 429 },
    { error: { message: "m", type: "insufficient_quota" }, code: "upstream_quota_exhausted", status: 429 },
    { error: { message: "m", type: "overloaded_error" }, code: "upstream_overloaded", status: 503 },
    { error: { message: "m", type: "timeout" }, code: "upstream_timeout", status: 504 },
    { error: { message: "m", code: "invalid_api_key" }, code: "upstream_auth_failed", status: 401 },
    { error: { message: "m", type: "permission_error" }, code: "upstream_forbidden", status: 403 },
    { error: { message: "m", type: "invalid_request_error" }, code: "upstream_rejected", status: 400 },
    {
      error: { message: "maximum context length is 9", type: "" },
      code: "context_length_exceeded",
      status: 400,
    },
    { error: { message: "m", type: "server_error", code: null }, code: "upstream_failed", status: 500 },
  ])("gives an error inside a 200 the meaning it would have had: $code", ({ error, code, status }) => {
    expect(readToldFailure({ error: JSON.parse(JSON.stringify(error)) })).toMatchObject({ code, status });
  });

  it.for([{}, { error: null }, { error: false }, { choices: [] }])("finds none in %j", (value) => {
    expect(readToldFailure(value)).toBeUndefined();
  });
});
