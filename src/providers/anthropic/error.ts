import type { UpstreamFailure } from "../../exchange/failure.ts";
import { type ErrorCode, errorCatalog } from "../../kernel/errors.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../../kernel/json.ts";
import { readRetryAfter } from "../../kernel/retry-after.ts";

/**
 * Reads a refusal of the provider, or of whatever stands before it: status, type and message together decide what it
 * means.
 *
 * Source: Anthropic API reference, "Errors": `{type: "error", error: {type, message}, request_id}`.
 */
export function readFailure(
  status: number,
  headers: ReadonlyMap<string, string>,
  body: Uint8Array,
): UpstreamFailure {
  const text = decoder.decode(body.subarray(0, bodyBytesMax));
  const value = parseJson(text);
  const error = isJsonObject(value) ? value["error"] : undefined;
  const told = isJsonObject(error) ? error : isJsonObject(value) ? value : {};
  const retryAfterMs = readRetryAfter(headers);
  const failure = classify({ status, type: stringOf(told, "type"), message: messageOf(told, error, text) });
  return { ...failure, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** The failure that an `error` event inside a stream tells; its status is the one its type goes with. */
export function failureOfEvent(data: Json | undefined): UpstreamFailure {
  const error = isJsonObject(data) ? data["error"] : undefined;
  const told = isJsonObject(error) ? error : {};
  const type = stringOf(told, "type");
  const status = type === undefined ? undefined : statusOfType[type];
  const message = messageOf(told, error, "The stream was ended by an error event.");
  return classify({ status: status ?? errorCatalog.upstream_failed.status, type, message });
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

const statusOfType: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

interface Told {
  readonly status: number;
  readonly type: string | undefined;
  readonly message: string;
}

function classify({ status, type, message }: Told): UpstreamFailure {
  const param = /^([a-z_]+(?:\.[\w-]+)*): /.exec(message)?.[1];
  return {
    code: codeOf({ status, type, message }),
    status,
    message: message.slice(0, messageMax),
    ...(param === undefined ? {} : { param }),
    ...(type === undefined ? {} : { upstreamCode: type }),
  };
}

function codeOf({ status, type, message }: Told): ErrorCode {
  if (type === "overloaded_error" || status === 529 || status === 503) return "upstream_overloaded";
  if (type === "timeout_error" || status === 504 || status === 408) return "upstream_timeout";
  if (status === 402 || type === "billing_error" || isAboutCredit(message)) return "upstream_quota_exhausted";
  switch (status) {
    case 401:
      return "upstream_auth_failed";
    case 403:
      return "upstream_forbidden";
    case 404:
      return "model_not_found";
    case 413:
      return "request_too_large";
    case 429:
      return "upstream_rate_limited";
    default:
      break;
  }
  if (status < 400 || status >= 500) return "upstream_failed";
  if (
    /prompt is too long|exceeds? (?:the )?(?:model's )?(?:maximum )?context|context (?:window|limit)/i.test(
      message,
    )
  ) {
    return "context_length_exceeded";
  }
  return /content filter|content policy|blocked by/i.test(message) ? "content_refused" : "upstream_rejected";
}

/** An empty account is told as an invalid request or a rate limit, and is neither. */
function isAboutCredit(message: string): boolean {
  return /credit balance is too low|reached your specified api usage limits/i.test(message);
}

function messageOf(told: JsonObject, error: Json | undefined, fallback: string): string {
  return (
    stringOf(told, "message") ?? stringOf(told, "detail") ?? (typeof error === "string" ? error : fallback)
  );
}

function stringOf(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === "string" ? value : undefined;
}
