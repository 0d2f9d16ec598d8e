import type { UpstreamFailure } from "../../exchange/failure.ts";
import { type ErrorCode, errorCatalog } from "../../kernel/errors.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../../kernel/json.ts";
import { readRetryAfter } from "../../kernel/retry-after.ts";

/**
 * Reads a refusal of Bedrock, or of whatever stands before it: the exception's name, the status and the message
 * together decide what it means.
 *
 * Source: Amazon Bedrock API reference, "Errors" of `Converse` and "Common errors": `{message}`, with the exception in
 * the header `x-amzn-errortype` (`ValidationException:http://internal.amazon.com/…`) or the member `__type`.
 */
export function readFailure(
  status: number,
  headers: ReadonlyMap<string, string>,
  body: Uint8Array,
): UpstreamFailure {
  const text = new TextDecoder().decode(body.subarray(0, bodyBytesMax));
  const value = parseJson(text);
  const told: JsonObject = isJsonObject(value) ? value : { message: text.slice(0, plainLengthMax) };
  const retryAfterMs = readRetryAfter(headers);
  const failure = classify(
    nameOf(headers.get("x-amzn-errortype") ?? stringOf(told, "__type") ?? ""),
    told,
    status,
  );
  return { ...failure, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** The failure that an exception inside a stream tells; `name` as in `exception:throttlingException`. */
export function failureOfException(name: string, data: string): UpstreamFailure {
  const value = parseJson(data);
  return classify(nameOf(name), isJsonObject(value) ? value : { message: data }, undefined);
}

/** A failure told in the body of a 200; `undefined` when `value` is none. */
export function readToldFailure(value: JsonObject): UpstreamFailure | undefined {
  // A coral server that knows no such operation says so below `Output`.
  const told = isJsonObject(value["Output"]) ? value["Output"] : value;
  const name = stringOf(told, "__type");
  if (name === undefined && messageOf(told) === "") return undefined;
  return classify(nameOf(name ?? ""), told, undefined);
}

/** An answer that is none of this dialect's. */
export function malformed(message: string): UpstreamFailure {
  const code = "upstream_malformed_response";
  return { code, status: errorCatalog[code].status, message };
}

/** Larger error bodies are read no further. */
const bodyBytesMax = 64 * 1024;
/** So much is kept of a body that is no JSON. */
const plainLengthMax = 500;
const messageMax = 2000;

/** What an exception means, by its name in lower case without its ending, where the name says all. */
const codes: ReadonlyMap<string, ErrorCode> = new Map([
  ["throttling", "upstream_rate_limited"],
  ["toomanyrequests", "upstream_rate_limited"],
  ["requestlimitexceeded", "upstream_rate_limited"],
  ["servicequotaexceeded", "upstream_quota_exhausted"],
  ["modelnotready", "upstream_overloaded"],
  ["serviceunavailable", "upstream_overloaded"],
  ["modeltimeout", "upstream_timeout"],
  ["requesttimeout", "upstream_timeout"],
  ["modelerror", "upstream_failed"],
  ["modelstreamerror", "upstream_failed"],
  ["internalserver", "upstream_failed"],
  ["internalfailure", "upstream_failed"],
  ["resourcenotfound", "model_not_found"],
  ["accessdenied", "upstream_forbidden"],
  ["notauthorized", "upstream_forbidden"],
  ["optinrequired", "upstream_forbidden"],
  ["unrecognizedclient", "upstream_auth_failed"],
  ["invalidclienttokenid", "upstream_auth_failed"],
  ["invalidsignature", "upstream_auth_failed"],
  ["signaturedoesnotmatch", "upstream_auth_failed"],
  ["incompletesignature", "upstream_auth_failed"],
  ["missingauthenticationtoken", "upstream_auth_failed"],
  ["expiredtoken", "upstream_auth_failed"],
  ["requestexpired", "upstream_auth_failed"],
]);

/** `status`: absent inside a stream. */
function classify(name: string, told: JsonObject, status: number | undefined): UpstreamFailure {
  const message = [messageOf(told), stringOf(told, "originalMessage") ?? ""]
    .filter((text, index, all) => text !== "" && all.indexOf(text) === index)
    .join(": ");
  const code = codeOf({ name, message, status, original: told["originalStatusCode"] });
  return {
    code,
    status: statusFor(code, status),
    message: message.slice(0, messageMax),
    ...(name === "" ? {} : { upstreamCode: name }),
  };
}

interface Told {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
  /** The status the model's own server gave. */
  readonly original: Json | undefined;
}

const contextLength =
  /input is too long|prompt is too long|too many input tokens|input tokens exceeded|maximum (?:context|prompt|input) length|context (?:length|window|limit)|exceeds? (?:the )?(?:model'?s )?max(?:imum)? (?:input|number of) tokens/i;
const contentPolicy = /content filter|content polic|blocked by/i;
const missingModel =
  /model identifier is invalid|model version has reached the end|could not resolve the foundation model|no such model/i;

function codeOf(told: Told): ErrorCode {
  const { message, status } = told;
  const key = told.name.toLowerCase().replace(/(?:exception|error)$/, "");
  const code = codes.get(key);
  // Not a matter of waiting a little.
  if (code === "upstream_rate_limited" && /per day/i.test(message)) return "upstream_quota_exhausted";
  if (code === "upstream_failed") return codeOfModelError(told);
  if (code !== undefined) return code;
  // What has no name, or the name validation, which stands for nearly anything.
  if (contextLength.test(message)) return "context_length_exceeded";
  if (contentPolicy.test(message)) return "content_refused";
  if (missingModel.test(message)) return "model_not_found";
  return key === "validation" ? "upstream_rejected" : codeOfStatus(status);
}

/** The model behind Bedrock failed; its own status says how. */
function codeOfModelError({ message, original }: Told): ErrorCode {
  if (contextLength.test(message)) return "context_length_exceeded";
  switch (original) {
    case 429:
      return "upstream_rate_limited";
    case 503:
    case 529:
      return "upstream_overloaded";
    case 408:
    case 504:
      return "upstream_timeout";
    default:
      return "upstream_failed";
  }
}

function codeOfStatus(status: number | undefined): ErrorCode {
  switch (status) {
    case 401:
      return "upstream_auth_failed";
    case 402:
      return "upstream_quota_exhausted";
    case 403:
      return "upstream_forbidden";
    case 404:
      return "model_not_found";
    case 408:
    case 504:
      return "upstream_timeout";
    case 413:
      return "request_too_large";
    case 429:
      return "upstream_rate_limited";
    case 503:
    case 529:
      return "upstream_overloaded";
    default:
      return status !== undefined && status >= 400 && status < 500 ? "upstream_rejected" : "upstream_failed";
  }
}

/**
 * The status that goes with the code: AWS has 400 for a used-up account and an unknown model, 403 for a bad credential,
 * 424 for a model's fault, which clients would take for something else. A rejection and a breakdown keep their own.
 */
function statusFor(code: ErrorCode, status: number | undefined): number {
  const isOwn =
    status !== undefined &&
    ((code === "upstream_rejected" && status >= 400 && status < 500) ||
      (code === "upstream_failed" && status >= 500) ||
      (code === "upstream_quota_exhausted" && status === 402));
  return isOwn ? status : errorCatalog[code].status;
}

/** `ValidationException:http://…`, `com.amazon.coral.service#UnknownOperationException`, `throttlingException`. */
function nameOf(text: string): string {
  const name = (text.split(":", 1)[0] ?? "").split("#").at(-1)?.trim() ?? "";
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

function messageOf(told: JsonObject): string {
  return stringOf(told, "message") ?? stringOf(told, "Message") ?? "";
}

function stringOf(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === "string" ? value : undefined;
}
