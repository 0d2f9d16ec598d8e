import type { IncomingMessage, ServerResponse } from "node:http";
import type { EndOfTurn } from "../../ports/end-of-turn.ts";
import type { Reply } from "../../ports/server.ts";
import { createGone } from "./gone.ts";

const lingerMs = 2000;

/**
 * A reply over node:http. `isDraining` is asked at each head: a draining server lets no connection live on.
 * Whatever is written leaves at the end of the turn, with all that other replies have written in it.
 */
export function createReply(
  request: IncomingMessage,
  response: ServerResponse,
  { isDraining, endOfTurn }: { readonly isDraining: () => boolean; readonly endOfTurn: EndOfTurn },
): Reply {
  const gone = createGone();
  let sent: (() => void) | undefined;
  let resume: (() => void) | undefined;
  let waiting: (Uint8Array | string)[] = [];
  let waitingBytes = 0;
  let isScheduled = false;
  let isEnding = false;
  let isHeadDue = false;
  /** On a connection that node:http has let go for an upgrade, the need to drain is never taken back. */
  const isFull = (): boolean => response.writableNeedDrain && response.writableLength > 0;
  response.on("close", () => {
    if (response.writableFinished) {
      sent?.();
      return;
    }
    gone.tell();
  });
  // A write after the client went ends in this event; `close` tells the story.
  response.on("error", ignore);

  const flush = (): void => {
    isScheduled = false;
    if (gone.isGone() || response.destroyed) return;
    const chunks = waiting;
    waiting = [];
    waitingBytes = 0;
    const last = isEnding ? chunks.pop() : undefined;
    for (const chunk of chunks) response.write(chunk);
    // A head must not wait for the first byte of its body, which may be long in coming.
    if (isHeadDue && chunks.length === 0 && !isEnding) response.flushHeaders();
    isHeadDue = false;
    if (isEnding) response.end(last);
    else if (isFull()) response.once("drain", release);
    else release();
  };
  const release = (): void => {
    const callback = resume;
    resume = undefined;
    callback?.();
  };
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    endOfTurn(flush);
  };
  /** A body that was not read to its end would be taken for the next request: the connection ends with this answer. */
  const prepare = (): void => {
    const isUnread = !request.complete && hasBody(request);
    if (isUnread || isDraining()) response.shouldKeepAlive = false;
    if (isUnread) lingerAfter(request);
  };
  return {
    whole: (status, headers, body) => {
      if (gone.isGone()) return;
      prepare();
      const length = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
      // RFC 9110, 8.6: none in 204; in 304 and to HEAD it would tell of the body that a GET gets.
      const isSilent = status === 204 || status === 304;
      response.writeHead(status, isSilent ? [...headers] : [...headers, "content-length", String(length)]);
      waiting.push(body);
      isEnding = true;
      schedule();
    },
    head: (status, headers) => {
      if (gone.isGone()) return;
      prepare();
      response.writeHead(status, [...headers]);
      isHeadDue = true;
      schedule();
    },
    write: (chunk) => {
      if (gone.isGone()) return true;
      waiting.push(chunk);
      waitingBytes += chunk.length;
      schedule();
      return !isFull() && waitingBytes < response.writableHighWaterMark;
    },
    end: () => {
      if (gone.isGone()) return;
      isEnding = true;
      schedule();
    },
    interim: (status, headers) => {
      if (!gone.isGone() && !response.headersSent && request.httpVersion !== "1.0")
        response.writeInformation(status, [...headers]);
    },
    trailers: (headers) => {
      const pairs: [string, string][] = [];
      for (let at = 0; at + 1 < headers.length; at += 2)
        pairs.push([headers[at] ?? "", headers[at + 1] ?? ""]);
      if (!gone.isGone()) response.addTrailers(pairs);
    },
    destroy: () => {
      response.destroy();
    },
    onDrain: (callback) => {
      resume = callback;
    },
    onGone: gone.on,
    onSent: (callback) => {
      sent = callback;
    },
  };
}

const ignore = (): void => undefined;

/** A request without a body is complete, but the parser says so only a moment after the handler was called. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

/**
 * The connection's end after an answer that came before the request was whole: reads on for a while, so that the
 * answer is not lost in a reset. node:http would destroy the socket in the turn in which the answer has left.
 */
function lingerAfter(request: IncomingMessage): void {
  const { socket } = request;
  const endLate = (): void => {
    socket.end();
    request.resume();
    const timeout = setTimeout(() => socket.destroy(), lingerMs).unref();
    socket.once("close", () => clearTimeout(timeout));
  };
  socket.destroySoon = endLate;
}
