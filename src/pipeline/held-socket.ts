import type { GatewayError } from "../kernel/errors.ts";
import type { Milliseconds } from "../kernel/units.ts";
import { utf8Length } from "../kernel/utf8.ts";
import type { Clock } from "../ports/clock.ts";
import type { Message, MessageListener, MessageSocket } from "../ports/message-socket.ts";
import type { CancelTimer, Timer } from "../ports/timer.ts";
import { watchSession } from "./session-limits.ts";
import type { RelayCounts, RelayLimits } from "./socket-relay.ts";
import { tooSlow, watchStall } from "./watch-stall.ts";

/** A client's socket whose other side is the gateway itself. */
export interface HeldSocket {
  /** Begins to read. Once. */
  readonly listen: () => void;
  /** The message is taken all the same where the client is slow: ask `room` before there is another. */
  readonly send: (message: string) => void;
  /** Absent: more may be sent at once. Resolves when the client has read what waits, or is gone. */
  readonly room: () => Promise<void> | undefined;
  /** Ends the session; what ends it first stands. */
  readonly end: (closing: { readonly code: number; readonly reason: string }, error?: GatewayError) => void;
  /** Something is under way, or was just now: it is not still. */
  readonly touch: () => void;
  readonly counts: () => RelayCounts;
}

export interface HeldEnding {
  /** `ended`: by the gateway. */
  readonly cause: "client" | "idle" | "lifetime" | "slow" | "ended";
  /** What the client was told, or told us. */
  readonly code: number;
  readonly error?: GatewayError;
  readonly counts: RelayCounts;
  readonly lasted: Milliseconds;
}

export interface HeldSettings {
  readonly limits: RelayLimits;
  readonly clock: Clock;
  readonly timer: Timer;
  /** Whether something is under way, so that silence means nothing. */
  readonly isBusy: () => boolean;
  readonly hear: (message: Message) => void;
}

/**
 * Holds a client's socket to the limits that a relay holds its two sides to: while more waits for the client than may,
 * nothing it says is read, and one that takes nothing for `stall` is closed.
 *
 * @param onEnd Called exactly once, when the socket is closed.
 */
export function holdSocket(
  socket: MessageSocket,
  { limits, clock, timer, isBusy, hear }: HeldSettings,
  onEnd: (ending: HeldEnding) => void,
): HeldSocket {
  const counts = { messagesUp: 0, messagesDown: 0, bytesUp: 0, bytesDown: 0 };
  const waiting: (() => void)[] = [];
  let stalled: CancelTimer | undefined;
  let ending: Pick<HeldEnding, "cause" | "code" | "error"> | undefined;

  const calm = (): void => {
    stalled?.();
    stalled = undefined;
    for (const resolve of waiting.splice(0)) resolve();
  };
  const end = (
    cause: HeldEnding["cause"],
    { code, reason }: { readonly code: number; readonly reason: string },
    error?: GatewayError,
  ): void => {
    if (ending !== undefined) return;
    ending = { cause, code, ...(error !== undefined && { error }) };
    session.stop();
    calm();
    socket.close(code, reason);
  };
  const session = watchSession(limits, { clock, timer, isBusy }, (limit) =>
    end(limit, { code: 1001, reason: limit }),
  );
  const listener: MessageListener = {
    message: (message) => {
      if (ending !== undefined) return;
      counts.messagesUp += 1;
      counts.bytesUp += typeof message === "string" ? utf8Length(message) : message.length;
      hear(message);
    },
    drain: () => {
      calm();
      if (ending === undefined) socket.resume();
    },
    closed: (closing) => {
      end("client", closing);
      if (ending !== undefined) onEnd({ ...ending, counts: { ...counts }, lasted: session.age() });
    },
  };
  return {
    listen: () => socket.listen(listener),
    send: (message) => {
      if (ending !== undefined) return;
      counts.messagesDown += 1;
      counts.bytesDown += utf8Length(message);
      if (socket.send(message)) return;
      socket.pause();
      stalled ??= watchStall(socket.waitingBytes, { stall: limits.stall, timer }, () => end("slow", tooSlow));
    },
    room: () =>
      stalled === undefined || ending !== undefined
        ? undefined
        : new Promise((resolve) => {
            waiting.push(resolve);
          }),
    end: (closing, error) => end("ended", closing, error),
    touch: session.touch,
    counts: () => ({ ...counts }),
  };
}
