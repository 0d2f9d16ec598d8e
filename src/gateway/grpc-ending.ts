import type { UpstreamFailure } from "../exchange/failure.ts";
import { type ErrorCode, errorCatalog, GatewayError } from "../kernel/errors.ts";
import type { Milliseconds } from "../kernel/units.ts";
import type { ServiceLeave } from "../pipeline/service-call.ts";
import type { Ending, Trail } from "../pipeline/trail.ts";
import type { TransportFailure } from "../ports/transport.ts";
import {
  type GrpcStatus,
  grpcCode,
  isGivenUp,
  isRefused,
  statusOfError,
  statusOfFailure,
} from "../protocols/grpc/index.ts";

/** What no client can be to blame for. */
const ofService: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
  [grpcCode.unavailable, "upstream_overloaded"],
  [grpcCode.internal, "upstream_failed"],
  [grpcCode.data_loss, "upstream_failed"],
]);

/** What the status of a call says of its service; `undefined`: nothing against it. */
export function failureOfStatus({
  code,
  message,
  blame,
  retryAfterMs,
}: GrpcStatus): UpstreamFailure | undefined {
  const told = blame === "none" ? undefined : (blame ?? ofService.get(code));
  if (told === undefined) return undefined;
  const failure = {
    code: told,
    status: errorCatalog[told].status,
    message: `grpc-status ${code}: ${message}`,
  };
  return retryAfterMs === undefined ? failure : { ...failure, retryAfterMs };
}

/** How a call has ended for its record; a status that is the client's business is a whole answer. */
export function endingOf(status: GrpcStatus): Ending {
  const failure = failureOfStatus(status);
  return failure === undefined
    ? { outcome: "completed" }
    : { outcome: "failed", error: new GatewayError(failure.code, failure.message) };
}

/** How a call has ended that the gateway ends: one that no service was asked for is refused. */
export const endingOfStop = (
  error: GatewayError,
  { attempts }: Pick<Trail<unknown>, "attempts">,
): Ending => ({
  outcome: error.code === "internal" || attempts.length > 0 ? "failed" : "refused",
  error,
});

/** A service has its clock and we have ours: so much before the end of a call its time is over. */
const clocksApartMs = 1;

/** What a client is told of a call that broke; one that the service gives up when its time is over has ended by that. */
export const statusOfBreak = (failure: TransportFailure, timeLeft: Milliseconds): GrpcStatus =>
  isGivenUp(failure) && timeLeft <= clocksApartMs
    ? statusOfError(new GatewayError("deadline_exceeded", failure.detail))
    : statusOfFailure(failure);

/**
 * Whether a call whose answer has not begun may be sent again: the upstream has done nothing of it, and there is another
 * address; or it has refused this call alone, as one does that is about to leave, and the next connection is another's.
 */
export const canSendAgain = (
  failure: TransportFailure,
  { hasOther }: Pick<ServiceLeave, "hasOther">,
): boolean => isRefused(failure) || (!failure.wasSent && hasOther());

/** Whether a call that broke before its answer says something of its service. */
export const isEvidence = (
  failure: TransportFailure,
  { status, isAgain }: { readonly status: GrpcStatus; readonly isAgain: boolean },
): boolean =>
  isRefused(failure) ? !isAgain : failure.resetCode === undefined || failureOfStatus(status) !== undefined;
