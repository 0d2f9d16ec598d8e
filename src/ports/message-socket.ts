import type { Milliseconds } from "../kernel/units.ts";
import type { SwitchedConnection } from "./byte-socket.ts";

/** A whole message: a text as a string, anything else as bytes. */
export type Message = string | Uint8Array;

/** How a socket was closed. */
export interface Closing {
  /** The status of the close frame; 1005: it had none; 1006: there was no close frame. */
  readonly code: number;
  readonly reason: string;
  /** Who closed first: the other side, or this one, be it by `close` or because of what it received. */
  readonly by: "peer" | "us";
}

export interface MessageListener {
  readonly message: (message: Message) => void;
  /** What waited has been handed over; after a `send` that answered `false`. */
  readonly drain: () => void;
  /** Once, at the end: no message comes afterwards. */
  readonly closed: (closing: Closing) => void;
}

/** A WebSocket after its handshake: messages both ways, none of the frames. */
export interface MessageSocket {
  /** Begins to read. Once. */
  readonly listen: (listener: MessageListener) => void;
  /**
   * `false`: more waits than `waitingBytesMax`; wait for `drain`. The message is taken all the same. After the end it is
   * dropped. Bytes must not be changed afterwards.
   */
  readonly send: (message: Message) => boolean;
  /** Begins the closing handshake after what waits; a peer that does not answer in `closeTimeout` is cut off. */
  readonly close: (code: number, reason: string) => void;
  /** Ends it now, without a close frame. */
  readonly destroy: () => void;
  /** Stops `message`; what has been read already may still come. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Bytes of frames that wait for the peer to read, beside what the operating system holds. */
  readonly waitingBytes: () => number;
}

export interface MessageLimits {
  /** Longest message; above it the socket is closed with 1009. */
  readonly messageBytesMax: number;
  /** Most fragments of one message; above it 1008. */
  readonly fragmentsMax: number;
  /** How much may wait before `send` answers `false`. */
  readonly waitingBytesMax: number;
  readonly closeTimeout: Milliseconds;
  /** A ping after each such span; a peer of which nothing was heard over `missedPingsMax` of them is cut off. */
  readonly pingInterval: Milliseconds;
  readonly missedPingsMax: number;
}

/** Makes message sockets of connections. Implementation: `platform/websocket`. */
export interface MessageSockets {
  /** The side that was connected to; the 101 has been written. */
  readonly accept: (connection: SwitchedConnection, limits: MessageLimits) => MessageSocket;
  /** The side that connected; the 101 has been read. */
  readonly connect: (connection: SwitchedConnection, limits: MessageLimits) => MessageSocket;
}
