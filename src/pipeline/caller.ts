import type { InboundRequest } from "../ports/server.ts";
import type { Caller } from "./attempt.ts";

export type { Caller } from "./attempt.ts";

/** Watches the client while the upstream is being asked: when it goes, what is under way upstream ends at once. */
export function followCaller(inbound: InboundRequest): Caller {
  let isGone = false;
  let abort: (() => void) | undefined;
  inbound.reply.onGone(() => {
    isGone = true;
    abort?.();
  });
  return {
    header: inbound.header,
    isGone: () => isGone,
    onAbort: (next) => {
      abort = next;
      if (isGone) next();
    },
  };
}
