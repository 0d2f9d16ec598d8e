import type { GatewayError } from "../kernel/errors.ts";
import type { RequestId } from "../kernel/ids.ts";
import type { Reply } from "../ports/server.ts";
import { printAnswer } from "./print-answer.ts";

/**
 * On every answer of the admin listener: no frame, no foreign script, no guessing of types, no referrer.
 * Source: OWASP, "HTTP Security Response Headers Cheat Sheet".
 */
export const securityHeaders: readonly string[] = [
  "content-security-policy",
  "default-src 'self'; img-src 'self' data:; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'",
  "x-content-type-options",
  "nosniff",
  "x-frame-options",
  "DENY",
  "referrer-policy",
  "no-referrer",
  "cross-origin-opener-policy",
  "same-origin",
  "cross-origin-resource-policy",
  "same-origin",
];

/** Headers of what must be kept nowhere. */
export const unstoredHeaders: readonly string[] = [...securityHeaders, "cache-control", "no-store"];

const jsonHeaders: readonly string[] = [...unstoredHeaders, "content-type", "application/json"];

/** A success in the envelope. */
export function sendData(
  reply: Reply,
  answer: { readonly status: number; readonly data: unknown; readonly headers: readonly string[] },
): void {
  reply.whole(
    answer.status,
    [...jsonHeaders, ...answer.headers],
    `{"status":"success","data":${printAnswer(answer.data)}}`,
  );
}

/** JSON without the envelope. */
export function sendDocument(reply: Reply, status: number, document: unknown): void {
  reply.whole(status, jsonHeaders, printAnswer(document));
}

export function sendText(
  reply: Reply,
  status: number,
  { contentType, text }: { readonly contentType: string; readonly text: string },
): void {
  reply.whole(status, [...unstoredHeaders, "content-type", contentType], text);
}

/** A refusal or failure in the envelope. */
export function sendFailure(
  reply: Reply,
  error: GatewayError,
  failed: { readonly requestId: RequestId; readonly headers: readonly string[] },
): void {
  const { param, retryAfterMs } = error.facts;
  const headers = [...jsonHeaders, "x-sallyport-error", error.code, ...failed.headers];
  if (error.status === 401) headers.push("www-authenticate", 'Bearer realm="sallyport"');
  if (retryAfterMs !== undefined) headers.push("retry-after", String(Math.ceil(retryAfterMs / 1000)));
  const told = { code: error.code, message: error.publicMessage, param };
  reply.whole(
    error.status,
    headers,
    printAnswer({ status: "error", error: told, requestId: failed.requestId }),
  );
}
