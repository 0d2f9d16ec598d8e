import type { BrokenStream } from "../../exchange/codec.ts";
import { writeEvent } from "../../framing/sse-write.ts";
import { type GatewayError } from "../../kernel/errors.ts";
import { printJson } from "../../kernel/json.ts";
import type { ErrorBody, ErrorType } from "./wire.ts";

/** The error body of this dialect, under HTTP status `error.status`. */
export function encodeError(error: GatewayError, requestId: string): string {
  const body: ErrorBody = {
    type: "error",
    error: { type: errorTypeOf(error), message: messageOf(error) },
    request_id: requestId,
  };
  return printJson(body);
}

/** The event that ends a stream that failed after its first byte; `message_stop` must not follow. */
export function encodeStreamError(
  error: GatewayError,
  { requestId }: Pick<BrokenStream, "requestId">,
): string {
  return writeEvent(encodeError(error, requestId), "error");
}

/**
 * The error's type in this dialect.
 * Source: Anthropic API reference, "Errors"; the AI models specification, section 14.
 */
function errorTypeOf(error: GatewayError): ErrorType {
  switch (error.code) {
    case "upstream_overloaded":
    case "overloaded":
      return "overloaded_error";
    case "upstream_timeout":
    case "request_timeout":
      return "timeout_error";
    case "upstream_quota_exhausted":
      return error.status === 402 ? "billing_error" : "rate_limit_error";
    default:
      return typeOfStatus(error.status);
  }
}

function typeOfStatus(status: number): ErrorType {
  switch (status) {
    case 401:
      return "authentication_error";
    case 402:
      return "billing_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 413:
      return "request_too_large";
    case 429:
      return "rate_limit_error";
    case 504:
      return "timeout_error";
    case 529:
      return "overloaded_error";
    default:
      return status >= 400 && status < 500 ? "invalid_request_error" : "api_error";
  }
}

function messageOf(error: GatewayError): string {
  return error.code === "context_length_exceeded"
    ? contextSentence(error.publicMessage)
    : error.publicMessage;
}

/**
 * A context-length message in the words that clients of this dialect look for when they decide to shorten a
 * conversation: with the numbers of the original, or the original behind a recognisable beginning.
 */
function contextSentence(message: string): string {
  if (/prompt is too long|exceed context limit/.test(message)) return message;
  const limit = numberIn(message, /maximum (?:context|input) length is ([\d,]+)/i);
  const input = numberIn(message, /([\d,]+) (?:tokens )?(?:in|from|of) the (?:messages|input|prompt)/i);
  const output = numberIn(message, /([\d,]+) (?:tokens )?(?:in|for|from) the (?:completion|output)/i);
  const total = numberIn(
    message,
    /(?:requested|resulted in|has|contains) (?:about |at least )?([\d,]+) (?:input )?tokens/i,
  );
  if (limit !== undefined && input !== undefined && output !== undefined) {
    return `input length and \`max_tokens\` exceed context limit: ${input} + ${output} > ${limit}, decrease input length or \`max_tokens\` and try again`;
  }
  const used = total ?? input;
  if (limit !== undefined && used !== undefined)
    return `prompt is too long: ${used} tokens > ${limit} maximum`;
  return `prompt is too long: ${message}`;
}

function numberIn(message: string, pattern: RegExp): number | undefined {
  const digits = pattern.exec(message)?.[1]?.replaceAll(",", "");
  return digits === undefined || digits === "" ? undefined : Number(digits);
}
