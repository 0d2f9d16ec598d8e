import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { EndOfTurn } from "../../ports/end-of-turn.ts";
import type { Reply, Upgrade } from "../../ports/server.ts";
import { createGone, type Gone } from "./gone.ts";
import { isConnectionField } from "./http2-head.ts";

/** What is written at once: how much a client has to take within the time for which an answer may stand still. */
const pieceBytes = 65_536;
/** Until it is looked again whether all of an answer was written. */
const queueMs = 10;

/** In the place of a success that switches nothing. */
const noSocket = 502;

export interface Http2Reply {
  readonly reply: Reply;
  /** Bytes that wait for the client, and a number that changes with each piece it takes. */
  readonly progress: () => { readonly isWaiting: boolean; readonly taken: number };
  /** Takes the stream from HTTP, with a 200 of these fields. */
  readonly take: Upgrade["take"];
}

/** A reply over one stream of HTTP/2, which behaves as that over node:http does; where that breaks a connection, this resets its stream. */
export function createHttp2Reply(
  stream: ServerHttp2Stream,
  parts: {
    readonly isHead: boolean;
    /** The client asks for a socket: a status of success would tell it that it has one. */
    readonly isConnect: boolean;
    /** Whether the client has ended its request. */
    readonly isRequestWhole: () => boolean;
    readonly endOfTurn: EndOfTurn;
  },
): Http2Reply {
  const hooks: Hooks = {};
  let waiting: (Uint8Array | string)[] = [];
  let waitingBytes = 0;
  let isScheduled = false;
  let isEnding = false;
  let hasEnded = false;
  let isTaken = false;
  const gone = createGone();
  let hasBody = true;
  let taken = 0;
  let trailers: readonly string[] = [];
  const isOver = (): boolean => gone.isGone() || stream.closed || stream.destroyed;
  stream.on("error", ignore);
  stream.on("close", () => {
    if (isTaken) return;
    // A stream whose both sides have ended may close before its writer is told that it has finished.
    if (hasEnded && (stream.writableFinished || stream.rstCode === constants.NGHTTP2_NO_ERROR)) {
      hooks.sent?.();
      return;
    }
    gone.tell();
  });
  // What was told last leaves with the next turn.
  const stopSoon = (): void =>
    void setImmediate(() => setImmediate(stopRequest, stream, parts.isRequestWhole));
  stream.on("wantTrailers", () => {
    if (stream.closed || stream.destroyed) return;
    stream.sendTrailers(toObject(trailers));
    stopSoon();
  });
  const respond = (status: number, headers: readonly string[], isEmpty: boolean): void => {
    hasBody = !isEmpty;
    const told = parts.isConnect && status < 300 ? noSocket : status;
    stream.respond([":status", String(told), ...withoutConnection(headers)], {
      endStream: isEmpty,
      waitForTrailers: !isEmpty && !isEnding,
    });
    if (isEmpty || isEnding) stream.once("finish", stopSoon);
    if (isEmpty) hasEnded = true;
  };
  const pump = (): void => {
    isScheduled = false;
    if (isOver() || hasEnded) return;
    while (waiting.length > 0 && !stream.writableNeedDrain) {
      const piece = nextPiece(waiting);
      taken += 1;
      if (waiting.length === 0 && isEnding) {
        hasEnded = true;
        stream.end(piece);
        return;
      }
      stream.write(piece);
    }
    if (waiting.length > 0) {
      wait();
      return;
    }
    waitingBytes = 0;
    if (isEnding) {
      hasEnded = true;
      stream.end();
    } else if (stream.writableNeedDrain) wait();
    else release();
  };
  const wait = (): void => {
    isScheduled = true;
    stream.once("drain", pump);
  };
  const release = (): void => {
    const callback = hooks.resume;
    hooks.resume = undefined;
    callback?.();
  };
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    parts.endOfTurn(pump);
  };
  const reply: Reply = {
    whole: (status, headers, body) => {
      if (isOver()) return;
      const length = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
      isEnding = true;
      const isSilent = status === 204 || status === 304;
      const isEmpty = isSilent || parts.isHead || length === 0;
      // The end of an empty body is said by its head; a length would add nothing, and could be wrong to HEAD.
      respond(
        status,
        length === 0 || isSilent ? headers : [...headers, "content-length", String(length)],
        isEmpty,
      );
      if (isEmpty) return;
      waiting.push(body);
      schedule();
    },
    head: (status, headers) => {
      if (isOver()) return;
      respond(status, headers, parts.isHead || status === 204 || status === 304);
    },
    write: (chunk) => {
      if (isOver() || !hasBody) return true;
      if (chunk.length === 0) return !stream.writableNeedDrain;
      waiting.push(chunk);
      waitingBytes += chunk.length;
      schedule();
      return !stream.writableNeedDrain && waitingBytes < stream.writableHighWaterMark;
    },
    end: () => {
      if (isOver() || hasEnded) return;
      isEnding = true;
      schedule();
    },
    interim: (status, headers) => {
      if (!isOver() && !stream.headersSent)
        stream.additionalHeaders({ ...toObject(withoutConnection(headers)), ":status": status });
    },
    trailers: (headers) => {
      trailers = withoutConnection(headers);
    },
    destroy: () => {
      if (!stream.destroyed) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    },
    ...listening(hooks, gone),
  };
  return {
    reply,
    progress: () => ({ isWaiting: !isTaken && (waiting.length > 0 || stream.writableLength > 0), taken }),
    take: (headers) => {
      isTaken = true;
      return switched(stream, headers);
    },
  };
}

