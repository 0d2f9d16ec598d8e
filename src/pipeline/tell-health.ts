import type { Candidate } from "../exchange/target.ts";
import { isEvidence } from "./failure-class.ts";
import type { GuardedCall, Took } from "./guard.ts";
import type { Place } from "./places.ts";
import type { Retrier } from "./resilience.ts";
import type { TryResult } from "./try-result.ts";

/**
 * What a try says of its target's health. An address that is out already speaks for itself alone, and so does one that
 * has too much to do while another could take the call.
 */
export function tellHealth(
  retrier: Retrier,
  {
    guarded,
    candidate: { target },
    place,
  }: {
    readonly guarded: GuardedCall;
    readonly candidate: Candidate;
    readonly place: Pick<Place, "speaksForTarget" | "hasOther"> | undefined;
  },
  result: TryResult,
  took: Took,
): void {
  if (result.kind === "failed") {
    const { code, retryAfterMs } = result.failure;
    if (isEvidence(code) && place?.speaksForTarget() !== false) guarded.failed(retryAfterMs);
    else if (code === "hedge_lost") guarded.outrun(took);
    if (code !== "upstream_overloaded" || place?.hasOther() !== true) retrier.failed(target, result.failure);
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
