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
  /** A status inside the body: a router's numeric code. */
  readonly status: number | undefined;
}

/** Reads a refusal or breakdown from status, headers and body together. Shapes: AI models specification, rule 60. */
export function readFailure(
  status: number,
  headers: ReadonlyMap<string, string>,
  body: Uint8Array,
): UpstreamFailure {
  const text = new TextDecoder().decode(body.subarray(0, bodyBytesMax));
  const value = parseJson(text);
  const said = value === undefined ? { ...nothingSaid, message: text.slice(0, messageMax) } : readSaid(value);
  const retryAfterMs = readRetryAfter(headers);
  return { ...failureOf(status, said), ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/**
 * Reads an error told in the body of a 200 or in a frame of a stream: `{error}`, or an event of type `error`, with its
 * error inside it or spread over it. `undefined` when `value` is none.
 */
export function failureOfToldError(value: JsonObject): UpstreamFailure | undefined {
  const { error, type } = value;
  if (type !== "error" && (error === undefined || error === null || error === false)) return undefined;
  const said = readSaid(value);
  return failureOf(said.status ?? statusOf(said), said);
}

/** The failure of a response that is no answer: its own error, or that it does not end. */
export function failureOfResponse(response: JsonObject): UpstreamFailure {
  const told = failureOfToldError({ error: response["error"] ?? null });
  if (told !== undefined) return told;
  const { status } = response;
  if (status === "failed") return failureOf(502, { ...nothingSaid, message: "the response failed" });
  return malformed(`the response is ${typeof status === "string" ? status : "not over"}`);
}

/** An answer that cannot be read. */
export function malformed(message: string): UpstreamFailure {
  const code = "upstream_malformed_response";
  return { code, status: errorCatalog[code].status, message };
}

/** Larger error bodies are read no further. */
const bodyBytesMax = 64 * 1024;
const messageMax = 500;
const nothingSaid: Said = { message: "", type: "", code: "", param: undefined, status: undefined };

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
  const raw = isJsonObject(inner["metadata"]) ? inner["metadata"]["raw"] : undefined;
  const code = inner["code"] ?? innerErrorCode(inner) ?? "";
  const message = inner["message"] ?? inner["detail"] ?? object["message"] ?? object["detail"] ?? "";
  return {
    message: [textOf(message), typeof raw === "string" ? raw : ""].filter((text) => text !== "").join(": "),
    type: textOf(inner["type"] ?? inner["status"] ?? ""),
    code: textOf(code),
    param: typeof inner["param"] === "string" ? inner["param"] : undefined,
    status: typeof code === "number" && code >= 400 && code <= 599 ? code : undefined,
  };
}

/** Azure tells why a filter closed in `innererror`. */
function innerErrorCode(error: JsonObject): Json | undefined {
  const inner = error["innererror"];
  return isJsonObject(inner) ? inner["code"] : undefined;
}

function textOf(value: Json): string {
  if (typeof value === "string") return value;
  return typeof value === "object" ? JSON.stringify(value).slice(0, messageMax) : String(value);
}

const contextLength =
  /context[ _-]?(?:length|window)|maximum (?:context|prompt) length|prompt is too long|exceeds? (?:the )?(?:model'?s )?(?:maximum|max) (?:input|number of) tokens/i;
/** Codes and types of a refusal for what was said; `invalid_prompt` is one that usage policy forbids. */
const contentPolicy =
  /content[ _-]?(?:filter|policy|management)|(?:bio|cyber|usage|violation).?polic|policy_violation|invalid_prompt|responsible ?ai|safety system/i;
const quota =
  /insufficient[ _](?:quota|balance|credits?|funds)|billing|credit balance|quota exceeded|exceeded your (?:current )?quota|payment required/i;
const missingModel =
  /model[ _]not[ _]found|(?:model|deployment).{0,200}(?:does not exist|not found|deprecated|not available|unknown)|(?:no such|unknown|invalid) model/i;
/** State that a client refers to and the provider does not keep, or not here. */
const missingState = /_not_found|with id .{1,200} not found/i;

/** What a failure means: its status decides, unless code, type and message know better. */
function classify(status: number, { code, type, message }: Said): ErrorCode {
  const words = `${code} ${type}`;
  const all = `${words} ${message}`;
  if (status >= 500) {
    if (status === 504) return "upstream_timeout";
    const isOverloaded = status === 503 || status === 529 || /overloaded|capacity/i.test(words);
    return isOverloaded ? "upstream_overloaded" : "upstream_failed";
  }
  switch (status) {
    case 401:
      return "upstream_auth_failed";
    case 402:
      return "upstream_quota_exhausted";
    case 403:
      if (contentPolicy.test(words)) return "content_refused";
      return quota.test(words) ? "upstream_quota_exhausted" : "upstream_forbidden";
    case 404:
      if (missingModel.test(all)) return "model_not_found";
      return missingState.test(all) ? "upstream_rejected" : "upstream_failed";
    case 408:
      return "upstream_timeout";
    case 413:
      return contextLength.test(all) ? "context_length_exceeded" : "request_too_large";
    case 429:
      return quota.test(all) ? "upstream_quota_exhausted" : "upstream_rate_limited";
    default:
      break;
  }
  if (contextLength.test(all)) return "context_length_exceeded";
  if (contentPolicy.test(words) || /content management policy|safety system/i.test(message))
    return "content_refused";
  if (/model_not_found|model_not_exist/i.test(words)) return "model_not_found";
  return quota.test(words) ? "upstream_quota_exhausted" : "upstream_rejected";
}

/** The status an error inside a 200 would have had. Codes: OpenAI API reference, `response.error`. */
function statusOf({ code, type, message }: Said): number {
  const words = `${code} ${type}`;
  if (/rate_?limit|too_many_requests|resource_exhausted/i.test(words) || quota.test(words)) return 429;
  if (/overloaded|unavailable|capacity/i.test(words)) return 503;
  if (/timeout|deadline/i.test(words)) return 504;
  if (/authentication|invalid_api_key|unauthorized/i.test(words)) return 401;
  if (/permission|forbidden/i.test(words)) return 403;
  if (/invalid_|unsupported_|context_length|image_|_image|residency/i.test(words)) return 400;
  return contentPolicy.test(words) || contextLength.test(message) ? 400 : 500;
}
