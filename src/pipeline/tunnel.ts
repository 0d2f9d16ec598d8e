import type { Milliseconds } from "../kernel/units.ts";
import type { ByteSocket, SwitchedConnection } from "../ports/byte-socket.ts";
import type { Clock } from "../ports/clock.ts";
import type { CancelTimer, Timer } from "../ports/timer.ts";
import { type SessionLimits, watchSession } from "./session-limits.ts";

export interface TunnelLimits extends SessionLimits {
  /** A side that takes nothing for this long while something waits for it ends the tunnel. */
  readonly stall: Milliseconds;
  /** Once one side has ended, the longest silence of the other; and the time both have to end after `stop`. */
  readonly linger: Milliseconds;
}

export type TunnelCause = "client" | "upstream" | "idle" | "lifetime" | "stalled" | "stopped";

export interface TunnelEnding {
  /** What ended it first. */
  readonly cause: TunnelCause;
  /** What `stop` was told. */
  readonly reason?: string;
  /** From the client to the upstream, early bytes included. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly lasted: Milliseconds;
}

export interface Tunnel {
  /** Ends it from outside: a drain, a policy. What was read is still delivered, within `linger`. */
  readonly stop: (reason: string) => void;
  readonly bytes: () => { readonly up: number; readonly down: number };
}

interface Side {
  readonly socket: ByteSocket;
  /** It writes no more. */
  isEnded: boolean;
  isClosed: boolean;
  stalled: CancelTimer | undefined;
}

/** What knows the protocol inside as far as to say a last word in it. */
export interface LastWord {
  /** Bytes go down to the client. */
  readonly passed: (chunk: Uint8Array) => void;
  /** What the client is told when the gateway ends the tunnel; `undefined`: nothing may be said now. */
  readonly words: () => Uint8Array | undefined;
}

/**
 * Joins two connections whose protocol was switched: what one side writes the other reads, no faster than it does, and
 * nothing of it is looked at but by `lastWord`. An end is passed on, so that the other side may still say what it has to say.
 *
 * @param onEnd Called exactly once, when both connections are closed.
 */
export function joinTunnel(
  ends: { readonly client: SwitchedConnection; readonly upstream: SwitchedConnection },
  {
    limits,
    clock,
    timer,
    lastWord,
  }: {
    readonly limits: TunnelLimits;
    readonly clock: Clock;
    readonly timer: Timer;
    /** Absent: it ends without a word. */
    readonly lastWord?: LastWord;
  },
  onEnd: (ending: TunnelEnding) => void,
): Tunnel {
  const bytes = { up: 0, down: 0 };
  const client = sideOf(ends.client.socket);
  const upstream = sideOf(ends.upstream.socket);
  let cause: TunnelCause | undefined;
  let reason: string | undefined;
  let cutOff: CancelTimer | undefined;

  const destroy = (why: TunnelCause): void => {
    cause ??= why;
    client.socket.destroy();
    upstream.socket.destroy();
  };
  const session = watchSession(limits, { clock, timer }, destroy);
  const cutOffSoon = (): void => {
    cutOff ??= timer.after(limits.linger, () => destroy("stopped"));
  };

  const pass = (from: Side, to: Side, direction: "up" | "down", chunk: Uint8Array): void => {
    bytes[direction] += chunk.length;
    session.touch();
    if (to.isClosed || cause === "stopped") return;
    if (direction === "down") lastWord?.passed(chunk);
    if (to.socket.write(chunk)) return;
    from.socket.pause();
    to.stalled ??= timer.after(limits.stall, () => destroy("stalled"));
  };
  const attach = (from: Side, to: Side, direction: "up" | "down"): void => {
    const name = direction === "up" ? "client" : "upstream";
    from.socket.on("data", (chunk) => pass(from, to, direction, chunk));
    from.socket.on("end", () => {
      cause ??= name;
      from.isEnded = true;
      to.socket.end();
      session.shorten(limits.linger);
    });
    from.socket.on("drain", () => {
      from.stalled?.();
      from.stalled = undefined;
      session.touch();
      if (!to.isClosed) to.socket.resume();
    });
    from.socket.on("error", () => {
      cause ??= name;
      from.socket.destroy();
    });
    from.socket.on("close", () => {
      cause ??= name;
      from.isClosed = true;
      from.stalled?.();
      if (to.isClosed) return finish();
      if (!from.isEnded) to.socket.end();
      // Whoever is left writes to nobody; what waits for it may still go.
      to.socket.resume();
      cutOffSoon();
    });
  };
  const finish = (): void => {
    session.stop();
    cutOff?.();
    onEnd({
      cause: cause ?? "stopped",
      ...(reason !== undefined && { reason }),
      bytesUp: bytes.up,
      bytesDown: bytes.down,
      lasted: session.age(),
    });
  };

  attach(client, upstream, "up");
  attach(upstream, client, "down");
  if (ends.upstream.early.length > 0) pass(upstream, client, "down", ends.upstream.early);
  if (ends.client.early.length > 0) pass(client, upstream, "up", ends.client.early);
  if (client.stalled === undefined) upstream.socket.resume();
  if (upstream.stalled === undefined) client.socket.resume();
  return {
    stop: (why) => {
      if (cause !== undefined) return;
      cause = "stopped";
      reason = why;
      const words = lastWord?.words();
      if (words !== undefined) client.socket.write(words);
      client.socket.end();
      upstream.socket.end();
      cutOffSoon();
    },
    bytes: () => ({ ...bytes }),
  };
}

const sideOf = (socket: ByteSocket): Side => ({
  socket,
  isEnded: false,
  isClosed: false,
  stalled: undefined,
});
