import { constants, createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { createRoster } from "../../kernel/roster.ts";
import type { InboundRequest, Upgrade } from "../../ports/server.ts";
import type { Engine, EngineParts } from "./http1.ts";
import { hasDoubledSingleton } from "./http1-framing.ts";
import { type Http2Head, readHttp2Head } from "./http2-head.ts";
import { createHttp2Reply, type Http2Reply } from "./http2-reply.ts";
import { type WatchedSession, watchSession } from "./http2-session.ts";
import type { Peer } from "./peer.ts";
import { defaultHttp2, type Http2Settings, type ServerSettings } from "./settings.ts";

const megabyte = 1_000_000;
const sweepMs = 1000;

/** An answer that is followed for signs of life. */
interface Followed {
  readonly stream: ServerHttp2Stream;
  readonly progress: Http2Reply["progress"];
  taken: number;
  movedAtMs: number;
  /** It has stood still for too long; its reset has yet to leave. */
  isGivenUp: boolean;
}

/** HTTP/2 by node:http2. Floods that its options do not bound are counted by `watchSession`. */
export function createHttp2(parts: EngineParts): Engine {
  const { settings } = parts;
  const http2 = settings.http2 ?? defaultHttp2;
  const server = createServer(optionsOf(settings, http2));
  const sessions = createRoster<WatchedSession>();
  const answers = createRoster<Followed>();
  /** Of the connection that is being taken: the session of one is made while it is handed over. */
  let taking: Peer | undefined;
  server.on("session", (session) => {
    const peer = taking ?? parts.peers.of(session.socket);
    const watched = watchSession(session, { ...settings.limits, resetsMax: http2.resetsMax });
    session.once("close", sessions.join(watched));
    session.setLocalWindowSize(connectionWindowBytes);
    session.on("stream", (stream, headers, flags, flat) => {
      watched.opened();
      const answer = serveStream({ parts, http2, peer, stream, headers, flags, flat });
      const leave = answers.join({
        stream,
        progress: answer.progress,
        taken: -1,
        movedAtMs: 0,
        isGivenUp: false,
      });
      stream.once("close", () => {
        leave();
        watched.closed(answer.isReset());
      });
    });
    if (parts.isDraining()) watched.part();
  });
  const sweep = setInterval(
    () => {
      const now = performance.now();
      for (const watched of sessions.members()) watched.sweep(now);
      for (const followed of answers.members()) judge(followed, now, settings.limits.answerStallTimeoutMs);
    },
    Math.min(sweepMs, Math.max(50, settings.limits.answerStallTimeoutMs / 2)),
  ).unref();
  return {
    take: (socket: Socket, start) => {
      taking = parts.peers.of(socket);
      socket.pause();
      // Without a half-open state: a client that has ended its side of the connection can send nothing that counts.
      socket.allowHalfOpen = false;
      if (start !== undefined) socket.unshift(start);
      server.emit("connection", socket);
      taking = undefined;
    },
    endIdle: () => {
      for (const watched of sessions.members()) watched.part();
    },
    close: () => clearInterval(sweep),
  };
}

const streamWindowBytes = 262_144;
const connectionWindowBytes = 1_048_576;

function optionsOf({ limits }: ServerSettings, http2: Http2Settings) {
  return {
    maxSessionMemory: Math.max(1, Math.round(http2.sessionMemoryBytesMax / megabyte)),
    // Above our own bounds, so that what is a little too much is answered with 431; far too much resets the stream.
    maxHeaderListPairs: http2.headerPairsMax * 2,
    maxSettings: 32,
    maxOutstandingPings: 10,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 1000,
    // Ours speaks first and more clearly (ENHANCE_YOUR_CALM); this one ends what comes in a single packet.
    streamResetBurst: http2.resetsMax * 2,
    streamResetRate: Math.ceil(http2.resetsMax / 10),
    strictFieldWhitespaceValidation: true,
    // What an upstream doubles is passed on; a client that doubles is refused by ourselves.
    strictSingleValueFields: false,
    unknownProtocolTimeout: 1000,
    settings: {
      enablePush: false,
      enableConnectProtocol: http2.connectProtocol === true,
      maxConcurrentStreams: http2.concurrentStreamsMax,
      initialWindowSize: streamWindowBytes,
      maxHeaderListSize: limits.headerBytesMax * 2 + http2.headerPairsMax * 32,
    },
  };
}

function judge(followed: Followed, nowMs: number, stallMs: number): void {
  const { isWaiting, taken } = followed.progress();
  const isMoving = !isWaiting || taken !== followed.taken;
  if (isMoving && !followed.isGivenUp) {
    followed.taken = taken;
    followed.movedAtMs = nowMs;
    return;
  }
  if (nowMs - followed.movedAtMs <= stallMs) return;
  // Of a connection of which nothing is read not even a reset leaves, and no stream of it would ever close.
  if (followed.isGivenUp) followed.stream.session?.destroy();
  else followed.stream.close(constants.NGHTTP2_CANCEL);
  followed.isGivenUp = true;
  followed.movedAtMs = nowMs;
}

interface Arrived {
  readonly parts: EngineParts;
  readonly http2: Http2Settings;
  readonly peer: Peer;
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  readonly flags: number;
  readonly flat: readonly string[];
}

interface Served {
  readonly progress: Http2Reply["progress"];
  /** Whether the client gave the stream up, which it may not do too often. */
  readonly isReset: () => boolean;
}

function serveStream(arrived: Arrived): Served {
  const { parts, http2, stream, flags, flat } = arrived;
  const { settings } = parts;
  const isEmpty = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
  let isBroken = false;
  // Comes only while we have not ended our side, and before the end that node:http2 gives to a body that was cut.
  stream.once("aborted", () => {
    isBroken = true;
  });
  const isRequestWhole = (): boolean => isEmpty || (stream.readableEnded && !isBroken);
  const { endOfTurn } = settings;
  const method = arrived.headers[":method"];
  const answer = createHttp2Reply(stream, {
    isHead: method === "HEAD",
    isConnect: method === "CONNECT",
    isRequestWhole,
    endOfTurn,
  });
  const { reply, progress } = answer;
  const { headerPairsMax, connectProtocol = false } = http2;
  const head = readHttp2Head(flat, { ...settings.limits, headerPairsMax, connectProtocol });
  const code = head.kind === "refused" ? head.code : ambiguity(head);
  if (head.kind === "head" && code === undefined) {
    const upgrade = head.protocol && { protocol: head.protocol, take: answer.take };
    const hasBody = !isEmpty && upgrade === undefined;
    parts.handler(
      readInbound({ ...arrived, head, isEmpty: !hasBody, isBroken: () => isBroken, reply, upgrade }),
    );
  } else if (code !== undefined) {
    const { status, headers, body } = parts.refusals.answer(code, arrived.headers[":path"]);
    reply.whole(status, headers, body);
  }
  return {
    progress,
    isReset: () => stream.rstCode !== constants.NGHTTP2_NO_ERROR && !isOurs(stream.rstCode),
  };
}

const ambiguity = ({ rawHeaders }: Http2Head) =>
  hasDoubledSingleton(rawHeaders) ? "malformed_request" : undefined;

/** Codes that only we reset streams with. */
const isOurs = (code: number): boolean => code === constants.NGHTTP2_INTERNAL_ERROR;

function readInbound(
  parts: Arrived & {
    readonly head: Http2Head;
    readonly isEmpty: boolean;
    readonly isBroken: () => boolean;
    readonly reply: InboundRequest["reply"];
    readonly upgrade: Upgrade | undefined;
  },
): InboundRequest {
  const { head, stream, headers, peer, reply } = parts;
  const { bodies } = parts.parts;
  const expectsContinue = !parts.isEmpty && String(headers["expect"]).toLowerCase() === "100-continue";
  let mustContinue = expectsContinue;
  let trailers: readonly string[] = [];
  stream.once("trailers", (_fields: unknown, _flags: unknown, flat: readonly string[] = []) => {
    trailers = flat;
  });
  const sendContinue = (): void => {
    if (!mustContinue || stream.headersSent || stream.closed) return;
    mustContinue = false;
    stream.additionalHeaders({ ":status": 100 });
  };
  const source = {
    readable: stream,
    answer: stream,
    isWhole: () => !parts.isBroken(),
    announced: Number(headers["content-length"] ?? 0),
  };
  return {
    method: head.method,
    target: head.target,
    rawHeaders: head.rawHeaders,
    header: (name) => {
      if (name === "host") return head.host;
      const value = name.startsWith(":") ? undefined : headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    remoteAddress: peer.address,
    localPort: peer.localPort,
    scheme: peer.scheme,
    httpVersion: "2",
    expectsContinue,
    sendContinue,
    readBody: (bytesMax) => {
      sendContinue();
      return parts.isEmpty ? Promise.resolve(new Uint8Array(0)) : bodies.read(source, bytesMax);
    },
    streamBody: (bytesMax, options) => {
      if (parts.isEmpty) return undefined;
      // Told to be empty, and ended by a DATA frame of its own. Source: RFC 9113, section 8.1.1.
      if (headers["content-length"] === "0") {
        stream.resume();
        return undefined;
      }
      if (options?.holdsContinue !== true) sendContinue();
      return bodies.stream(source, bytesMax, options);
    },
    trailers: () => trailers,
    ...(parts.upgrade === undefined ? undefined : { upgrade: parts.upgrade }),
    ...(peer.certificate === undefined ? undefined : { clientCertificate: peer.certificate }),
    reply,
  };
}
