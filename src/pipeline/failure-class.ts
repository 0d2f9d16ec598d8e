import { type ErrorCode, errorCatalog } from "../kernel/errors.ts";
import type { TryResult } from "./try-candidate.ts";

/** Another target may succeed unless the client's own request is at fault. */
export function isWorthAnother(code: ErrorCode): boolean {
  return (
    errorCatalog[code].owner !== "client" ||
    code === "model_not_found" ||
    code === "unsupported_parameter" ||
    code === "unsupported_content" ||
    code === "context_length_exceeded"
  );
}

/** What counts against an upstream: no fault of the client's, and none of the gateway's. */
export function countedFailure(
  result: TryResult,
): { readonly code: string; readonly status: number | null } | undefined {
  if (result.kind !== "failed") return undefined;
  const { failure, native } = result;
  const { owner } = errorCatalog[failure.code];
  return owner === "upstream" || owner === "operator"
    ? { code: failure.code, status: native?.head.status ?? null }
    : undefined;
}

const evidence: ReadonlySet<ErrorCode> = new Set([
  "upstream_overloaded",
  "upstream_failed",
  "upstream_unreachable",
  "upstream_timeout",
  "upstream_malformed_response",
  "upstream_stream_broken",
]);

/** Whether a failure says that the target is broken: a full quota, a refusal and a client that leaves do not. */
export const isEvidence = (code: ErrorCode): boolean => evidence.has(code);
