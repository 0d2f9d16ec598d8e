import { GatewayError } from "../kernel/errors.ts";
import type { Milliseconds } from "../kernel/units.ts";
import { utf8Length } from "../kernel/utf8.ts";
import type { Clock } from "../ports/clock.ts";
import type { Closing, Message, MessageSocket } from "../ports/message-socket.ts";
import type { CancelTimer, Timer } from "../ports/timer.ts";
import { type SessionLimits, watchSession } from "./session-limits.ts";
import { tooSlow, watchStall } from "./watch-stall.ts";

/** `up`: from the client to the upstream. */
export type Direction = "up" | "down";

/** What becomes of a message. */
export type Verdict =
  | { readonly kind: "pass" }
  | { readonly kind: "drop" }
  | { readonly kind: "replace"; readonly message: Message }
  /** It goes no further; whoever sent it gets this. */
  | { readonly kind: "answer"; readonly message: Message }
  /** The session ends with this failure. `farewell`: what the client is told before, in its dialect. */
  | { readonly kind: "close"; readonly error: GatewayError; readonly farewell?: Message };

export interface RelayLimits extends SessionLimits {
  /** A side that takes nothing for this long while more waits for it than may ends the session. */
  readonly stall: Milliseconds;
}

export type RelayCause = "client" | "upstream" | "idle" | "lifetime" | "slow" | "refused" | "stopped";

export interface RelayEnding {
  /** What ended it first. */
  readonly cause: RelayCause;
  /** What the client was told, or told us: a close code and its reason. */
  readonly code: number;
  readonly reason: string;
  readonly error?: GatewayError;
  readonly counts: RelayCounts;
  readonly lasted: Milliseconds;
}

export interface RelayCounts {
  readonly messagesUp: number;
  readonly messagesDown: number;
  /** Of messages as they came, without framing. */
  readonly bytesUp: number;
  readonly bytesDown: number;
}

export interface RelaySettings {
  readonly limits: RelayLimits;
  readonly clock: Clock;
  readonly timer: Timer;
  /** What is thrown ends the session. */
  readonly inspect: (message: Message, direction: Direction) => Verdict;
  readonly closeReasonOf: (error: GatewayError) => { readonly code: number; readonly reason: string };
}

export interface Relay {
  /** Ends the session from outside: a drain (`code` 1012), a budget. `farewell`: what the client is told before. */
  readonly stop: (closing: { readonly code: number; readonly reason: string }, farewell?: Message) => void;
  /** A message of the gateway's own; it is not inspected. */
  readonly send: (message: Message, direction: Direction) => void;
  /** Goes on with another upstream; what waits for the old one is still sent, what it still says is not heard. */
  readonly moveTo: (upstream: MessageSocket) => void;
  readonly counts: () => RelayCounts;
}

type Told = { readonly code: number; readonly reason: string };

/**
 * Passes the messages of two sockets on, each after a look at it, no faster than they are taken.
 *
 * @param onEnd Called exactly once, when both sockets are closed.
 */
