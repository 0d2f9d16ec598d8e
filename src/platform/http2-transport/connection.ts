import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionRequestOptions,
  connect,
  constants,
} from "node:http2";
import type { TransportFailure } from "../../ports/transport.ts";
import { openSocket, type Place } from "./socket.ts";

/** Times of a connection. */
export interface Spans {
  /** How long one without streams is kept. */
  readonly keepAliveMs: number;
  /** Silence on a connection with streams, after which the peer is asked whether it lives. */
  readonly pingEveryMs: number;
  /** Time for its answer; then the connection is dead. */
  readonly pingTimeoutMs: number;
}

/** One connection with many streams. */
export interface Connection {
  /** Streams that may be opened now. */
  readonly room: () => number;
  /** Whether it takes no more streams, or never will. */
  readonly isLeaving: () => boolean;
  /** @throws What Node has against the fields. */
  readonly open: (fields: readonly string[], options: ClientSessionRequestOptions) => ClientHttp2Stream;
  /** Whether the peer said that it will not look at this stream: GOAWAY, RFC 9113, section 6.8. */
  readonly hasRefused: (streamId: number | undefined) => boolean;
  /** Whether it ended under its streams, for what reason. */
  readonly death: () => string | undefined;
  /** Closes it once its streams are over. */
  readonly close: () => void;
}

export interface ConnectionListener {
  /** There may be room for streams. */
  readonly changed: () => void;
  /** The peer does not like so many PINGs. */
  readonly pingedTooOften: () => void;
  /** It is no more. `failure`: it has never been. */
  readonly gone: (failure: TransportFailure | undefined) => void;
}

/** Streams of one connection: specs/protocols, section 5. */
const streamsMax = 100;
/** What the peer may send before we have read, on a stream and on the connection. */
const streamWindowBytes = 1_048_576;
const connectionWindowBytes = 8_388_608;
/** Above what is read of a head (`fields.ts`), so that it is us who refuse it and not the library, with a reset. */
const libraryHeaderBytesMax = 1_048_576;
const libraryHeaderFieldsMax = 16_384;
/** The library's own bound, in megabytes: above it no stream is opened. */
const sessionMemoryMb = 64;
const quietTicks = 3;
/** How long a connection without streams that is to go waits for its peer to close it as well. */
const partingMs = 1000;

