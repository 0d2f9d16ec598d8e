import { describe, expect, it } from "vitest";
import type { UpstreamFailure } from "../../exchange/failure.ts";
import { bedrockConverse } from "./index.ts";

function read(
  status: number,
  type: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): UpstreamFailure {
  const all = { ...(type === "" ? {} : { "x-amzn-errortype": type }), ...headers };
  return bedrockConverse.readFailure(status, new Map(Object.entries(all)), new TextEncoder().encode(body));
}
const words = (message: string): string => JSON.stringify({ message });

describe("rule 60: readFailure", () => {
  it.for([
    [400, "ValidationException", "1 validation error detected", "upstream_rejected", 400],
    [400, "ValidationException", "The provided model identifier is invalid.", "model_not_found", 404],
    [
      404,
      "ResourceNotFoundException",
      "This model version has reached the end of its life.",
      "model_not_found",
      404,
    ],
    [403, "AccessDeniedException", "You don't have access to the model.", "upstream_forbidden", 403],
    [
      403,
      "UnrecognizedClientException",
      "The security token included in the request is invalid.",
      "upstream_auth_failed",
      401,
    ],
    [
      403,
      "InvalidSignatureException",
      "The request signature we calculated does not match",
      "upstream_auth_failed",
      401,
    ],
    [
      403,
      "ExpiredTokenException",
      "The security token included in the request is expired",
      "upstream_auth_failed",
      401,
    ],
    [403, "MissingAuthenticationTokenException", "Missing Authentication Token", "upstream_auth_failed", 401],
    [
      429,
      "ThrottlingException",
      "Too many requests, please wait before trying again.",
      "upstream_rate_limited",
      429,
    ],
    [
      429,
      "ThrottlingException",
      "Too many tokens per day, please wait before trying again.",
      "upstream_quota_exhausted",
      429,
    ],
    [400, "ServiceQuotaExceededException", "You have exceeded the quota", "upstream_quota_exhausted", 429],
    [429, "ModelNotReadyException", "The model is not ready", "upstream_overloaded", 503],
    [
      503,
      "ServiceUnavailableException",
      "Bedrock is unable to process your request.",
      "upstream_overloaded",
      503,
    ],
    [408, "ModelTimeoutException", "The model took too long", "upstream_timeout", 504],
    [424, "ModelErrorException", "The model failed", "upstream_failed", 502],
    [500, "InternalServerException", "Internal", "upstream_failed", 500],
    [404, "UnknownOperationException", "", "model_not_found", 404],
    [413, "", "Request Entity Too Large", "request_too_large", 413],
    [401, "", "no", "upstream_auth_failed", 401],
    [402, "", "pay", "upstream_quota_exhausted", 402],
    [403, "", "no", "upstream_forbidden", 403],
    [429, "", "slow", "upstream_rate_limited", 429],
    [500, "", "oops", "upstream_failed", 500],
    [502, "", "<html>", "upstream_failed", 502],
    [503, "", "busy", "upstream_overloaded", 503],
    [504, "", "late", "upstream_timeout", 504],
    [422, "", "no", "upstream_rejected", 422],
  ] as const)("%i %s: %s is %s", ([status, type, message, code, expected]) => {
    expect(read(status, type, words(message))).toMatchObject({ code, status: expected, message });
  });

  it("takes the exception's name out of the header, or out of the body", () => {
    const long = "ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/";
    expect(read(429, long, words("m")).upstreamCode).toBe("ThrottlingException");
    const body =
      '{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"User is not authorized"}';
    expect(read(403, "", body)).toEqual({
      code: "upstream_forbidden",
      status: 403,
      message: "User is not authorized",
      upstreamCode: "AccessDeniedException",
    });
    expect(read(500, "", words("m"))).not.toHaveProperty("upstreamCode");
  });

  it("reads what is no JSON", () => {
    expect(read(502, "", `<html>${"x".repeat(1000)}`)).toEqual({
      code: "upstream_failed",
      status: 502,
      message: `<html>${"x".repeat(494)}`,
    });
    expect(read(500, "", "")).toEqual({ code: "upstream_failed", status: 500, message: "" });
  });

  it("bounds the message", () => {
    expect(read(400, "ValidationException", words("x".repeat(10_000))).message).toHaveLength(2000);
  });

  it("takes the model's own status into account", () => {
    const body = JSON.stringify({ message: "m", originalStatusCode: 429, resourceName: "r" });
    expect(read(424, "ModelErrorException", body)).toMatchObject({
      code: "upstream_rate_limited",
      status: 429,
    });
  });

  it.for([
    [{ "retry-after": "3" }, 3000],
    [{ "retry-after": "1", "retry-after-ms": "1500" }, 1500],
    [{ "retry-after": "Wed, 25 Nov 2026 00:00:00 GMT" }, undefined],
    [{}, undefined],
  ] as const)("keeps when to come again: %j", ([headers, expected]) => {
    expect(read(429, "ThrottlingException", words("m"), headers).retryAfterMs).toBe(expected);
  });
});

describe("rule 59: a prompt that is too long", () => {
  it.for([
    "Input is too long for requested model.",
    "The model returned the following errors: input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000, decrease input length or `max_tokens` and try again",
    "The model returned the following errors: prompt is too long: 215000 tokens > 200000 maximum",
    "Too many input tokens. Max input tokens: 8192, request input token count: 10000",
    "Input Tokens Exceeded: Number of input tokens exceeds maximum length. Please update the input to try again.",
    "This model's maximum context length is 131072 tokens. Please reduce the length of the prompt",
  ])("is recognised, with its numbers: %s", (message) => {
    expect(read(400, "ValidationException", words(message))).toMatchObject({
      code: "context_length_exceeded",
      status: 400,
      message,
    });
  });

  it("is not seen in other refusals", () => {
    const message = "max_tokens: 999999 > 8192, which is the maximum allowed number of output tokens";
    expect(read(400, "ValidationException", words(message)).code).toBe("upstream_rejected");
  });
});

describe("content that is refused", () => {
  it("is told as such", () => {
    const message = "The model returned the following errors: Output blocked by content filtering policy";
    expect(read(400, "ValidationException", words(message))).toMatchObject({
      code: "content_refused",
      status: 400,
    });
  });
});
