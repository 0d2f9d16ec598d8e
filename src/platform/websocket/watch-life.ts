import type { MessageLimits } from "../../ports/message-socket.ts";
import type { Timer } from "../../ports/timer.ts";

/** Knows whether the peer still answers. */
export interface Life {
  /** Something came from the peer. */
  readonly heard: () => void;
  /** Nothing is read for now: silence proves nothing. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly isPaused: () => boolean;
  readonly stop: () => void;
}

/** Pings each interval; `dead` once nothing at all has come over `missedPingsMax` pings in a row. */
export function watchLife(
  timer: Timer,
  { pingInterval, missedPingsMax }: Pick<MessageLimits, "pingInterval" | "missedPingsMax">,
  { ping, dead }: { readonly ping: () => void; readonly dead: () => void },
): Life {
  let missed = 0;
  let isPaused = false;
  const stop = timer.every(pingInterval, () => {
    if (isPaused) return;
    if (missed >= missedPingsMax) {
      stop();
      return dead();
    }
    missed += 1;
    ping();
  });
  return {
    heard: () => {
      missed = 0;
    },
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
      missed = 0;
    },
    isPaused: () => isPaused,
    stop,
  };
}
