import { describe, expect, it } from "vitest";
import { readFailure } from "./error.ts";

const read = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  readFailure(
    status,
    new Map(Object.entries(headers)),
    new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)),
  );
const openai = (members: Readonly<Record<string, unknown>>) => ({
  error: { message: "m", type: "invalid_request_error", param: null, code: null, ...members },
});

describe("readFailure", () => {
  it.for<{ name: string; status: number; body: unknown; code: string }>([
    {
      name: "a bad key",
      status: 401,
      body: openai({ code: "invalid_api_key" }),
      code: "upstream_auth_failed",
    },
    {
      name: "an empty account",
      status: 429,
      body: openai({ code: "insufficient_quota" }),
      code: "upstream_quota_exhausted",
    },
    {
      name: "a rate limit",
      status: 429,
      body: openai({ code: "rate_limit_exceeded" }),
      code: "upstream_rate_limited",
    },
    {
      name: "rule 59: a prompt that is too long",
      status: 400,
      body: openai({
        code: "context_length_exceeded",
        message: "Your input exceeds the context window of this model.",
      }),
      code: "context_length_exceeded",
    },
    {
      name: "a missing model",
      status: 404,
      body: openai({ message: "The model `x` does not exist" }),
      code: "model_not_found",
    },
    { name: "a missing page", status: 404, body: "<html>not found</html>", code: "upstream_failed" },
    {
      name: "an answer that is not kept",
      status: 404,
      body: openai({
        message: "Item with id 'rs_1' not found. Items are not persisted when `store` is set to false.",
      }),
      code: "upstream_rejected",
    },
    {
      name: "a previous answer that is not kept",
      status: 400,
      body: openai({ code: "previous_response_not_found" }),
      code: "upstream_rejected",
    },
    {
      name: "a forbidden prompt",
      status: 400,
      body: openai({ code: "invalid_prompt" }),
      code: "content_refused",
    },
    {
      name: "Azure's filter",
      status: 400,
      body: openai({ code: "content_filter", innererror: {} }),
      code: "content_refused",
    },
    {
      name: "an organisation that may not",
      status: 403,
      body: openai({ code: "unsupported_country_region_territory" }),
      code: "upstream_forbidden",
    },
    {
      name: "a bad parameter",
      status: 400,
      body: openai({ param: "temperature" }),
      code: "upstream_rejected",
    },
    { name: "an overload", status: 503, body: openai({ type: "server_error" }), code: "upstream_overloaded" },
    { name: "a proxy's timeout", status: 504, body: "<html>", code: "upstream_timeout" },
    { name: "rule 60: a list with one error", status: 400, body: [openai({})], code: "upstream_rejected" },
    {
      name: "rule 60: a bare detail",
      status: 400,
      body: { detail: "Unsupported parameter" },
      code: "upstream_rejected",
    },
  ])("$name is $code", ({ status, body, code }) => {
    expect(read(status, body)).toMatchObject({ code, status });
  });

  it("keeps message, parameter and the provider's own code", () => {
    expect(read(400, openai({ param: "input[1]", code: "string_above_max_length" }))).toEqual({
      code: "upstream_rejected",
      status: 400,
      message: "m",
      param: "input[1]",
      upstreamCode: "string_above_max_length",
    });
  });

  it.for([
    { headers: { "retry-after-ms": "20", "retry-after": "9" }, retryAfterMs: 20 },
    { headers: { "retry-after": "1.5" }, retryAfterMs: 1500 },
    {
      headers: { "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", date: "Wed, 21 Oct 2026 07:28:00 GMT" },
      retryAfterMs: 30_000,
    },
    { headers: { "retry-after": "soon" }, retryAfterMs: undefined },
    { headers: {}, retryAfterMs: undefined },
  ])("reads $headers as $retryAfterMs ms", ({ headers, retryAfterMs }) => {
    const present = Object.fromEntries(Object.entries(headers).filter((entry) => entry[1] !== undefined));
    expect(read(429, "", present).retryAfterMs).toBe(retryAfterMs);
  });
});
