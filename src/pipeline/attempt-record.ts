import type { UpstreamFailure } from "../exchange/failure.ts";
import type { AttemptRecord } from "../exchange/settlement.ts";
import type { Candidate } from "../exchange/target.ts";
import { errorCatalog } from "../kernel/errors.ts";
import type { Place } from "./places.ts";
import type { TryResult } from "./try-result.ts";

/** One try as the log keeps it; times are ms since the request arrived. */
export function attemptRecord(
  candidate: Candidate,
  result: TryResult,
  {
    startedAt,
    endedAt,
    waitMs,
    place,
  }: {
    readonly startedAt: number;
    readonly endedAt: number;
    readonly waitMs: number;
    readonly place?: Pick<Place, "address"> | undefined;
  },
): AttemptRecord {
  const status =
    result.kind === "whole"
      ? result.head.status
      : result.kind === "stream"
        ? result.stream.head.status
        : (result.native?.head.status ?? null);
  return {
    provider: candidate.target.provider,
    model: candidate.target.model,
    lane: candidate.lane,
    status,
    code: result.kind === "failed" ? result.failure.code : null,
    reason: result.kind === "failed" ? reasonOf(result.failure) : "answered",
    startedAt: Math.round(startedAt * 1000) / 1000,
    tookMs: Math.round((endedAt - startedAt) * 1000) / 1000,
    ...(place !== undefined && { endpoint: place.address }),
    ...(waitMs > 0 && { waitedMs: Math.round(waitMs) }),
  };
}

const reasonLengthMax = 500;

/** The catalogue's sentence and what was really said; for the operator's eyes. */
function reasonOf({ code, message }: UpstreamFailure): string {
  const { title } = errorCatalog[code];
  return message === "" || message === title ? title : `${title} (${message.slice(0, reasonLengthMax)})`;
}
