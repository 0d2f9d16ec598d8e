import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ServerLimits } from "./settings.ts";

/** The connections of HTTP/1.1 of one server, and how many answers each of them still owes. */
export interface Connections {
  /** Counts one answer until its last byte has left, or its client has. */
  readonly follow: (request: IncomingMessage, response: ServerResponse) => void;
  /** From now on a connection ends with its last answer; those that owe none end at once. */
  readonly endIdle: () => void;
}

/**
 * Follows the connections of `server`: bounds how long one may take nothing of an answer.
 * node:http's own `closeIdleConnections` is not asked: it calls a connection idle whose answer was written but not
 * yet taken, and `close` would cut that answer.
 */
export function followConnections(
  server: Server,
  limits: Pick<ServerLimits, "answerStallTimeoutMs">,
): Connections {
  const owed = new Map<Socket, number>();
  let isEnding = false;
  const keepThem = (): void => undefined;
  server.closeIdleConnections = keepThem;
  server.on("connection", (socket) => {
    owed.set(socket, 0);
    socket.once("close", () => owed.delete(socket));
  });
  // The timer of a socket runs from its last sign of life: with an answer under way and nothing waiting to be taken,
  // it is the upstream that is silent, which is not for this place to judge.
  server.setTimeout(limits.answerStallTimeoutMs, (socket: Socket) => {
    if (socket.writableLength > 0 || (owed.get(socket) ?? 0) === 0) socket.destroy();
  });
  return {
    follow: ({ socket }, response) => {
      owed.set(socket, (owed.get(socket) ?? 0) + 1);
      response.on("close", () => {
        const left = (owed.get(socket) ?? 1) - 1;
        if (!socket.destroyed) owed.set(socket, left);
        if (isEnding && left === 0) socket.destroySoon();
      });
    },
    endIdle: () => {
      isEnding = true;
      for (const [socket, count] of owed) if (count === 0) socket.destroySoon();
    },
  };
}
