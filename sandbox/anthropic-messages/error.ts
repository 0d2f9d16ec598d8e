import { ContextTooLong } from "../answers/compose.ts";
import type { ErrorAnswer } from "../dialect.ts";
import type { Refusal, RefusalKind } from "../refusal.ts";

const shapes: Readonly<Record<RefusalKind, { readonly status: number; readonly type: string }>> = {
  invalid: { status: 400, type: "invalid_request_error" },
  unauthenticated: { status: 401, type: "authentication_error" },
  permission: { status: 403, type: "permission_error" },
  "model-not-found": { status: 404, type: "not_found_error" },
  "unfit-model": { status: 404, type: "not_found_error" },
  "not-found": { status: 404, type: "not_found_error" },
  method: { status: 405, type: "invalid_request_error" },
  "too-large": { status: 413, type: "request_too_large" },
  "context-length": { status: 400, type: "invalid_request_error" },
  "content-policy": { status: 400, type: "invalid_request_error" },
  "rate-limit": { status: 429, type: "rate_limit_error" },
  overloaded: { status: 529, type: "overloaded_error" },
  server: { status: 500, type: "api_error" },
};

/** A refusal as the Anthropic API prints it. */
export function writeError(refusal: Refusal, { requestId }: { readonly requestId: string }): ErrorAnswer {
  const { status, type } = shapes[refusal.kind];
  const body = { type: "error", error: { type, message: sentenceFor(refusal) }, request_id: requestId };
  return { status: refusal.facts.status ?? status, body: JSON.stringify(body) };
}

/** The event of a failure inside a stream. */
export function writeErrorFrame(message: string): string {
  return `event: error\ndata: ${JSON.stringify({ type: "error", error: { type: "overloaded_error", message } })}\n\n`;
}

function sentenceFor(refusal: Refusal): string {
  if (refusal.kind === "model-not-found" || refusal.kind === "unfit-model")
    return `model: ${refusal.facts.param ?? ""}`;
  if (!(refusal instanceof ContextTooLong)) return refusal.message;
  const { limit, input, output } = refusal.sizes;
  if (input > limit) return `prompt is too long: ${input} tokens > ${limit} maximum`;
  return `input length and \`max_tokens\` exceed context limit: ${input} + ${output} > ${limit}, decrease input length or \`max_tokens\` and try again`;
}
