import type { SocketRules } from "../exchange/service-target.ts";
import type { GatewayError } from "../kernel/errors.ts";
import { milliseconds, seconds } from "../kernel/units.ts";
import { type HeldSettings, type HeldSocket, holdSocket } from "../pipeline/held-socket.ts";
import { type Relay, type RelayEnding, type RelaySettings, relaySockets } from "../pipeline/socket-relay.ts";
import { joinTunnel, type LastWord, type TunnelEnding } from "../pipeline/tunnel.ts";
import type { SwitchedConnection } from "../ports/byte-socket.ts";
import type { Clock } from "../ports/clock.ts";
import type { MessageLimits, MessageSockets } from "../ports/message-socket.ts";
import type { Timer } from "../ports/timer.ts";
import {
  closeReasonOf,
  createFarewell,
  drainReason,
  revokedReason,
  type Sha1,
} from "../protocols/websocket/index.ts";
import type { SocketStop, Sockets } from "./sockets.ts";

/** What sockets are made of. */
export interface SocketParts {
  readonly clock: Clock;
  readonly timer: Timer;
  readonly messageSockets: MessageSockets;
  readonly sha1: Sha1;
  readonly open: Sockets;
}

/** A socket that stands, both sides joined. */
export interface Session {
  readonly stop: (why: SocketStop) => void;
  readonly counts: () => SessionCounts;
}

export interface SessionCounts {
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** `null`: they are not read. */
  readonly messagesUp: number | null;
  readonly messagesDown: number | null;
}

/** How a socket ended. */
export interface SessionEnding extends SessionCounts {
  readonly cause: string;
  /** What the client was told, or told; absent: it is not known. */
  readonly code?: number;
  /** By whose fault it ended; absent: by nobody's. */
  readonly error?: GatewayError;
}

export interface Ends {
  readonly client: SwitchedConnection;
  readonly upstream: SwitchedConnection;
}

const stopReasons = { drain: drainReason, revoked: revokedReason } as const;
const stall = seconds(30);
const linger = milliseconds(5000);
const waitingBytesMax = 1_048_576;

const messageLimitsOf = ({
  messageBytesMax,
  fragmentsMax,
}: Pick<SocketRules, "messageBytesMax" | "fragmentsMax">): MessageLimits => ({
  messageBytesMax,
  fragmentsMax,
  waitingBytesMax,
  closeTimeout: linger,
  pingInterval: seconds(30),
  missedPingsMax: 2,
});

/** Copies what the two ends write. */
export function joinByBytes(
  ends: Ends,
  { idle, lifetime }: Pick<SocketRules, "idle" | "lifetime">,
  { parts: { clock, timer }, onEnd }: { readonly parts: SocketParts; readonly onEnd: OnEnd },
): Session {
  const farewell = createFarewell();
  let why: SocketStop = "drain";
  let code: number | undefined;
  const lastWord: LastWord = {
    passed: farewell.passed,
    words: () => {
      const words = farewell.words(stopReasons[why]);
      if (words !== undefined) ({ code } = stopReasons[why]);
      return words;
    },
  };
  const ended = ({ cause, bytesUp, bytesDown }: TunnelEnding): void =>
    onEnd({ cause, bytesUp, bytesDown, ...unread, ...(code === undefined ? {} : { code }) });
  const limits = { idle, lifetime, stall, linger };
  const tunnel = joinTunnel(ends, { limits, clock, timer, lastWord }, ended);
  return {
    stop: (of) => {
      why = of;
      tunnel.stop(stopReasons[of].reason);
    },
    counts: () => {
      const { up, down } = tunnel.bytes();
      return { bytesUp: up, bytesDown: down, ...unread };
    },
  };
}

/** Passes whole messages on, each after `inspect` has seen it. */
export function joinByMessages(
  ends: Ends,
  rules: Pick<SocketRules, "idle" | "lifetime" | "messageBytesMax" | "fragmentsMax">,
  {
    parts: { clock, timer, messageSockets, open },
    inspect,
    onEnd,
  }: {
    readonly parts: SocketParts;
    readonly inspect: RelaySettings["inspect"];
    readonly onEnd: OnEnd;
  },
): Session & { readonly relay: Relay } {
  const limits = messageLimitsOf(rules);
  const relay = relaySockets(
    {
      client: messageSockets.accept(ends.client, limits),
      upstream: messageSockets.connect(ends.upstream, limits),
    },
    {
      limits: { idle: rules.idle, lifetime: rules.lifetime, stall },
      clock,
      timer,
      inspect: (message, direction) => {
        open.messages(direction, 1);
        return inspect(message, direction);
      },
      closeReasonOf,
    },
    ({ cause, code, error, counts }: RelayEnding) =>
      onEnd({ cause, code, ...counts, ...(error === undefined ? {} : { error }) }),
  );
  return { relay, stop: (why) => relay.stop(stopReasons[why]), counts: relay.counts };
}

/** Holds the socket of a client that talks to the gateway itself. It does not read yet. */
export function holdByMessages(
  client: SwitchedConnection,
  rules: Pick<SocketRules, "idle" | "lifetime" | "messageBytesMax" | "fragmentsMax">,
  {
    parts: { clock, timer, messageSockets, open },
    isBusy,
    hear,
    onEnd,
  }: Pick<HeldSettings, "isBusy" | "hear"> & { readonly parts: SocketParts; readonly onEnd: OnEnd },
): HeldSocket {
  const limits = { idle: rules.idle, lifetime: rules.lifetime, stall };
  const held = holdSocket(
    messageSockets.accept(client, messageLimitsOf(rules)),
    {
      limits,
      clock,
      timer,
      isBusy,
      hear: (message) => {
        open.messages("up", 1);
        hear(message);
      },
    },
    ({ cause, code, error, counts }) =>
      onEnd({ cause, code, ...counts, ...(error === undefined ? {} : { error }) }),
  );
  return {
    ...held,
    send: (message) => {
      open.messages("down", 1);
      held.send(message);
    },
  };
}

type OnEnd = (ending: SessionEnding) => void;
const unread = { messagesUp: null, messagesDown: null } as const;
