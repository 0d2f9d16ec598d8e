import type { UpstreamFailure } from "../exchange/failure.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { InboundRequest } from "../ports/server.ts";
import type { UpstreamExchange, UpstreamHead, UpstreamListener } from "../ports/transport.ts";
import { failureError } from "./failure-error.ts";
import type { RawLeave } from "./raw-leave.ts";
import { failureOf } from "./read-answer.ts";
import type { PassedAnswer, PassedEnd } from "./service-call.ts";
import { type Ending, sinceArrival, type Trail } from "./trail.ts";

interface Passing<Snapshot> {
  readonly inbound: InboundRequest;
  readonly trail: Trail<Snapshot>;
  readonly leave: RawLeave;
  readonly head: UpstreamHead;
  readonly exchange: () => UpstreamExchange | undefined;
  /** Called once, when nothing more is to be passed. */
  readonly onOver: () => void;
  readonly ports: {
    readonly clock: Clock;
    readonly commonHeaders: (trail: Trail<Snapshot>) => string[];
    readonly settle: (trail: Trail<Snapshot>, ending: Ending) => void;
  };
}

/** An answer on its way, as its upstream sees it. */
export interface Passed extends Omit<UpstreamListener, "head" | "interim"> {
  /** Ends it here and now, with what its protocol has to say of that. */
  readonly cut: (error: GatewayError) => void;
}

/** Passes the answer of a service to the client, no faster than the client takes it. Ends in settle. */
export function passService<Snapshot>(
  answer: PassedAnswer,
  { inbound: { reply }, trail, leave, head, exchange, onOver, ports }: Passing<Snapshot>,
): Passed {
  // A policy may refuse it, before anything is told.
  const down = trail.onAnswer?.(answer.status, answer.headers) ?? answer.headers;
  let ending: Ending = { outcome: "aborted" };
  let isPaused = false;
  let isOver = false;
  trail.status = answer.status;
  trail.firstByteMs = sinceArrival(trail, ports.clock.monotonic());
  tell(leave, head, answer.failure);
  // Who has failed already cannot fail again by the end of the same answer.
  if (answer.failure === undefined) trail.onBroken = leave.broke;
  trail.stages.record("encode", "relay", "as it comes from the service");
  const settled = (how: Ending): void => {
    isOver = true;
    onOver();
    ports.settle(trail, how);
  };
  reply.onSent(() => settled(ending));
  reply.onGone(() => {
    exchange()?.abort();
    settled({ outcome: "aborted" });
  });
  reply.head(answer.status, [...ports.commonHeaders(trail), ...down]);
  const write = (chunk: Uint8Array): void => {
    trail.bytesOut += chunk.byteLength;
    if (reply.write(chunk) || isPaused) return;
    isPaused = true;
    exchange()?.pause();
    reply.onDrain(() => {
      isPaused = false;
      exchange()?.resume();
    });
  };
  const broken = (error: GatewayError): void => {
    if (isOver) return;
    exchange()?.abort();
    // Nothing that was cut may look whole.
    reply.destroy();
    settled({ outcome: "failed", error });
  };
  const close = ({ chunk, trailers, failure }: PassedEnd): void => {
    if (chunk !== undefined) write(chunk);
    if (trailers.length > 0) reply.trailers(trailers);
    const fault = failure ?? answer.failure;
    ending =
      fault === undefined ? { outcome: "completed" } : { outcome: "failed", error: failureError(fault) };
    reply.end();
  };
  const guarded = (pass: () => void): void => {
    try {
      pass();
    } catch (thrown) {
      broken(GatewayError.from(thrown));
    }
  };
  return {
    data: (chunk) =>
      guarded(() => {
        const passed = answer.push === undefined ? chunk : answer.push(chunk);
        if (passed !== undefined && passed.byteLength > 0) write(passed);
      }),
    end: (trailers = []) => guarded(() => close(answer.end?.(trailers) ?? { trailers: [] })),
    cut: broken,
    failed: (failure) => {
      const told = answer.broken?.(failureOf(failure));
      if (told === undefined) broken(new GatewayError(failure.code, failure.detail));
      else guarded(() => close(told));
    },
  };
}

/** What the head of an answer says of its service. */
function tell(leave: RawLeave, head: UpstreamHead, failure: UpstreamFailure | undefined): void {
  if (failure === undefined) leave.answered(head);
  else leave.failed(failure);
}
