import type { Candidate } from "../exchange/target.ts";
import { isEvidence } from "./failure-class.ts";
import type { GuardedCall, Took } from "./guard.ts";
import type { Retrier } from "./resilience.ts";
import type { TryResult } from "./try-result.ts";

/** What a try says of its target's health. */
export function tellHealth(
  retrier: Retrier,
  { guarded, candidate: { target } }: { readonly guarded: GuardedCall; readonly candidate: Candidate },
  result: TryResult,
  took: Took,
): void {
  if (result.kind === "failed") {
    if (isEvidence(result.failure.code)) guarded.failed(result.failure.retryAfterMs);
    else if (result.failure.code === "hedge_lost") guarded.outrun(took);
    retrier.failed(target, result.failure);
    return;
  }
  guarded.succeeded(took);
  const { headers } = result.kind === "whole" ? result.head : result.stream.head;
  retrier.answered(target, headers, took.ms);
}

/** Source: resilience specification, part 3. */
const slowFloorMs = { usual: 5000, reasoning: 60_000 } as const;

export const isReasoner = ({ target }: Candidate): boolean => target.abilities.reasoning?.value === true;

export const tookOf = (
  { kind }: TryResult,
  candidate: Candidate,
  { isStream, ms }: { readonly isStream: boolean; readonly ms: number },
): Took => ({
  // Who was given up had not come so far as to show which it is.
  of: kind === "stream" || (kind === "failed" && isStream) ? "first" : "total",
  ms,
  slowFloorMs: isReasoner(candidate) ? slowFloorMs.reasoning : slowFloorMs.usual,
});
