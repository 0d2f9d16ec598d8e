import type { EpochMs } from "../kernel/units.ts";
import type { SwitchedConnection } from "./byte-socket.ts";

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
  /** The port of the listener that took it. */
  readonly localPort: number;
  readonly scheme: "http" | "https";
  /** HTTP/2: `rawHeaders` holds no pseudo-headers; `:authority` stands first among them, as `host`. */
  readonly httpVersion: "1.0" | "1.1" | "2";
  /** The client waits for an interim answer 100 before it sends its body. Whoever reads the body sends it. */
  readonly expectsContinue: boolean;
  /** Sends the 100 that the client waits for; harmless when it has been sent or is not waited for. */
  readonly sendContinue: () => void;
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
  readonly streamBody: (bytesMax: number, options?: BodyOptions) => AsyncIterable<Uint8Array> | undefined;
  /**
   * The body instead of `streamBody`, where all of it has come already and its length was told: `undefined` otherwise, and
   * then nothing of it has been read. Absent: the engine cannot tell.
   */
  readonly arrivedBody?: (bytesMax: number) => Uint8Array | undefined;
  /** The fields that came behind the body, once it has ended: a flat list as it came. */
  readonly trailers: () => readonly string[];
  /**
   * The client asks for another protocol: on this connection (HTTP/1.1 `Upgrade`), or on this stream of HTTP/2 (extended
   * `CONNECT`, RFC 8441, whose `method` is told as GET). Absent: it does not.
   */
  readonly upgrade?: Upgrade;
  /** The certificate by which the client proved who it is, checked against the listener's authorities; absent: none was asked for. */
  readonly clientCertificate?: ClientCertificate;
  readonly reply: Reply;
}

export interface BodyOptions {
  /** No 100 is sent for it; the caller does when it is time. */
  readonly holdsContinue?: boolean;
  /** Silence is none of its faults: the caller bounds its time. */
  readonly mayBeSilent?: boolean;
  /** The caller keeps all of it: it counts, and has to come, like a body that is read whole. */
  readonly isHeld?: boolean;
}

/** Who a TLS client is, by a certificate that was verified. */
export interface ClientCertificate {
  /** Lines of `name=value`, as `CN=alice`. */
  readonly subject: string;
  /** As `DNS:alice.example`, `URI:spiffe://mesh/ns/a/sa/b`; those that cannot be written without quotes are left out. */
  readonly altNames: readonly string[];
  /** SHA-256 of the certificate: hex pairs with colons. */
  readonly fingerprint: string;
  /** From then on it is worth nothing. */
  readonly validUntil: EpochMs;
}

/** A connection that may become something else than HTTP. */
export interface Upgrade {
  /** The token that is asked for, in lower case: `websocket`. */
  readonly protocol: string;
  /**
   * Takes the connection from HTTP, once, and tells the client with these fields (flat): nothing may be answered by
   * `reply` afterwards.
   */
  readonly take: (headers: readonly string[]) => SwitchedConnection;
}

/** The answer of one request. `head` once, `write` any number of times, `end` once; or `whole` once; or `destroy`. */
export interface Reply {
  /** Flat header list; the engine adds framing and `date`. */
  readonly whole: (status: number, headers: readonly string[], body: Uint8Array | string) => void;
  readonly head: (status: number, headers: readonly string[]) => void;
  /** `false`: the client reads slower than we write; wait for `onDrain`. */
  readonly write: (chunk: Uint8Array | string) => boolean;
  readonly end: () => void;
  /** An interim answer (1xx, neither 100 nor 101) before `head`. None is sent to a client of HTTP/1.0. */
  readonly interim: (status: number, headers: readonly string[]) => void;
  /** The fields that follow the body: once, after `head` and before `end`. Lost where the answer has a `content-length`. */
  readonly trailers: (headers: readonly string[]) => void;
  /** Breaks the connection, so that no client takes what it has for a whole answer. */
  readonly destroy: () => void;
  readonly onDrain: (resume: () => void) => void;
  /**
   * Called at most once, when the client is gone before the answer was whole; at once if it already is. All who ask are
   * told, in the order in which they asked.
   *
   * @returns How one asks to be told no more: whoever waits for less than the whole request has to.
   */
  readonly onGone: (gone: () => void) => () => void;
  /** Called once when the last byte was handed to the operating system. Not called after `onGone`. */
  readonly onSent: (sent: () => void) => void;
}

/** The answer to a head that becomes no request. */
export interface HeadAnswer {
  readonly status: number;
  /** Flat, without framing. */
  readonly headers: readonly string[];
  readonly body: string | Uint8Array;
}

/** A listening socket. */
export interface ServerEngine {
  readonly host: string;
  readonly port: number;
  /** Refuses new connections, lets what is in flight end within `graceMs`, then breaks the rest. */
  readonly drain: (graceMs: number) => Promise<void>;
}

export type InboundHandler = (request: InboundRequest) => void;
