import type { UpstreamFailure } from "../exchange/failure.ts";
import type { GatewayError } from "../kernel/errors.ts";
import { createRoster } from "../kernel/roster.ts";
import type { InboundRequest } from "../ports/server.ts";

/** The client's side of the wire, as far as door 8 needs it. */
export interface Caller {
  readonly header: (name: string) => string | undefined;
  /** Why nothing is to be tried any more, once there is a reason. */
  readonly stopped: () => UpstreamFailure | undefined;
  /** The one thing to do when that comes; at once if it already has. */
  readonly onStop: (stop: (failure: UpstreamFailure) => void) => void;
  /** Nobody waits any more: an answer is there, or none will come. */
  readonly leave: () => void;
}

/** The calls that wait for an answer of an upstream: a drain whose time is up must tell their clients. */
export interface Waiting {
  /** @returns How the call leaves, when it waits no more. */
  readonly join: (stop: Stop) => () => void;
  readonly stopAll: (error: GatewayError) => void;
}
type Stop = (failure: UpstreamFailure) => void;

export function createWaiting(): Waiting {
  const open = createRoster<Stop>();
  return {
    join: open.join,
    stopAll: ({ code, status, publicMessage, facts: { retryAfterMs } }) => {
      const failure = { code, status, message: publicMessage };
      for (const stop of open.members())
        stop(retryAfterMs === undefined ? failure : { ...failure, retryAfterMs });
    },
  };
}

export const clientGone: UpstreamFailure = {
  code: "client_closed",
  status: 499,
  message: "the client went before an answer came",
};

/** Watches the client while the upstream is being asked: when it goes, what is under way upstream ends at once. */
export function followCaller(inbound: InboundRequest, waiting: Waiting): Caller {
  let stopped: UpstreamFailure | undefined;
  let act: Stop | undefined;
  const stop: Stop = (failure) => {
    if (stopped !== undefined) return;
    stopped = failure;
    act?.(failure);
  };
  const leaveWaiting = waiting.join(stop);
  const forget = inbound.reply.onGone(() => stop(clientGone));
  return {
    header: inbound.header,
    stopped: () => stopped,
    onStop: (next) => {
      act = next;
      if (stopped !== undefined) next(stopped);
    },
    leave: () => {
      leaveWaiting();
      forget();
    },
  };
}
