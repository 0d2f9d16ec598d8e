import type { BrokenStream } from "../../exchange/codec.ts";
import { writeEvent } from "../../framing/sse-write.ts";
import type { ErrorCode, GatewayError } from "../../kernel/errors.ts";
import { isJsonObject, type JsonObject, parseJson, printJson } from "../../kernel/json.ts";
import { responseIdFor } from "./answer-ids.ts";
import type { ErrorEvent, ErrorNames, ResponseBody, StreamEvent } from "./wire.ts";

interface ErrorName {
  readonly type: string;
  readonly code: string;
}

/** The names OpenAI's clients know for our codes; all others bear their own. Source: AI models specification, part 14. */
const names: { readonly [Code in ErrorCode]?: ErrorName } = {
  content_refused: { type: "invalid_request_error", code: "content_policy_violation" },
  guardrail_blocked: { type: "invalid_request_error", code: "content_filter" },
  unauthenticated: { type: "invalid_request_error", code: "invalid_api_key" },
  upstream_auth_failed: { type: "invalid_request_error", code: "invalid_api_key" },
  policy_denied: { type: "invalid_request_error", code: "permission_denied" },
  upstream_forbidden: { type: "invalid_request_error", code: "permission_denied" },
  rate_limited: { type: "rate_limit_error", code: "rate_limit_exceeded" },
  upstream_rate_limited: { type: "rate_limit_error", code: "rate_limit_exceeded" },
  budget_exhausted: { type: "insufficient_quota", code: "insufficient_quota" },
  upstream_quota_exhausted: { type: "insufficient_quota", code: "insufficient_quota" },
  overloaded: { type: "server_error", code: "overloaded" },
  upstream_overloaded: { type: "server_error", code: "overloaded" },
};

/** The error body of OpenAI: `{"error":{"message","type","param","code"}}`. */
export function encodeError(error: GatewayError): string {
  const { type, code, message, param } = namesOf(error);
  return printJson({ error: { message, type, param, code } });
}

/** An error in OpenAI's words. A rejection keeps the code the provider gave, or has none. */
function namesOf(error: GatewayError): ErrorNames {
  const { type, code } = names[error.code] ?? {
    type: error.status >= 500 ? "server_error" : "invalid_request_error",
    code: error.code === "upstream_rejected" ? (error.facts.upstreamCode ?? null) : error.code,
  };
  return { type, code, message: error.publicMessage, param: error.facts.param ?? null };
}

/** The event that tells of a failure inside a stream. */
export function errorEvent(error: GatewayError): ErrorEvent {
  const { type, code, message, param } = namesOf(error);
  return { type: "error", code, message, param, error: { type, code, message, param } };
}

/** The `error` of a response that failed: its codes are fewer, every fault of a server is `server_error`. */
export function responseError(error: GatewayError): NonNullable<ResponseBody["error"]> {
  const { type, code, message } = namesOf(error);
  return { code: type === "server_error" ? type : (code ?? "invalid_prompt"), message };
}

/** One event under its own name and its number. */
export function writeStreamEvent(event: StreamEvent, sequence: number): string {
  return writeEvent(printJson({ ...event, sequence_number: sequence }), event.type);
}

/**
 * The events that end a stream of the client's own dialect: `error`, then `response.failed`. Numbers go on after the
 * last frame's. The response is the one that frame told of, if it told of one: else no more of it is known here than
 * that it failed.
 */
export function encodeStreamError(
  error: GatewayError,
  { requestId, lastData }: Pick<BrokenStream, "requestId" | "lastData">,
): string {
  const parsed = lastData === undefined ? undefined : parseJson(lastData);
  const last: JsonObject = isJsonObject(parsed) ? parsed : {};
  const told = isJsonObject(last["response"])
    ? last["response"]
    : { id: responseIdFor(requestId), object: "response" };
  const number = last["sequence_number"];
  const next = typeof number === "number" ? number + 1 : 0;
  const response: JsonObject = {
    incomplete_details: null,
    output: [],
    usage: null,
    ...told,
    status: "failed",
    error: responseError(error),
  };
  return (
    writeStreamEvent(errorEvent(error), next) +
    writeStreamEvent({ type: "response.failed", response }, next + 1)
  );
}
