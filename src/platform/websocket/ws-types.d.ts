import type { Writable } from "node:stream";

/*
 * The two halves of `ws` that read and write frames. They are exported by the package but not described by its types;
 * its `WebSocket` class is not used, because it wants a Duplex of Node's own and, on a connection that was switched
 * elsewhere, can only be a server.
 */
declare module "ws" {
  /** Takes the bytes of a connection, tells its messages at once, in the call of `write`. */
  class Receiver extends Writable {
    constructor(options: {
      readonly isServer: boolean;
      readonly maxPayload: number;
      readonly maxFragments: number;
      readonly maxBufferedChunks: number;
    });
    on(event: "message", listener: (data: Buffer, isBinary: boolean) => void): this;
    on(event: "ping" | "pong", listener: (data: Buffer) => void): this;
    on(event: "conclude", listener: (code: number, reason: Buffer) => void): this;
    on(event: "error", listener: (error: Error & { readonly code?: string }) => void): this;
  }

  const Sender: {
    /** The header, and the payload where it was not copied behind it. */
    readonly frame: (
      data: Uint8Array | string,
      options: {
        readonly opcode: number;
        readonly fin: boolean;
        readonly mask: boolean;
        readonly readOnly: boolean;
        readonly rsv1: boolean;
      },
    ) => readonly Uint8Array[];
  };
}
