import { ContextTooLong } from "../answers/compose.ts";
import type { ErrorAnswer } from "../dialect.ts";
import type { Refusal, RefusalKind } from "../refusal.ts";

interface Shape {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
}

const shapes: Readonly<Record<RefusalKind, Shape>> = {
  invalid: { status: 400, type: "invalid_request_error", code: null },
  unauthenticated: { status: 401, type: "invalid_request_error", code: "invalid_api_key" },
  permission: { status: 403, type: "invalid_request_error", code: "permission_denied" },
  "model-not-found": { status: 404, type: "invalid_request_error", code: "model_not_found" },
  "unfit-model": { status: 404, type: "invalid_request_error", code: null },
  "not-found": { status: 404, type: "invalid_request_error", code: null },
  method: { status: 405, type: "invalid_request_error", code: "method_not_supported" },
  "too-large": { status: 413, type: "invalid_request_error", code: null },
  "context-length": { status: 400, type: "invalid_request_error", code: "context_length_exceeded" },
  "content-policy": { status: 400, type: "invalid_request_error", code: "content_policy_violation" },
  "rate-limit": { status: 429, type: "requests", code: "rate_limit_exceeded" },
  overloaded: { status: 503, type: "server_error", code: null },
  server: { status: 500, type: "server_error", code: null },
};

/** A refusal as the OpenAI API prints it. */
export function writeError(refusal: Refusal): ErrorAnswer {
  const shape = shapes[refusal.kind];
  const error = {
    message: sentenceFor(refusal),
    type: shape.type,
    param: paramOf(refusal),
    code: refusal.facts.code ?? shape.code,
  };
  return { status: refusal.facts.status ?? shape.status, body: `${JSON.stringify({ error }, null, 2)}\n` };
}

/** The frame of a failure inside a stream. */
export function writeErrorFrame(message: string): string {
  return `data: ${JSON.stringify({ error: { message, type: "server_error", param: null, code: null } })}\n\n`;
}

function paramOf({ kind, facts }: Refusal): string | null {
  if (kind === "model-not-found") return null;
  if (kind === "unfit-model") return "model";
  return facts.param ?? (kind === "context-length" ? "messages" : null);
}

function sentenceFor(refusal: Refusal): string {
  if (!(refusal instanceof ContextTooLong)) return refusal.message;
  const { limit, input, output } = refusal.sizes;
  const parts = output > 0 ? ` (${input} in the messages, ${output} in the completion)` : "";
  return (
    `This model's maximum context length is ${limit} tokens. However, you requested ${input + output} tokens${parts}. ` +
    "Please reduce the length of the messages or completion."
  );
}
