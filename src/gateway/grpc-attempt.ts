import type { ServiceTarget } from "../exchange/service-target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { type Milliseconds, milliseconds } from "../kernel/units.ts";
import type { ServiceLeave } from "../pipeline/service-call.ts";
import type { ServicePorts } from "../pipeline/service-lane.ts";
import { sinceArrival, type Trail } from "../pipeline/trail.ts";
import type { Clock } from "../ports/clock.ts";
import type { TransportFailure, UpstreamHead } from "../ports/transport.ts";
import type { GrpcStatus } from "../protocols/grpc/index.ts";
import { failureOfStatus } from "./grpc-ending.ts";
import type { Snapshot } from "./snapshot.ts";

/** Leave of the next address; that there is none ends the call by `stop`. */
export async function leaveOr(
  { leaveFor }: Pick<ServicePorts<Snapshot>, "leaveFor">,
  asked: readonly string[],
  stop: (error: GatewayError) => void,
): Promise<ServiceLeave | undefined> {
  try {
    return await leaveFor(asked);
  } catch (thrown) {
    stop(GatewayError.from(thrown));
    return undefined;
  }
}

interface Attempt {
  readonly trail: Trail<Snapshot>;
  readonly clock: Clock;
  readonly target: ServiceTarget;
  readonly address: string | undefined;
}

/** Writes one try, which begins now, into the record of its request: by the first end that is told of it. */
export function noteOnce(attempt: Attempt) {
  const startedAt = sinceArrival(attempt.trail, attempt.clock.monotonic());
  let isNoted = false;
  return (status: number | null, failure?: Failure): void => {
    if (!isNoted) noteAttempt({ ...attempt, startedAt }, status, failure);
    isNoted = true;
  };
}

type Failure = Pick<TransportFailure | GatewayError, "code" | "detail">;

function noteAttempt(
  { trail, clock, target, address, startedAt }: Attempt & { readonly startedAt: Milliseconds },
  status: number | null,
  failure: Failure | undefined,
): void {
  trail.attempts.push({
    provider: target.provider,
    model: target.model,
    lane: "service",
    status,
    code: failure?.code ?? null,
    reason: failure?.detail ?? "answered",
    startedAt: rounded(startedAt),
    tookMs: rounded(sinceArrival(trail, clock.monotonic()) - startedAt),
    ...(address === undefined ? {} : { endpoint: address }),
  });
  trail.stages.record("attempt", failure ? "fail" : "answer", `\`${target.provider}\``);
}

const rounded = (span: number): number => Math.round(span * 1000) / 1000;

/** Tells the keepers of a service how a call has ended; `head`: they have not heard of its answer yet. */
export function tellService(
  { leave }: ServiceLeave,
  status: GrpcStatus,
  head: UpstreamHead | undefined,
): void {
  const fault = failureOfStatus(status);
  if (fault === undefined) {
    if (head !== undefined) leave.answered(head);
  } else if (head === undefined) leave.broke();
  else leave.failed(fault);
}

/** A call has a time of its own, which ends it sooner. */
const longest = milliseconds(660_000);

/** What every call to a site has in common. */
export const upstreamRequest = ({ permit, site: { origin, tls } }: ServiceLeave, target: ServiceTarget) => ({
  permit,
  origin,
  method: "POST",
  connectTimeout: target.connectTimeout,
  headTimeout: longest,
  idleTimeout: longest,
  ...(tls === undefined ? {} : { tls }),
});
