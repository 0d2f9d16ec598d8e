import type { IncomingMessage, ServerResponse } from "node:http";
import type { EndOfTurn } from "../../ports/end-of-turn.ts";
import type { Reply } from "../../ports/server.ts";

const lingerMs = 2000;

/** A reply over node:http. `isDraining` is asked at each head: a draining server lets no connection live on. */
export function createReply(
  request: IncomingMessage,
  response: ServerResponse,
  { isDraining, endOfTurn }: { readonly isDraining: () => boolean; readonly endOfTurn: EndOfTurn },
): Reply {
  let isGone = false;
  let gone: (() => void) | undefined;
  let sent: (() => void) | undefined;
  response.once("close", () => {
    if (response.writableFinished) {
      sent?.();
      return;
    }
    isGone = true;
    gone?.();
  });
  // A write after the client went ends in this event; `close` tells the story.
  response.on("error", () => undefined);

  /** A body that was not read to its end would be taken for the next request: the connection ends with this answer. */
  const prepare = (): void => {
    const isUnread = !request.complete && hasBody(request);
    if (isUnread || isDraining()) response.shouldKeepAlive = false;
    if (isUnread) lingerAfter(request);
  };
  return {
    whole: (status, headers, body) => {
      if (isGone) return;
      prepare();
      const length = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
      response.writeHead(status, [...headers, "content-length", String(length)]);
      endOfTurn(() => response.end(body));
    },
    head: (status, headers) => {
      if (isGone) return;
      prepare();
      response.writeHead(status, [...headers]);
    },
    write: (chunk) => (isGone ? true : response.write(chunk)),
    end: () => {
      if (!isGone) response.end();
    },
    destroy: () => {
      response.destroy();
    },
    onDrain: (resume) => {
      response.once("drain", resume);
    },
    onGone: (callback) => {
      gone = callback;
      if (isGone) callback();
    },
    onSent: (callback) => {
      sent = callback;
    },
  };
}

/** A request without a body is complete, but the parser says so only a moment after the handler was called. */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

/**
 * The connection's end after an answer that came before the request was whole: reads on for a while, so that the
 * answer is not lost in a reset. node:http would destroy the socket in the turn in which the answer has left.
 */
function lingerAfter(request: IncomingMessage): void {
  const { socket } = request;
  socket.destroySoon = () => {
    socket.end();
    request.resume();
    const timeout = setTimeout(() => socket.destroy(), lingerMs).unref();
    socket.once("close", () => clearTimeout(timeout));
  };
}
