import { constants, type ServerHttp2Session } from "node:http2";
import { slidingCount } from "./sliding-count.ts";

/** Events of one kind that a client may cause within ten seconds; more is a flood. */
const spanMs = 10_000;
/** High, since clients of gRPC measure their connection with one ping per round trip; their answers are bounded by the parser. */
const pingsMax = 20_000;
const settingsMax = 100;
/** How long a session may take to end after it was told to. */
const partingMs = 5000;

export interface SessionLimits {
  readonly headersTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly answerStallTimeoutMs: number;
  readonly requestsPerConnectionMax: number;
  readonly resetsMax: number;
}

/** The books of one HTTP/2 connection: what it has open, and what it has done that only a flood does. */
export interface WatchedSession {
  /** Counts one request until its stream is closed. */
  readonly opened: () => void;
  /** `isReset`: the client gave it up. */
  readonly closed: (isReset: boolean) => void;
  /**
   * Lets what is open end; the client is told the last stream that is taken, and may ask elsewhere for what it has opened
   * since. The notice that RFC 9113, section 6.8, has go before it cannot be sent: node:http2 takes no stream after any GOAWAY.
   */
  readonly part: () => void;
  /** Ends what has been idle, or parting, for too long, takes nothing, or floods with heads that never become requests. */
  readonly sweep: (nowMs: number) => void;
}

export function watchSession(session: ServerHttp2Session, limits: SessionLimits): WatchedSession {
  let open = 0;
  let requests = 0;
  let idleSinceMs = performance.now();
  let partingSinceMs: number | undefined;
  const calm = (): void => {
    if (!session.destroyed) session.destroy(new Error("flood"), constants.NGHTTP2_ENHANCE_YOUR_CALM);
  };
  const counted = (max: number): (() => void) => {
    const isOver = slidingCount(max, spanMs);
    return () => {
      if (isOver(performance.now())) calm();
    };
  };
  const onReset = counted(limits.resetsMax);
  let unseen = 0;
  // node:http2 resets streams whose heads are far too large, and tells nobody: only their numbers are known. RFC 9113, 5.1.1.
  const countUnseen = (): void => {
    const begun = Math.ceil((session.state.lastProcStreamID ?? 0) / 2);
    for (; unseen + requests < begun && !session.destroyed; unseen += 1) onReset();
  };
  let written = 0;
  let movedAtMs = idleSinceMs;
  /** Heads and resets wait for no window: where none leaves, nothing is read. Twice the time that a stream has: it is reset first. */
  const isStuck = (nowMs: number): boolean => {
    const { bytesWritten } = session.socket;
    if (bytesWritten !== written || (session.state.outboundQueueSize ?? 0) === 0) movedAtMs = nowMs;
    written = bytesWritten;
    return nowMs - movedAtMs > 2 * limits.answerStallTimeoutMs;
  };
  session.on("ping", counted(pingsMax));
  session.on("remoteSettings", counted(settingsMax));
  // A fault of the connection ends it; each of its streams tells its own story.
  session.on("error", () => undefined);
  const part = (): void => {
    if (session.closed || session.destroyed) return;
    partingSinceMs = performance.now();
    session.close();
  };
  return {
    opened: () => {
      open += 1;
      requests += 1;
      if (requests >= limits.requestsPerConnectionMax) part();
    },
    closed: (isReset) => {
      open -= 1;
      if (open === 0) {
        idleSinceMs = performance.now();
        if (partingSinceMs !== undefined) partingSinceMs = idleSinceMs;
      }
      if (isReset) onReset();
    },
    part,
    sweep: (nowMs) => {
      if (session.destroyed) return;
      countUnseen();
      if (!session.destroyed && isStuck(nowMs)) session.destroy();
      if (open > 0 || session.destroyed) return;
      const idleMaxMs = requests === 0 ? limits.headersTimeoutMs : limits.keepAliveTimeoutMs;
      if (partingSinceMs === undefined && nowMs - idleSinceMs > idleMaxMs) part();
      else if (partingSinceMs !== undefined && nowMs - partingSinceMs > partingMs) session.destroy();
    },
  };
}