/** Opens a connection; what becomes of it is told to `listener`. */
export function openConnection(place: Place, spans: Spans, listener: ConnectionListener): Connection {
  let session: ClientHttp2Session | undefined;
  let isReady = false;
  let isGone = false;
  let isLeaving = false;
  let active = 0;
  let peerMax = streamsMax;
  let refusedAbove = Number.POSITIVE_INFINITY;
  let fault: string | undefined;
  const end = (code: TransportFailure["code"], detail: string): void => {
    if (isGone) return;
    isGone = true;
    isLeaving = true;
    fault ??= detail;
    clearTimeout(connecting);
    heart.stop();
    session?.destroy();
    socket.destroy();
    listener.gone(isReady ? undefined : { code, detail, wasSent: false });
  };
  const socket = openSocket(place, (speaksHttp2) => {
    if (isGone) return;
    if (!speaksHttp2) return end("upstream_unreachable", "the server does not speak HTTP/2");
    session = beginSession(place.origin, socket);
    attend(session);
  });
  const connecting = setTimeout(
    () => end("upstream_unreachable", "no connection in time"),
    place.connectTimeoutMs,
  );
  const heart = createHeart(spans, {
    bytesRead: () => socket.bytesRead,
    ping: (answered) => session?.ping(answered) ?? false,
    dead: () => end("upstream_unreachable", "no answer to a PING"),
    idle: () => (isLeaving ? end("upstream_unreachable", "the peer does not leave") : close()),
  });
  /** There are no streams: it is kept for a while, or, where it is to go, left for the peer to close. */
  const rest = (): void => {
    if (!isGone) heart.rest(isLeaving ? partingMs : spans.keepAliveMs);
  };
  socket.on("error", (error) => end("upstream_unreachable", detailOf(error)));
  socket.once("close", () => end("upstream_unreachable", "the connection was closed"));
  const close = (): void => {
    isLeaving = true;
    if (session === undefined) return end("upstream_unreachable", "closed before it was open");
    session.close();
    if (active === 0) rest();
  };
  const attend = (begun: ClientHttp2Session): void => {
    begun.once("connect", () => begun.setLocalWindowSize(connectionWindowBytes));
    begun.on("remoteSettings", ({ maxConcurrentStreams }) => {
      clearTimeout(connecting);
      isReady = true;
      peerMax = Math.min(streamsMax, maxConcurrentStreams ?? streamsMax);
      if (active === 0) rest();
      listener.changed();
    });
    begun.on("goaway", (code, lastStreamId, data) => {
      isLeaving = true;
      refusedAbove = Math.min(refusedAbove, lastStreamId);
      fault ??= `GOAWAY ${code}`;
      if (active === 0) rest();
      if (code === constants.NGHTTP2_ENHANCE_YOUR_CALM && data?.toString("latin1") === "too_many_pings")
        listener.pingedTooOften();
      listener.changed();
    });
    begun.on("error", (error) => {
      fault ??= error.message;
      end("upstream_malformed_response", error.message);
    });
    begun.once("close", () => end("upstream_unreachable", "the session was closed"));
  };
  return {
    room: () => (isReady && !isLeaving && session?.closed === false ? peerMax - active : 0),
    isLeaving: () => isLeaving,
    open: (fields, options) => {
      if (session === undefined) throw new Error("the connection is not open");
      const stream = session.request(fields, options);
      active += 1;
      if (active === 1) heart.beat();
      stream.once("close", () => {
        active -= 1;
        if (active === 0) rest();
        listener.changed();
      });
      return stream;
    },
    hasRefused: (streamId) => streamId !== undefined && streamId > refusedAbove,
    death: () => (isGone || session?.destroyed === true ? (fault ?? "the connection is over") : undefined),
    close,
  };
}

const detailOf = (error: Error): string =>
  "code" in error && error.code === "blocked_address" ? `blocked_address: ${error.message}` : error.message;

const sessionOptions = {
  maxSessionMemory: sessionMemoryMb,
  maxHeaderListPairs: libraryHeaderFieldsMax,
  // Metadata may repeat any name; Node's types know this of servers only.
  strictSingleValueFields: false,
  settings: {
    enablePush: false,
    initialWindowSize: streamWindowBytes,
    maxHeaderListSize: libraryHeaderBytesMax,
  },
};

const beginSession = (origin: string, socket: ReturnType<typeof openSocket>): ClientHttp2Session =>
  connect(origin, { createConnection: () => socket, ...sessionOptions });

interface Heart {
  /** There are streams: silence is looked into. */
  readonly beat: () => void;
  /** There are none: after this span it is idle. */
  readonly rest: (spanMs: number) => void;
  readonly stop: () => void;
}

/** Asks a silent peer whether it lives, and ends what is idle. */
function createHeart(
  spans: Spans,
  body: {
    readonly bytesRead: () => number;
    readonly ping: (answered: () => void) => boolean;
    readonly dead: () => void;
    readonly idle: () => void;
  },
): Heart {
  let tick: NodeJS.Timeout | undefined;
  let wait: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearInterval(tick);
    clearTimeout(wait);
  };
  return {
    beat: () => {
      stop();
      let read = body.bytesRead();
      let quiet = 0;
      tick = setInterval(() => {
        quiet = body.bytesRead() === read ? quiet + 1 : 0;
        read = body.bytesRead();
        if (quiet !== quietTicks) return;
        wait = setTimeout(body.dead, spans.pingTimeoutMs).unref();
        body.ping(() => {
          clearTimeout(wait);
          quiet = 0;
        });
      }, spans.pingEveryMs / quietTicks).unref();
    },
    rest: (spanMs) => {
      stop();
      wait = setTimeout(body.idle, spanMs).unref();
    },
    stop,
  };
}
