import type { Residency } from "../exchange/permit.ts";
import type { Candidate } from "../exchange/target.ts";
import type { Permits } from "./permits.ts";
import type { TryResult } from "./try-result.ts";

/** An answer that was made where its content may not be goes to nobody, if that is told before it has begun to go out. */
export function withinBounds(
  { residency, permits }: { readonly residency: Residency; readonly permits: Permits },
  { target }: Candidate,
  result: TryResult,
): TryResult {
  if (result.kind === "failed" || residency.length === 0) return result;
  const { usage } = result.kind === "whole" ? result.tapped : result.stream.lane.tapped();
  if (permits.ranIn(target, residency, usage?.region)) return result;
  if (result.kind === "stream") result.stream.abort();
  const message = `\`${target.provider}\` says that it has run the call in ${usage?.region}, where its content may not be`;
  return {
    kind: "failed",
    failure: { code: "residency_violation", status: 502, message },
    native: undefined,
    spent: { usage, textBytes: 0 },
  };
}
