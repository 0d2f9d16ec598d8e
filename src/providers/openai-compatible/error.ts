import type { UpstreamFailure } from "../../exchange/failure.ts";
import { type ErrorCode, errorCatalog } from "../../kernel/errors.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../../kernel/json.ts";
import { readRetryAfter } from "../../kernel/retry-after.ts";

/** What an error says of itself, in whatever shape it came. */
interface Said {
  readonly message: string;
  readonly type: string;
  readonly code: string;
  readonly param: string | undefined;
  /** A status inside the body: OpenRouter's numeric code, Mistral's `raw_status_code`. */
  readonly status: number | undefined;
}

/** Reads a refusal or breakdown from status, headers and body together. Shapes: AI models specification, rule 60. */
export function readFailure(
  status: number,
  headers: ReadonlyMap<string, string>,
  body: Uint8Array,
): UpstreamFailure {
  const text = new TextDecoder().decode(body.subarray(0, 64 * 1024));
  const value = parseJson(text);
  const said = value === undefined ? undefined : readSaid(value);
  const retryAfterMs = readRetryAfter(headers);
  return {
    ...failureOf(
      status,
      said ?? { message: text.slice(0, 500), type: "", code: "", param: undefined, status: undefined },
    ),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** Reads an error told in the body of a 200, whole or as a frame of a stream; `undefined` when `value` is none. */
export function readToldFailure(value: JsonObject): UpstreamFailure | undefined {
  const { error } = value;
  if (error === undefined || error === null || error === false) return undefined;
  const said = readSaid(value);
  return failureOf(said.status ?? statusOf(said), said);
}

/** An answer that cannot be read. */
export function malformed(message: string): UpstreamFailure {
  return {
    code: "upstream_malformed_response",
    status: errorCatalog.upstream_malformed_response.status,
    message,
  };
}

function failureOf(status: number, said: Said): UpstreamFailure {
  return {
    code: classify(status, said),
    status,
    message: said.message,
    ...(said.param !== undefined && { param: said.param }),
    ...(said.code !== "" && { upstreamCode: said.code }),
  };
}

function readSaid(value: Json): Said {
  const outer = Array.isArray(value) ? value[0] : value;
  const object: JsonObject = isJsonObject(outer)
    ? outer
    : { message: typeof outer === "string" ? outer : "" };
  const { error } = object;
  const inner: JsonObject = isJsonObject(error)
    ? error
    : typeof error === "string"
      ? { ...object, message: error }
      : object;
  const metadata = isJsonObject(inner["metadata"]) ? inner["metadata"] : {};
  const raw = metadata["raw"];
  const code = inner["code"] ?? innerErrorCode(inner) ?? "";
  const numeric = typeof code === "number" ? code : (inner["raw_status_code"] ?? object["raw_status_code"]);
  const message = inner["message"] ?? inner["detail"] ?? object["message"] ?? object["detail"] ?? "";
  return {
    message: [textOf(message), typeof raw === "string" ? raw : ""].filter((text) => text !== "").join(": "),
    type: textOf(inner["type"] ?? inner["status"] ?? ""),
    code: textOf(code),
    param: typeof inner["param"] === "string" ? inner["param"] : undefined,
    status: typeof numeric === "number" && numeric >= 400 && numeric <= 599 ? numeric : undefined,
  };
}

/** Azure tells why a filter closed in `innererror`. */
function innerErrorCode(error: JsonObject): Json | undefined {
  const inner = error["innererror"];
  return isJsonObject(inner) ? inner["code"] : undefined;
}

function textOf(value: Json): string {
  if (typeof value === "string") return value;
  return typeof value === "object" ? JSON.stringify(value).slice(0, 500) : String(value);
}

const contextLength =
  /context[ _-]?(?:length|window)|maximum (?:context|prompt) length|prompt is too long|exceeds? (?:the )?(?:model'?s )?(?:maximum|max) (?:input|number of) tokens|input length and .?max_tokens.? exceed/i;
const contentPolicy = /content[ _-]?(?:filter|policy|management)|responsible ?ai|usage polic|safety system/i;
const quota =
  /insufficient[ _](?:quota|balance|credits?|funds)|billing|credit balance|quota exceeded|exceeded your (?:current )?quota|payment required/i;
const missingModel =
  /model[ _]not[ _]found|(?:model|deployment).{0,200}(?:does not exist|not found|deprecated|not available|unknown)|(?:no such|unknown|invalid) model/i;

/** What a failure means: its status decides, unless code, type and message know better. */
function classify(status: number, { code, type, message }: Said): ErrorCode {
  const words = `${code} ${type}`;
  if (status >= 500) {
    if (status === 504) return "upstream_timeout";
    return status === 503 || status === 529 || /overloaded|capacity/i.test(words)
      ? "upstream_overloaded"
      : "upstream_failed";
  }
  switch (status) {
    case 401:
      return "upstream_auth_failed";
    case 402:
      return "upstream_quota_exhausted";
    case 403:
      return contentPolicy.test(words)
        ? "content_refused"
        : quota.test(words)
          ? "upstream_quota_exhausted"
          : "upstream_forbidden";
    case 404:
      return missingModel.test(`${words} ${message}`) ? "model_not_found" : "upstream_failed";
    case 408:
      return "upstream_timeout";
    case 413:
      return contextLength.test(`${words} ${message}`) ? "context_length_exceeded" : "request_too_large";
    case 429:
      return quota.test(`${words} ${message}`) ? "upstream_quota_exhausted" : "upstream_rate_limited";
    default:
      break;
  }
  if (contextLength.test(`${words} ${message}`)) return "context_length_exceeded";
  if (contentPolicy.test(words) || /content management policy|safety system/i.test(message))
    return "content_refused";
  if (/model_not_found|model_not_exist/i.test(words)) return "model_not_found";
  return quota.test(words) ? "upstream_quota_exhausted" : "upstream_rejected";
}

/** The status an error inside a 200 would have had. */
function statusOf({ code, type, message }: Said): number {
  const words = `${code} ${type}`;
  if (/rate_?limit|too_many_requests|resource_exhausted/i.test(words) || quota.test(words)) return 429;
  if (/overloaded|unavailable|capacity/i.test(words)) return 503;
  if (/timeout|deadline/i.test(words)) return 504;
  if (/authentication|invalid_api_key|unauthorized/i.test(words)) return 401;
  if (/permission|forbidden/i.test(words)) return 403;
  if (/invalid_request|invalid_argument|context_length|content_(?:filter|policy)/i.test(words)) return 400;
  return contextLength.test(message) ? 400 : 500;
}
