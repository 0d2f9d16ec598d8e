import type { UpstreamFailure } from "../exchange/failure.ts";
import type { Candidate, Upstream } from "../exchange/target.ts";
import { isEvidence } from "./failure-class.ts";
import type { GuardedCall, Took } from "./guard.ts";
import type { Place } from "./places.ts";
import type { Retrier } from "./resilience.ts";
import type { TryResult } from "./try-result.ts";

/**
 * What a try says of its target's health. An address that is out already speaks for itself alone, and so does one that
 * has too much to do while another could take the call.
 */
export function tellHealth(retrier: Retrier, tried: TriedAt, result: TryResult, took: Took): void {
  const { guarded, candidate } = tried;
  if (result.kind === "failed") {
    if (result.failure.code === "hedge_lost") guarded.outrun(took);
    tellFailure(retrier, tried, result.failure);
    return;
  }
  guarded.succeeded(took);
  const { headers } = result.kind === "whole" ? result.head : result.stream.head;
  retrier.answered(candidate.target, headers, took.ms);
}

interface TriedAt {
  readonly guarded: GuardedCall;
  readonly candidate: { readonly target: Upstream };
  readonly place: Pick<Place, "speaksForTarget" | "hasOther"> | undefined;
}

export function tellFailure(
  retrier: Pick<Retrier, "failed">,
  { guarded, candidate: { target }, place }: TriedAt,
  failure: UpstreamFailure,
): void {
  const { code, retryAfterMs } = failure;
  if (isEvidence(code) && place?.speaksForTarget() !== false) guarded.failed(retryAfterMs);
  if (code !== "upstream_overloaded" || place?.hasOther() !== true) retrier.failed(target, failure);
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
