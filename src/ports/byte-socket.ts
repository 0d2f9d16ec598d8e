/**
 * A connection that carries bytes of no framing of ours, both ways: what is left of HTTP after a protocol was switched.
 * `node:net` and TLS sockets have this shape.
 */
export interface ByteSocket {
  /** `false`: the peer reads slower than we write; wait for `drain`. */
  readonly write: (chunk: Uint8Array | string) => boolean;
  /** No more is written; what the peer still sends is read. */
  readonly end: () => unknown;
  /** Ends it now, both ways. */
  readonly destroy: () => unknown;
  readonly pause: () => unknown;
  readonly resume: () => unknown;
  /** `data`: a chunk; `end`: the peer writes no more; `close`: both ways are over; `error`: always followed by `close`. */
  readonly on: {
    (event: "data", listener: (chunk: Uint8Array) => void): unknown;
    (event: "drain" | "end" | "close", listener: () => void): unknown;
    (event: "error", listener: (error: Error) => void): unknown;
  };
}

/** A connection whose protocol has been switched. `early`: what came behind the head. */
export interface SwitchedConnection {
  readonly socket: ByteSocket;
  readonly early: Uint8Array;
}
