import type { UpstreamFailure } from "../../exchange/failure.ts";
import { type ErrorCode, errorCatalog } from "../../kernel/errors.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";
import { readRetryAfter } from "../../kernel/retry-after.ts";

/**
 * Reads a refusal or breakdown: status and message together decide what it means, for there is no code.
 *
 * Source: Cohere API reference, "Errors": `{id, message}`.
 */
export function readFailure(
  status: number,
  headers: ReadonlyMap<string, string>,
  body: Uint8Array,
): UpstreamFailure {
  const text = decoder.decode(body.subarray(0, bodyBytesMax));
  const value = parseJson(text);
  const message = isJsonObject(value) ? messageIn(value) : undefined;
  const retryAfterMs = readRetryAfter(headers);
  return {
    ...failureOf(status, message ?? text),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** Reads an error told in the body of a 200, whole or as an event of a stream; `undefined` when `value` is none. */
export function readToldFailure(value: JsonObject): UpstreamFailure | undefined {
  const { error, type } = value;
  const isBare = typeof value["message"] === "string" && (type === undefined || type === "error");
  const isTold = error !== undefined && error !== null && error !== false;
  if (!isBare && !isTold && type !== "error") return undefined;
  const message = messageIn(value) ?? "The stream was ended by an error event.";
  return failureOf(statusOf(message), message);
}

/** An answer that is none of this dialect's. */
export function malformed(message: string): UpstreamFailure {
  const code = "upstream_malformed_response";
  return { code, status: errorCatalog[code].status, message };
}

/** Larger error bodies are read no further. */
const bodyBytesMax = 64 * 1024;
const messageMax = 2000;
const decoder = new TextDecoder("utf-8");

function messageIn(value: JsonObject): string | undefined {
  const { error } = value;
  const told = isJsonObject(error) ? error["message"] : (value["message"] ?? error);
  return typeof told === "string" ? told : undefined;
}

function failureOf(status: number, message: string): UpstreamFailure {
  const code = codeOf(status, message);
  return { code, status: statusFor(code, status), message: message.slice(0, messageMax) };
}

/** Two statuses are Cohere's own: 498 refuses the content, 499 tells that it gave up. */
function statusFor(code: ErrorCode, status: number): number {
  const isPassed = status !== 498 && status !== 499 && !(code === "upstream_failed" && status < 500);
  return isPassed ? status : errorCatalog[code].status;
}

const contextLength =
  /too many tokens: (?:total number of tokens|size limit)|(?:context|prompt) (?:length|window|is too long)/i;
const missingModel =
  /model ['"‘]?[^'"’ ]*['"’]? (?:was removed|(?:is )?not found|does not exist|has been (?:removed|deprecated))/i;
const quota = /\/ ?month|per month|monthly|billing|quota|payment|credit/i;

function codeOf(status: number, message: string): ErrorCode {
  switch (status) {
    case 401:
      return "upstream_auth_failed";
    case 402:
      return "upstream_quota_exhausted";
    case 403:
      return "upstream_forbidden";
    case 404:
      return missingModel.test(message) ? "model_not_found" : "upstream_failed";
    case 408:
    case 504:
      return "upstream_timeout";
    case 413:
      return "request_too_large";
    case 429:
      return quota.test(message) ? "upstream_quota_exhausted" : "upstream_rate_limited";
    case 498:
      return "content_refused";
    case 499:
      return "upstream_failed";
    case 503:
    case 529:
      return "upstream_overloaded";
    default:
      break;
  }
  if (status < 400 || status >= 500) return "upstream_failed";
  if (contextLength.test(message)) return "context_length_exceeded";
  return missingModel.test(message) ? "model_not_found" : "upstream_rejected";
}

/** The status an error inside a 200 would have had. */
function statusOf(message: string): number {
  if (/rate limit|too many requests|trial key/i.test(message)) return 429;
  if (/overloaded|unavailable|at capacity/i.test(message)) return 503;
  if (/time(?:d )?out|deadline/i.test(message)) return 504;
  return /^invalid request|too many tokens/i.test(message) ? 400 : 500;
}
