import type { UpstreamFailure } from "../../exchange/failure.ts";
import { type ErrorCode, errorCatalog } from "../../kernel/errors.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../../kernel/json.ts";
import { readRetryAfter } from "../../kernel/retry-after.ts";

/**
 * Reads a refusal or breakdown from status, type, code and message together.
 *
 * Source: answers of the API: `{object: "error", message, type, param, code, raw_status_code}`, whose message may hold
 * the `detail` of a validation; `{detail}` alone; `{message}` of the proxy before it.
 */
export function readFailure(
  status: number,
  headers: ReadonlyMap<string, string>,
  body: Uint8Array,
): UpstreamFailure {
  const text = decoder.decode(body.subarray(0, bodyBytesMax));
  const value = parseJson(text);
  const retryAfterMs = readRetryAfter(headers);
  return {
    ...failureOf(status, isJsonObject(value) ? readSaid(value) : { ...silent, message: text }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** Reads an error told in the body of a 200, whole or as a frame of a stream; `undefined` when `value` is none. */
export function readToldFailure(value: JsonObject): UpstreamFailure | undefined {
  const { error, object, choices } = value;
  const isTold = error !== undefined && error !== null && error !== false;
  const isBare = choices === undefined && (value["message"] !== undefined || value["detail"] !== undefined);
  if (!isTold && object !== "error" && !isBare) return undefined;
  const said = readSaid(value);
  return failureOf(said.status ?? statusOf(said), said);
}

/** An answer that is none of this dialect's. */
export function malformed(message: string): UpstreamFailure {
  const code = "upstream_malformed_response";
  return { code, status: errorCatalog[code].status, message };
}

/** What an error says of itself. */
interface Said {
  readonly message: string;
  readonly type: string;
  readonly code: string;
  readonly param: string | undefined;
  readonly status: number | undefined;
}

const silent: Said = { message: "", type: "", code: "", param: undefined, status: undefined };

/** Larger error bodies are read no further. */
const bodyBytesMax = 64 * 1024;
const messageMax = 2000;
const decoder = new TextDecoder("utf-8");

function readSaid(value: JsonObject): Said {
  const { error } = value;
  const told = isJsonObject(error) ? error : value;
  const message = told["message"] ?? told["detail"] ?? (typeof error === "string" ? error : "");
  const fault = faultIn(isJsonObject(message) ? message["detail"] : message);
  const status = told["raw_status_code"];
  const param = typeof told["param"] === "string" ? told["param"] : fault?.param;
  return {
    message: fault?.message ?? (typeof message === "string" ? message : JSON.stringify(message)),
    type: textIn(told, "type"),
    code: textIn(told, "code"),
    param,
    status: typeof status === "number" && status >= 400 && status <= 599 ? status : undefined,
  };
}

/** The faults of a validation, each where it stands: `messages.0.name: Extra inputs are not permitted`. */
function faultIn(
  detail: Json | undefined,
): { readonly message: string; readonly param?: string } | undefined {
  if (typeof detail === "string") return { message: detail };
  const faults = Array.isArray(detail) ? detail.filter(isJsonObject) : [];
  const places = faults.map(({ loc }) => placeOf(loc));
  const [param = ""] = places;
  if (faults.length === 0) return undefined;
  const message = faults
    .map((fault, index) => [places[index], textIn(fault, "msg")].filter((text) => text !== "").join(": "))
    .join("; ");
  return { message, ...(param !== "" && { param }) };
}

function placeOf(loc: Json | undefined): string {
  if (!Array.isArray(loc)) return "";
  const steps = loc.filter((step) => typeof step === "string" || typeof step === "number");
  return (steps[0] === "body" ? steps.slice(1) : steps).join(".");
}

function textIn(object: JsonObject, member: string): string {
  const value = object[member];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function failureOf(status: number, said: Said): UpstreamFailure {
  const code = codeOf(status, said);
  const upstreamCode = said.code === "" ? said.type : said.code;
  return {
    code,
    status: code === "upstream_failed" && status < 500 ? errorCatalog[code].status : status,
    message: said.message.slice(0, messageMax),
    ...(said.param !== undefined && { param: said.param }),
    ...(upstreamCode !== "" && { upstreamCode }),
  };
}

const contextLength = /maximum (?:context|input) length|context (?:length|window)|prompt is too long/i;
const contentPolicy = /guardrail|moderation|content[ _](?:policy|filter)/i;
const missingModel = /invalid[ _]model|model[ _]not[ _]found|model .{0,200}(?:does not exist|not found)/i;
const quota = /monthly|quota|billing|payment|credit|usage limit|spend/i;

function codeOf(status: number, { message, type, code }: Said): ErrorCode {
  const words = `${type} ${code} ${message}`;
  switch (status) {
    case 401:
      return "upstream_auth_failed";
    case 402:
      return "upstream_quota_exhausted";
    case 403:
      return contentPolicy.test(words) ? "content_refused" : "upstream_forbidden";
    case 404:
      return missingModel.test(words) ? "model_not_found" : "upstream_failed";
    case 408:
    case 504:
      return "upstream_timeout";
    case 413:
      return contextLength.test(words) ? "context_length_exceeded" : "request_too_large";
    case 429:
      return quota.test(words) ? "upstream_quota_exhausted" : "upstream_rate_limited";
    case 503:
    case 529:
      return "upstream_overloaded";
    default:
      break;
  }
  if (status < 400 || status >= 500) return "upstream_failed";
  if (contextLength.test(words)) return "context_length_exceeded";
  if (missingModel.test(words)) return "model_not_found";
  return contentPolicy.test(`${type} ${code}`) ? "content_refused" : "upstream_rejected";
}

/** The status an error inside a 200 would have had. */
function statusOf({ message, type, code }: Said): number {
  const words = `${type} ${code} ${message}`;
  if (/rate[ _]?limit|too many requests|capacity exceeded/i.test(words)) return 429;
  if (/overloaded|unavailable/i.test(words)) return 503;
  if (/time(?:d )?out|deadline/i.test(words)) return 504;
  if (/unauthorized/i.test(words)) return 401;
  return /invalid_|extra_forbidden/i.test(type) || contextLength.test(message) ? 400 : 500;
}
