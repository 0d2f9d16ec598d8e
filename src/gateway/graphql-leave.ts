import type { UpstreamFailure } from "../exchange/failure.ts";
import type { ServiceTarget } from "../exchange/service-target.ts";
import type { Site } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { type Flow, flowTo } from "../pipeline/counted-transport.ts";
import { isEvidence } from "../pipeline/failure-class.ts";
import type { ServiceLeave } from "../pipeline/service-call.ts";
import { sinceArrival, type Trail } from "../pipeline/trail.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { Transport, Tunnels, UpstreamHead } from "../ports/transport.ts";
import type { SocketParts } from "./socket-session.ts";

/** What sockets to services are made with. */
export interface DialTools {
  readonly tunnels: Tunnels;
  readonly random: Random;
  readonly sockets: Pick<SocketParts, "messageSockets" | "sha1" | "timer">;
}

export interface AskPorts {
  readonly clock: Clock;
  readonly trail: Trail<unknown>;
  readonly transportTo: (target: ServiceTarget) => Transport;
  /** `asked`: addresses that have been. Throws what a client is to be told. */
  readonly leaveFor: (target: ServiceTarget, asked: readonly string[]) => Promise<ServiceLeave>;
  /** Whether one more try is paid for. */
  readonly mayTryAgain: (target: ServiceTarget) => boolean;
  readonly dialTools: DialTools;
  readonly signal: AbortSignal;
  /** A subscription has begun, and may last: what was only taken for its beginning may be given back. */
  readonly stands: () => void;
}

/** A question to a service, and its keepers: breaker, slots, places, the record. */
export interface GuardedAsk {
  readonly site: Site;
  readonly permit: ServiceLeave["permit"];
  readonly flow: Flow;
  /** It answers; `failure`: what its status says against it. */
  readonly answered: (head: UpstreamHead, failure?: UpstreamFailure) => void;
  /** It does not, or not to the end. */
  readonly failed: (failure: UpstreamFailure) => void;
  /** Its answer is whole. */
  readonly ended: () => void;
  /** Nobody waits for it any more. */
  readonly left: () => void;
}

/**
 * Leave to ask a service one operation. A subscription holds its slot until it stands: after that it says nothing of how
 * fast its service is.
 * @throws GatewayError
 */
export async function askGuarded(
  { target, isStream }: { readonly target: ServiceTarget; readonly isStream: boolean },
  { clock, trail, signal, leaveFor, stands }: AskPorts,
): Promise<GuardedAsk> {
  if (signal.aborted) throw gone();
  const { site, permit, address, leave } = await leaveFor(target, []);
  if (signal.aborted) {
    leave.load.left();
    throw gone();
  }
  const startedAt = sinceArrival(trail, clock.monotonic());
  const flow = flowTo(target, address);
  // What lasts is told as it goes on.
  if (isStream) trail.flows.push(flow);
  let hasAnswered = false;
  let isOver = false;
  const noted = (status: number | null, failure: UpstreamFailure | undefined): void => {
    if (trail.attempts.length >= attemptsMax) return;
    trail.attempts.push({
      provider: target.provider,
      model: target.model,
      lane: "service",
      status,
      code: failure?.code ?? null,
      reason: failure?.message ?? "answered",
      startedAt: rounded(startedAt),
      tookMs: rounded(sinceArrival(trail, clock.monotonic()) - startedAt),
      ...(address === undefined ? {} : { endpoint: address }),
    });
  };
  const over = (how: "answered" | "failed" | "left"): void => {
    if (isOver) return;
    isOver = true;
    if (!isStream) addFlow(trail, flow);
    if (how === "answered") leave.load.answered(undefined);
    if (how === "failed") leave.load.failed();
    leave.load.left();
  };
  return {
    site,
    permit,
    flow,
    answered: (head, failure) => {
      hasAnswered = true;
      noted(head.status, failure);
      if (failure !== undefined) return leave.failed(failure);
      leave.answered(head);
      if (!isStream) return;
      over("answered");
      stands();
    },
    failed: (failure) => {
      if (hasAnswered) {
        if (isEvidence(failure.code)) leave.broke();
      } else {
        noted(null, failure);
        leave.failed(failure);
      }
      over("failed");
    },
    ended: () => over("answered"),
    left: () => over("left"),
  };
}

/** A subscription may ask for each of its events for hours: of what it has asked, no more is remembered than this. */
const attemptsMax = 100;

/** All that has gone to one address is one flow, for the same reason. */
function addFlow({ flows }: Pick<Trail<unknown>, "flows">, flow: Flow): void {
  const { target, address } = flow;
  const known = flows.find((one) => one.target === target && one.address === address);
  if (known === undefined) flows.push(flow);
  else {
    known.sent += flow.sent;
    known.received += flow.received;
  }
}

export const gone = (): GatewayError => new GatewayError("client_closed", "nobody waits for it");

const rounded = (span: number): number => Math.round(span * 1000) / 1000;
