import type { UpstreamFailure } from "../exchange/failure.ts";
import type { GatewayError } from "../kernel/errors.ts";
import { createRoster } from "../kernel/roster.ts";
import type { InboundRequest } from "../ports/server.ts";
import { type Opener, revoked } from "./trail.ts";

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
  /**
   * @param opener Absent: it is not ended for the sake of its key.
   * @returns How the call leaves, when it waits no more.
   */
  readonly join: (stop: Stop, opener?: Opener) => () => void;
  readonly stopAll: (error: GatewayError) => void;
  /** Ends those whose key or token is not valid any more. */
  readonly stopRevoked: (isValid: (opener: Opener) => boolean) => void;
}
type Stop = (failure: UpstreamFailure) => void;

export function createWaiting(): Waiting {
  const open = createRoster<{ readonly stop: Stop; readonly opener: Opener | undefined }>();
  return {
    join: (stop, opener) => open.join({ stop, opener }),
    stopAll: ({ code, status, publicMessage, facts: { retryAfterMs } }) => {
      const failure = { code, status, message: publicMessage };
      for (const { stop } of open.members())
        stop(retryAfterMs === undefined ? failure : { ...failure, retryAfterMs });
    },
    stopRevoked: (isValid) => {
      const { code, status, publicMessage: message } = revoked();
      for (const { stop, opener } of open.members())
        if (opener !== undefined && !isValid(opener)) stop({ code, status, message });
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
