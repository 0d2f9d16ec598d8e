import type { Permit } from "../exchange/permit.ts";
import type { Milliseconds } from "../kernel/units.ts";

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
}

/** The answer's head. Header names are lower-case; of repeated ones the values are joined with `, `. */
export interface UpstreamHead {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

/**
 * Receives one answer: `head` once, `data` any number of times, then exactly one of `end` and `failed`.
 * Nothing is called after `failed`, `end` or an abort by the caller.
 */
export interface UpstreamListener {
  readonly head: (head: UpstreamHead) => void;
  /** A piece of the body. The callee may keep it. */
  readonly data: (chunk: Uint8Array) => void;
  /** The body is whole by its framing. */
  readonly end: () => void;
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
