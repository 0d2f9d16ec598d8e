/** A request as a server engine hands it over: the head has arrived, the body has not been read. */
export interface InboundRequest {
  readonly method: string;
  /** The request target as the client sent it. */
  readonly target: string;
  /** Flat list as it came: name, value, name, value. */
  readonly rawHeaders: readonly string[];
  /** The first value of a header by its lower-case name. */
  readonly header: (name: string) => string | undefined;
  readonly remoteAddress: string;
  readonly httpVersion: "1.0" | "1.1";
  /**
   * Reads the whole body; each request may do it once.
   * @throws GatewayError `request_too_large` above `bytesMax`, `request_timeout` when it comes too slowly,
   *   `client_closed` when the client goes.
   */
  readonly readBody: (bytesMax: number) => Promise<Uint8Array>;
  /**
   * The body in pieces, as they come and no faster than they are taken; `undefined` when the request has none. Instead
   * of `readBody`. Fails like it.
   */
  readonly streamBody: (bytesMax: number) => AsyncIterable<Uint8Array> | undefined;
  readonly reply: Reply;
}

/** The answer of one request. `head` once, `write` any number of times, `end` once; or `whole` once; or `destroy`. */
export interface Reply {
  /** Flat header list; the engine adds framing and `date`. */
  readonly whole: (status: number, headers: readonly string[], body: Uint8Array | string) => void;
  readonly head: (status: number, headers: readonly string[]) => void;
  /** `false`: the client reads slower than we write; wait for `onDrain`. */
  readonly write: (chunk: Uint8Array | string) => boolean;
  readonly end: () => void;
  /** Breaks the connection, so that no client takes what it has for a whole answer. */
  readonly destroy: () => void;
  readonly onDrain: (resume: () => void) => void;
  /** Called at most once, when the client is gone before the answer was whole; at once if it already is. */
  readonly onGone: (gone: () => void) => void;
  /** Called once when the last byte was handed to the operating system. Not called after `onGone`. */
  readonly onSent: (sent: () => void) => void;
}

/** A listening socket. */
export interface ServerEngine {
  readonly host: string;
  readonly port: number;
  /** Refuses new connections, lets what is in flight end within `graceMs`, then breaks the rest. */
  readonly drain: (graceMs: number) => Promise<void>;
}

export type InboundHandler = (request: InboundRequest) => void;
