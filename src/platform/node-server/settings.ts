import type { ErrorCode } from "../../kernel/errors.ts";
import type { EndOfTurn } from "../../ports/end-of-turn.ts";
import type { HeadAnswer } from "../../ports/server.ts";
import type { ProxyProtocol } from "./proxy-header.ts";

/** Bounds of one listener. All are enforced; none of them may kill another client's request. */
export interface ServerLimits {
  readonly headerBytesMax: number;
  readonly headersTimeoutMs: number;
  /** Bodies of all requests that are open, in bytes. */
  readonly bodiesBytesMax: number;
  /** Longest silence inside a request body. */
  readonly bodyIdleTimeoutMs: number;
  /** Lowest rate of a request body after its first ten seconds. */
  readonly bodyRateMinBytesPerSecond: number;
  /** Longest time for which a client takes nothing of an answer that waits for it. */
  readonly answerStallTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly requestsPerConnectionMax: number;
  readonly connectionsMax: number;
  readonly connectionsPerClientMax: number;
}

/** What HTTP/2 is bounded by beyond what holds for HTTP/1.1. */
export interface Http2Settings {
  readonly isEnabled: boolean;
  /** One more is refused with REFUSED_STREAM. */
  readonly concurrentStreamsMax: number;
  /** Header fields of one request, pseudo-headers among them. */
  readonly headerPairsMax: number;
  readonly sessionMemoryBytesMax: number;
  /** Streams that the client gave up within ten seconds; then the connection ends with ENHANCE_YOUR_CALM. */
  readonly resetsMax: number;
  /** Whether streams may become WebSockets (RFC 8441). Absent: no. */
  readonly connectProtocol?: boolean;
}

/** Source of the defaults: protocols specification, section 0. */
export const defaultHttp2: Http2Settings = {
  isEnabled: true,
  concurrentStreamsMax: 100,
  headerPairsMax: 128,
  sessionMemoryBytesMax: 8_000_000,
  resetsMax: 200,
};

/** What a listener proves itself with, in PEM. */
export interface TlsSettings {
  /** The certificate, then those of its authorities. */
  readonly cert: string;
  readonly key: string;
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
  /** Clients are asked for a certificate of these authorities. */
  readonly clientCa?: string;
  /** Whether a client without one is served all the same, as one that has none. Absent: it is not. */
  readonly isClientCertOptional?: boolean;
  /** Certificates that are taken back, in PEM, by each of the authorities. */
  readonly crl?: string;
}

export interface ServerSettings {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly limits: ServerLimits;
  /** Absent: the defaults of the specification. */
  readonly http2?: Http2Settings;
  /** Absent: plain text. */
  readonly tls?: TlsSettings;
  /** Which addresses are proxies of ours: no bound of connections per client, and their PROXY header counts. */
  readonly isTrusted?: (address: string) => boolean;
  /** Whether trusted proxies begin each connection with a PROXY header. Absent: `off`. */
  readonly proxyProtocol?: ProxyProtocol;
  /** Called for heads that were refused before they became requests. */
  readonly onRefusedHead: (code: ErrorCode) => void;
  /** How their clients are told; `target`: as far as it was read. Absent: in JSON. */
  readonly answerToHead?: (code: ErrorCode, target: string | undefined) => HeadAnswer;
  /** When whole answers are written. */
  readonly endOfTurn: EndOfTurn;
}