export function relaySockets(
  ends: { readonly client: MessageSocket; readonly upstream: MessageSocket },
  settings: RelaySettings,
  onEnd: (ending: RelayEnding) => void,
): Relay {
  const { limits, clock, timer, closeReasonOf } = settings;
  const { client } = ends;
  let { upstream } = ends;
  const counts = { messagesUp: 0, messagesDown: 0, bytesUp: 0, bytesDown: 0 };
  const stalls: { up?: CancelTimer; down?: CancelTimer } = {};
  const isClosed = { client: false, upstream: false };
  let ending: Omit<RelayEnding, "counts" | "lasted"> | undefined;

  /** Decides how the session ends; the first decision stands. */
  const end = (cause: RelayCause, toClient: Told, toUpstream: Told, error?: GatewayError): void => {
    if (ending !== undefined) return;
    ending = { cause, ...toClient, ...(error !== undefined && { error }) };
    session.stop();
    stalls.up?.();
    stalls.down?.();
    client.close(toClient.code, toClient.reason);
    upstream.close(toUpstream.code, toUpstream.reason);
  };
  const session = watchSession(limits, { clock, timer }, (limit) =>
    end(limit, { code: 1001, reason: limit }, goingAway),
  );
  const fail = (error: GatewayError, farewell?: Message): void => {
    if (farewell !== undefined) client.send(farewell);
    end("refused", closeReasonOf(error), goingAway, error);
  };

  const targetOf = (direction: Direction): MessageSocket => (direction === "up" ? upstream : client);
  const sourceOf = (direction: Direction): MessageSocket => (direction === "up" ? client : upstream);
  const forward = (message: Message, direction: Direction): void => {
    if (ending !== undefined || targetOf(direction).send(message)) return;
    sourceOf(direction).pause();
    stalls[direction] ??= watchStall(
      () => targetOf(direction).waitingBytes(),
      { stall: limits.stall, timer },
      () => end("slow", tooSlow, tooSlow),
    );
  };
  const drained = (direction: Direction): void => {
    stalls[direction]?.();
    delete stalls[direction];
    if (ending !== undefined) return;
    if (stalls.up === undefined) client.resume();
    if (stalls.down === undefined) upstream.resume();
  };

  /** Whoever does not read the answers may ask no more. */
  const answer = (message: Message, direction: Direction): void => {
    forward(message, direction);
    if (stalls[direction] !== undefined) targetOf(direction).pause();
  };
  const judge = (message: Message, direction: Direction): Verdict => {
    try {
      return settings.inspect(message, direction);
    } catch (thrown) {
      return { kind: "close", error: GatewayError.from(thrown) };
    }
  };
  const take = (message: Message, direction: Direction): void => {
    if (ending !== undefined) return;
    session.touch();
    counts[direction === "up" ? "messagesUp" : "messagesDown"] += 1;
    counts[direction === "up" ? "bytesUp" : "bytesDown"] += sizeOf(message);
    const verdict = judge(message, direction);
    if (verdict.kind === "pass") forward(message, direction);
    else if (verdict.kind === "replace") forward(verdict.message, direction);
    else if (verdict.kind === "answer") answer(verdict.message, direction === "up" ? "down" : "up");
    else if (verdict.kind === "close") fail(verdict.error, verdict.farewell);
  };
  const closed = (side: "client" | "upstream"): void => {
    isClosed[side] = true;
    if (!isClosed.client || !isClosed.upstream || ending === undefined) return;
    onEnd({ ...ending, counts: { ...counts }, lasted: session.age() });
  };
  const listenTo = (socket: MessageSocket): void =>
    socket.listen({
      message: (message) => {
        if (socket === upstream) take(message, "down");
      },
      drain: () => {
        if (socket === upstream) drained("up");
      },
      closed: (closing) => {
        if (socket !== upstream) return;
        end("upstream", toldByUpstream(closing, closeReasonOf), goingAway);
        closed("upstream");
      },
    });

  client.listen({
    message: (message) => take(message, "up"),
    drain: () => drained("down"),
    closed: (closing) => {
      end("client", closing, toldByClient(closing));
      closed("client");
    },
  });
  listenTo(upstream);
  return {
    stop: (closing, farewell) => {
      if (ending !== undefined) return;
      if (farewell !== undefined) client.send(farewell);
      end("stopped", closing, goingAway);
    },
    send: forward,
    moveTo: (next) => {
      if (ending !== undefined) return next.close(goingAway.code, goingAway.reason);
      const old = upstream;
      upstream = next;
      drained("up");
      old.close(1000, "");
      if (stalls.down !== undefined) next.pause();
      listenTo(next);
    },
    counts: () => ({ ...counts }),
  };
}

const goingAway: Told = { code: 1001, reason: "" };

const sizeOf = (message: Message): number =>
  typeof message === "string" ? utf8Length(message) : message.length;

/** A client's own close goes up as it is; a client that is gone, or was cut off for its frames, is just gone. */
const toldByClient = ({ code, reason, by }: Closing): Told =>
  by === "us" || code === 1006 ? goingAway : { code, reason };

/** An upstream's own close goes down as it is; one that broke off, or sent what cannot be read, is a failure of its. */
function toldByUpstream({ code, reason, by }: Closing, closeReasonOf: RelaySettings["closeReasonOf"]): Told {
  if (by === "peer" && code !== 1006) return { code, reason };
  if (code === 1009) return { code, reason };
  return closeReasonOf(
    code === 1006
      ? new GatewayError("upstream_stream_broken", "the upstream's socket broke off")
      : new GatewayError("upstream_malformed_response", `frames of the upstream: ${code} ${reason}`),
  );
}
