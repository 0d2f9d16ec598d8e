import type { UpstreamFailure } from "../../exchange/failure.ts";
import { type ErrorCode, errorCatalog } from "../../kernel/errors.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../../kernel/json.ts";
import { readRetryAfter } from "../../kernel/retry-after.ts";
import { stringOf } from "./candidate.ts";

/**
 * Reads a refusal of the provider, or of whatever stands before it: status, status word, details and message together
 * decide what it means.
 *
 * Source: Google Cloud APIs, "Errors" (google.rpc.Status): `{error: {code, message, status, details}}`, also as the
 * only element of an array.
 */
export function readFailure(
  status: number,
  headers: ReadonlyMap<string, string>,
  body: Uint8Array,
): UpstreamFailure {
  const text = decoder.decode(body.subarray(0, bodyBytesMax));
  const said = readSaid(parseJson(text)) ?? { ...silent, message: text.slice(0, messageMax) };
  return failureOf(status, said, readRetryAfter(headers));
}

/** Reads an error told in the body of a 200, whole or as a chunk of a stream; `undefined` when `value` tells none. */
export function readToldFailure(value: Json): UpstreamFailure | undefined {
  const said = readSaid(value);
  return said === undefined ? undefined : failureOf(statusOf(said), said, undefined);
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

/** What an error says of itself. */
interface Said {
  readonly message: string;
  readonly code: number | undefined;
  /** The word of `google.rpc.Code`: `RESOURCE_EXHAUSTED`. */
  readonly status: string;
  /** Of `google.rpc.ErrorInfo`: `API_KEY_INVALID`. */
  readonly reason: string;
  /** The quotas that were exceeded, by their ids; a quota of 0 counts as one of a day. */
  readonly quotas: string;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;
}

const silent: Said = {
  message: "",
  code: undefined,
  status: "",
  reason: "",
  quotas: "",
  field: undefined,
  retryAfterMs: undefined,
};

function readSaid(value: Json | undefined): Said | undefined {
  const outer: Json | undefined = Array.isArray(value) ? value[0] : value;
  const error = isJsonObject(outer) ? outer["error"] : undefined;
  if (typeof error === "string") return { ...silent, message: error.slice(0, messageMax) };
  if (!isJsonObject(error)) return undefined;
  const details = Array.isArray(error["details"]) ? error["details"].filter(isJsonObject) : [];
  const of = (type: string): JsonObject =>
    details.find((detail) => stringOf(detail, "@type").endsWith(`.${type}`)) ?? {};
  const code = error["code"];
  return {
    message: stringOf(error, "message").slice(0, messageMax),
    code: typeof code === "number" && code >= 400 && code <= 599 ? code : undefined,
    status: stringOf(error, "status"),
    reason: stringOf(of("ErrorInfo"), "reason"),
    quotas: quotasOf(of("QuotaFailure")),
    field: fieldOf(of("BadRequest")),
    retryAfterMs: durationMs(of("RetryInfo")["retryDelay"]),
  };
}

function quotasOf({ violations }: JsonObject): string {
  const exceeded = Array.isArray(violations) ? violations.filter(isJsonObject) : [];
  return exceeded
    .map((violation) =>
      violation["quotaValue"] === "0"
        ? "PerDay"
        : stringOf(violation, "quotaId") || stringOf(violation, "subject"),
    )
    .join(" ");
}

function fieldOf({ fieldViolations }: JsonObject): string | undefined {
  const first: Json | undefined = Array.isArray(fieldViolations) ? fieldViolations[0] : undefined;
  const field = isJsonObject(first) ? stringOf(first, "field") : "";
  return field === "" ? undefined : field;
}

/** A `google.protobuf.Duration`, `34.4s`, in whole milliseconds. */
function durationMs(value: Json | undefined): number | undefined {
  const seconds = typeof value === "string" ? /^(\d+(?:\.\d+)?)s$/.exec(value)?.[1] : undefined;
  return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1000);
}

function failureOf(status: number, said: Said, retryAfterMs: number | undefined): UpstreamFailure {
  const wait = retryAfterMs ?? said.retryAfterMs;
  return {
    code: codeOf(status, said),
    status,
    message: said.message,
    ...(said.field === undefined ? {} : { param: said.field }),
    ...(said.status === "" ? {} : { upstreamCode: said.status }),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
}

const aboutKey = /^(?:API_KEY|ACCESS_TOKEN|CREDENTIALS)_|^SERVICE_ACCOUNT_/;
const aboutBilling = /^BILLING_|^CONSUMER_SUSPENDED$/;
const contextLength =
  /token count.{0,40} exceeds|exceeds the maximum number of (?:input )?tokens|context (?:length|window)/i;
const contentPolicy =
  /prohibited content|content policy|blocked (?:by|due to)|safety (?:polic|filter)|responsible ai/i;

/** What a failure means: its status decides, unless details and message know better. */
function codeOf(status: number, said: Said): ErrorCode {
  const { message, reason } = said;
  if (aboutKey.test(reason)) return "upstream_auth_failed";
  if (aboutBilling.test(reason) || status === 402) return "upstream_quota_exhausted";
  switch (status) {
    case 400:
    case 422:
      return codeOfRefusal(message);
    case 401:
      return "upstream_auth_failed";
    case 403:
      return /api key.{0,40}(?:leaked|not valid|invalid)/i.test(message)
        ? "upstream_auth_failed"
        : "upstream_forbidden";
    case 404:
      return /\b(?:file|cachedcontents?|cached content)\b/i.test(message)
        ? "upstream_rejected"
        : "model_not_found";
    case 408:
    case 504:
      return "upstream_timeout";
    case 413:
      return "request_too_large";
    case 429:
      return isSpent(said) ? "upstream_quota_exhausted" : "upstream_rate_limited";
    case 503:
    case 529:
      return "upstream_overloaded";
    default:
      return status >= 400 && status < 500 ? "upstream_rejected" : "upstream_failed";
  }
}

function codeOfRefusal(message: string): ErrorCode {
  if (contextLength.test(message)) return "context_length_exceeded";
  if (/payload size exceeds|request (?:payload|body) (?:is )?too large/i.test(message))
    return "request_too_large";
  if (/api key (?:not valid|expired|not found)|valid api key/i.test(message)) return "upstream_auth_failed";
  if (/user location is not supported/i.test(message)) return "upstream_forbidden";
  return contentPolicy.test(message) ? "content_refused" : "upstream_rejected";
}

/**
 * Whether waiting a little does not help. The message is the same for every quota ("You exceeded your current quota,
 * please check your plan and billing details"); only the quota's id tells a minute from a day.
 */
function isSpent({ message, quotas }: Said): boolean {
  return /PerDay/i.test(quotas) || /credits? (?:are|is) depleted|spending (?:cap|limit)/i.test(message);
}

const statuses: ReadonlyMap<string, number> = new Map([
  ["INVALID_ARGUMENT", 400],
  ["FAILED_PRECONDITION", 400],
  ["OUT_OF_RANGE", 400],
  ["UNAUTHENTICATED", 401],
  ["PERMISSION_DENIED", 403],
  ["NOT_FOUND", 404],
  ["RESOURCE_EXHAUSTED", 429],
  ["UNAVAILABLE", 503],
  ["DEADLINE_EXCEEDED", 504],
]);

/** The status an error inside a 200 would have had. */
function statusOf({ code, status }: Said): number {
  return code ?? statuses.get(status) ?? 500;
}
