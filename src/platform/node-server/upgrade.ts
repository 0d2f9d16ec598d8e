import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Upgrade } from "../../ports/server.ts";
import { hasBody } from "./reply.ts";

/**
 * The protocol that a request wants to change to, in lower case; `undefined`: it stays what it is. `h2c` is never
 * changed to (RFC 9113 has given that up), and neither is a request with a body, which a server may ignore it for.
 */
export function upgradeToken(request: IncomingMessage): string | undefined {
  if (request.httpVersion !== "1.1" || hasBody(request)) return undefined;
  const tokens = (request.headers.upgrade ?? "").split(",").map((token) => token.trim().toLowerCase());
  return tokens.find((token) => token !== "" && token !== "h2c");
}

/**
 * Makes `response` answer on a socket that node:http has let go; the connection ends with that answer.
 *
 * @returns How the socket is taken instead.
 */
export function switchTo(socket: Socket, response: ServerResponse, early: Buffer): Upgrade["take"] {
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once("finish", () => socket.destroySoon());
  // node:http has taken its own listener away; `close` follows and is listened for.
  socket.on("error", nothing);
  const onDrain = (): void => {
    if (response.writableLength === 0) response.emit("drain");
  };
  socket.on("drain", onDrain);
  const onTimeout = (): void => {
    if (socket.writableLength > 0) socket.destroy();
  };
  socket.on("timeout", onTimeout);
  return (headers) => {
    // A socket that is open for an hour holds nothing of the request that it began with.
    socket.off("drain", onDrain).off("timeout", onTimeout);
    response.detachSocket(socket);
    socket.setTimeout(0);
    socket.write(switchedHead(headers));
    return { socket, early };
  };
}

const nothing = (): void => undefined;
function switchedHead(headers: readonly string[]): string {
  let text = "HTTP/1.1 101 Switching Protocols\r\n";
  for (let at = 0; at + 1 < headers.length; at += 2) text += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return `${text}\r\n`;
}
