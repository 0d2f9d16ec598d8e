import { type ErrorCode, errorCatalog } from "../kernel/errors.ts";
import type { TryResult } from "./try-result.ts";

/** What a failure means for the next move. */
export interface FailureClass {
  readonly name:
    | "rate-limit"
    | "quota"
    | "overloaded"
    | "upstream"
    | "unreachable"
    | "timeout"
    | "malformed"
    | "broken"
    | "not-found"
    | "auth"
    | "permission"
    | "context-length"
    | "unfit"
    | "circuit-open"
    | "contract"
    | "full"
    | "final";
  /** Whether the same target may be asked once more. */
  readonly again: "never" | "once" | "after-wait";
  /** Who else may be asked. `larger`: a window that is larger, or not known. */
  readonly others: "all" | "larger" | "none";
  /** Whether it says that the target is broken. */
  readonly isEvidence: boolean;
}

const never = { again: "never", isEvidence: false } as const;
const broken = { others: "all", isEvidence: true } as const;

const final: FailureClass = { name: "final", ...never, others: "none" };
const unfit: FailureClass = { name: "unfit", ...never, others: "all" };

/**
 * The closed list: what is not in it is the client's own mistake, or the gateway's, and ends the request.
 *
 * Source: resilience specification, part 1.
 */
const classes: Partial<Record<ErrorCode, FailureClass>> = {
  upstream_rate_limited: { name: "rate-limit", again: "after-wait", others: "all", isEvidence: false },
  upstream_quota_exhausted: { name: "quota", ...never, others: "all" },
  upstream_overloaded: { name: "overloaded", again: "once", ...broken },
  upstream_failed: { name: "upstream", again: "once", ...broken },
  upstream_unreachable: { name: "unreachable", again: "once", ...broken },
  upstream_timeout: { name: "timeout", again: "never", ...broken },
  upstream_malformed_response: { name: "malformed", again: "once", ...broken },
  upstream_stream_broken: { name: "broken", again: "once", ...broken },
  model_not_found: { name: "not-found", ...never, others: "all" },
  upstream_auth_failed: { name: "auth", ...never, others: "all" },
  upstream_forbidden: { name: "permission", ...never, others: "all" },
  context_length_exceeded: { name: "context-length", ...never, others: "larger" },
  // It answers, but not what was asked for: another may.
  upstream_contract_broken: { name: "contract", ...never, others: "all" },
  residency_violation: { name: "permission", ...never, others: "all" },
  // A full bulkhead is no failure of the target.
  overloaded: { name: "full", ...never, others: "all" },
  circuit_open: { name: "circuit-open", ...never, others: "all" },
  // What one model cannot be asked, another may: nothing was sent.
  unsupported_parameter: unfit,
  unsupported_content: unfit,
  no_eligible_upstream: unfit,
  price_unknown: unfit,
};

export const classOf = (code: ErrorCode): FailureClass => classes[code] ?? final;

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

/** Whether a failure says that the target is broken: a full quota, a refusal and a client that leaves do not. */
export const isEvidence = (code: ErrorCode): boolean => classOf(code).isEvidence;

/** Whether a failure says that the target is given more at once than it takes. */
export const isTooMuch = (code: ErrorCode): boolean => tooMuch.has(classOf(code).name);

const tooMuch: ReadonlySet<FailureClass["name"]> = new Set(["rate-limit", "overloaded", "timeout"]);
