import type { BrokenStream } from "../../exchange/codec.ts";
import type { StreamForm } from "../../exchange/dialect.ts";
import { writeEvent } from "../../framing/sse-write.ts";
import type { GatewayError } from "../../kernel/errors.ts";
import { printJson } from "../../kernel/json.ts";
import type { ErrorBody, ErrorDetail, ErrorStatus } from "./wire.ts";

/** The error body of this dialect, under HTTP status `error.status`; whoever asked for an array gets one. */
export function encodeError(error: GatewayError, requestId: string, form?: StreamForm): string {
  const chunk = errorChunk(error, requestId);
  return form === "json-array" ? `[${chunk}]` : chunk;
}

/** An error as a chunk that ends a stream. */
function errorChunk(error: GatewayError, requestId: string): string {
  const message = messageOf(error);
  const body: ErrorBody = {
    error: {
      code: error.status,
      message,
      status: statusOf(error),
      details: detailsOf(error, message, requestId),
    },
  };
  return printJson(body);
}

/** The end of a stream that passed byte for byte and broke off: an error chunk, behind which an array is closed. */
export function encodeStreamError(
  error: GatewayError,
  { requestId, streamForm, lastData }: BrokenStream,
): string {
  const chunk = errorChunk(error, requestId);
  return streamForm === "sse" ? writeEvent(chunk) : `${lastData === undefined ? "[" : ","}${chunk}]`;
}

/** What Google's own error details have a place for. */
function detailsOf(error: GatewayError, description: string, requestId: string): readonly ErrorDetail[] {
  const { param, retryAfterMs } = error.facts;
  const details: ErrorDetail[] = [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: error.code.toUpperCase(),
      domain: "sallyport",
    },
  ];
  if (param !== undefined) {
    const fieldViolations = [{ field: param, description }];
    details.push({ "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations });
  }
  if (retryAfterMs !== undefined) {
    const retryDelay = `${Math.max(0, retryAfterMs) / 1000}s`;
    details.push({ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay });
  }
  details.push({ "@type": "type.googleapis.com/google.rpc.RequestInfo", requestId });
  return details;
}

/**
 * The error's status in this dialect.
 * Source: googleapis, `google/rpc/code.proto`; the AI models specification, section 14.
 */
function statusOf(error: GatewayError): ErrorStatus {
  switch (error.code) {
    case "upstream_timeout":
    case "request_timeout":
      return "DEADLINE_EXCEEDED";
    case "upstream_overloaded":
    case "overloaded":
      return "UNAVAILABLE";
    case "upstream_quota_exhausted":
      return "RESOURCE_EXHAUSTED";
    default:
      return statusOfHttp(error.status);
  }
}

function statusOfHttp(status: number): ErrorStatus {
  switch (status) {
    case 401:
      return "UNAUTHENTICATED";
    case 403:
      return "PERMISSION_DENIED";
    case 404:
      return "NOT_FOUND";
    case 409:
      return "ABORTED";
    case 429:
      return "RESOURCE_EXHAUSTED";
    case 499:
      return "CANCELLED";
    case 502:
    case 503:
    case 529:
      return "UNAVAILABLE";
    case 504:
      return "DEADLINE_EXCEEDED";
    default:
      return status >= 400 && status < 500 ? "INVALID_ARGUMENT" : "INTERNAL";
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
  if (/token count.{0,40} exceeds the maximum/i.test(message)) return message;
  const sum = /([\d,]+) \+ ([\d,]+) > ([\d,]+)/.exec(message);
  const compared = /([\d,]+) tokens > ([\d,]+)/.exec(message);
  const limit =
    sum?.[3] ?? compared?.[2] ?? /maximum (?:context|input) length (?:is|of) ([\d,]+)/i.exec(message)?.[1];
  const used =
    compared?.[1] ??
    /([\d,]+) (?:tokens )?(?:in|from|of) the (?:messages|input|prompt)/i.exec(message)?.[1] ??
    /(?:requested|resulted in|has|contains) (?:about |at least )?([\d,]+) (?:input )?tokens/i.exec(
      message,
    )?.[1];
  const input = sum === null ? numberIn(used) : numberIn(sum[1]);
  const most = numberIn(limit);
  if (input === undefined || most === undefined)
    return `The input token count exceeds the maximum number of tokens allowed. ${message}`;
  // What is set aside for the answer is not allowed to the prompt.
  const allowed = most - (numberIn(sum?.[2]) ?? 0);
  return `The input token count (${input}) exceeds the maximum number of tokens allowed (${allowed}).`;
}

function numberIn(digits: string | undefined): number | undefined {
  const plain = digits?.replaceAll(",", "") ?? "";
  return plain === "" ? undefined : Number(plain);
}
