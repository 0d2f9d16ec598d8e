import type { Permit } from "../exchange/permit.ts";
import type { UpstreamTls } from "../exchange/target.ts";
import type { Milliseconds } from "../kernel/units.ts";
import type { ByteSocket } from "./byte-socket.ts";

/** One request to an upstream. */
export interface UpstreamRequest {
  /** Leave to send what is in it to this origin; a request to another is refused. */
  readonly permit: Permit;
  /** `http://host:port` or `https://host`, without path. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  readonly method: string;
  /** Flat list: name, value, name, value. Names are lower-case. Framing headers are the transport's own. */
  readonly headers: readonly string[];
  /** In pieces where it is not whole in memory; a fault of theirs ends the exchange. */
  readonly body: Uint8Array | string | AsyncIterable<Uint8Array> | undefined;
  /** Time until the response's head; then `upstream_timeout`. */
  readonly headTimeout: Milliseconds;
  /** Longest silence between two pieces of the body; then `upstream_timeout`. */
  readonly idleTimeout: Milliseconds;
  /** On a new connection, which is closed afterwards; absent: on any that is free. */
  readonly isApart?: boolean;
  /** The fields that follow a body in pieces, asked once its last piece was taken: a flat list. Absent: none. */
  readonly trailers?: () => readonly string[];
  /** The body waits for the upstream's 100, or for one second without it. */
  readonly expectsContinue?: boolean;
  /** Absent: the transport's own. */
  readonly connectTimeout?: Milliseconds;
  /** Absent: the system's authorities, no certificate of our own. One object is one set of connections. */
  readonly tls?: UpstreamTls;
  /** The place was named by somebody else than the configuration: only addresses of the internet are dialled. */
  readonly isForeign?: boolean;
}

/** The answer's head. Header names are lower-case; of repeated ones the values are joined with `, `. */
export interface UpstreamHead {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  /** The same as they came: name, value, name, value; names in lower case, repeated ones apart. Absent in tests only. */
  readonly list?: readonly string[];
}

/**
 * Receives one answer: `head` once, `data` any number of times, then exactly one of `end` and `failed`.
 * Nothing is called after `failed`, `end` or an abort by the caller.
 */
export interface UpstreamListener {
  /** An interim answer (1xx but 101), any number of times before `head`; 100 as well. Absent: nobody wants to know. */
  readonly interim?: (head: UpstreamHead) => void;
  readonly head: (head: UpstreamHead) => void;
  /** A piece of the body. The callee may keep it. */
  readonly data: (chunk: Uint8Array) => void;
  /** The body is whole by its framing. `trailers`: the fields that followed it, a flat list; absent: none. */
  readonly end: (trailers?: readonly string[]) => void;
  readonly failed: (failure: TransportFailure) => void;
}

export interface TransportFailure {
  readonly code:
    | "upstream_unreachable"
    | "upstream_timeout"
    | "upstream_stream_broken"
    /** What came is no HTTP, or its head is larger than is read. */
    | "upstream_malformed_response";
  /** For the log, never for the caller. */
  readonly detail: string;
  /** Whether the request may have reached the upstream. */
  readonly wasSent: boolean;
  /** HTTP/2: the code with which the upstream has reset the stream; absent: it has not. */
  readonly resetCode?: number;
}

/** A request on its way. */
export interface UpstreamExchange {
  /** Stops `data` until `resume`; at most what the socket has already read may still come. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Ends the exchange and its socket now; the listener hears nothing more. Harmless after the end. */
  readonly abort: () => void;
}

/** Sends what nothing of any request is in: checks and the like. */
export interface PlainTransport {
  readonly send: (request: Omit<UpstreamRequest, "permit">, listener: UpstreamListener) => UpstreamExchange;
}

/** Sends requests upstream. Implementation: `platform/undici-transport`. */
export interface Transport {
  readonly send: (request: UpstreamRequest, listener: UpstreamListener) => UpstreamExchange;
  /** Waits for what is in flight, then closes all sockets. */
  readonly close: () => Promise<void>;
}

/** Opens connections that leave HTTP behind. Implementation: `platform/undici-transport`. */
export interface Tunnels {
  readonly open: (
    request: Omit<UpstreamRequest, "body" | "trailers" | "expectsContinue"> & {
      /** What the connection is to become: the value of `Upgrade`. */
      readonly protocol: string;
    },
    listener: TunnelListener,
  ) => Pick<UpstreamExchange, "abort">;
}

/** Hears either that the protocol was switched, or an ordinary answer. */
export interface TunnelListener extends UpstreamListener {
  /** 101: from now on the connection is the callee's. Nothing else is called afterwards. */
  readonly switched: (head: UpstreamHead, socket: ByteSocket, early: Uint8Array) => void;
}