function switched(stream: ServerHttp2Stream, headers: readonly string[]): ReturnType<Upgrade["take"]> {
  if (!stream.closed && !stream.destroyed) stream.respond([":status", "200", ...withoutConnection(headers)]);
  return { socket: stream, early: new Uint8Array(0) };
}

const ignore = (): void => undefined;

/** Takes the first piece off: large ones are cut, so that a slow client is seen to take them. */
function nextPiece(waiting: (Uint8Array | string)[]): Uint8Array | string {
  const first = waiting.shift() ?? "";
  if (first.length <= pieceBytes) return first;
  const bytes = typeof first === "string" ? Buffer.from(first) : first;
  waiting.unshift(bytes.subarray(pieceBytes));
  return bytes.subarray(0, pieceBytes);
}

function withoutConnection(flat: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = (flat[at] ?? "").toLowerCase();
    if (!isConnectionField(name) && name !== "te" && name !== "http2-settings")
      kept.push(name, flat[at + 1] ?? "");
  }
  return kept;
}

/** Names are an upstream's own, `constructor` among them: nothing is inherited. */
function toObject(flat: readonly string[]): OutgoingHttpHeaders {
  const fields: Record<string, string[]> = Object.create(null);
  for (let at = 0; at + 1 < flat.length; at += 2) (fields[flat[at] ?? ""] ??= []).push(flat[at + 1] ?? "");
  return fields;
}

/** Whom a reply tells. */
interface Hooks {
  sent?: () => void;
  resume?: (() => void) | undefined;
}

const listening = (hooks: Hooks, gone: Gone): Pick<Reply, "onDrain" | "onGone" | "onSent"> => ({
  onDrain: (callback) => {
    hooks.resume = callback;
  },
  onGone: gone.on,
  onSent: (callback) => {
    hooks.sent = callback;
  },
});

/**
 * The answer is out; what still comes of the request is not wanted. A reset takes away what waits to be written of its
 * stream, the head too: it is sent when nothing waits. Source: RFC 9113, section 8.1.
 */
function stopRequest(stream: ServerHttp2Stream, isRequestWhole: () => boolean): void {
  if (isRequestWhole() || stream.closed) return;
  if ((stream.session?.state.outboundQueueSize ?? 0) > 0)
    setTimeout(stopRequest, queueMs, stream, isRequestWhole).unref();
  else stream.close(constants.NGHTTP2_NO_ERROR);
}
