import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer as createNetServer, type Socket } from "node:net";
import { milliseconds, minutes, seconds } from "../../src/kernel/units.ts";
import {
  type Relay,
  type RelayEnding,
  type RelaySettings,
  relaySockets,
} from "../../src/pipeline/socket-relay.ts";
import { joinTunnel, type TunnelEnding, type TunnelLimits } from "../../src/pipeline/tunnel.ts";
import { systemClock, systemTimer } from "../../src/platform/system/index.ts";
import { createMessageSockets, sha1Base64 } from "../../src/platform/websocket/index.ts";
import type { SwitchedConnection } from "../../src/ports/byte-socket.ts";
import type { MessageLimits, MessageSocket } from "../../src/ports/message-socket.ts";
import { checkHandshake, closeReasonOf, switchedHeaders } from "../../src/protocols/websocket/index.ts";

/** A server of a test, on loopback. */
export interface TestServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

export const messageLimits: MessageLimits = {
  messageBytesMax: 1_048_576,
  fragmentsMax: 1024,
  waitingBytesMax: 1_048_576,
  closeTimeout: milliseconds(5000),
  pingInterval: seconds(30),
  missedPingsMax: 2,
};
export const tunnelLimits: TunnelLimits = {
  idle: minutes(10),
  lifetime: minutes(60),
  stall: seconds(30),
  linger: milliseconds(5000),
};

const sockets = createMessageSockets({ timer: systemTimer });

/** Serves WebSockets: the handshake by our own, then `serve`. Sockets that are left are cut when it closes. */
export async function socketServer(
  serve: (connection: SwitchedConnection, request: IncomingMessage) => void,
): Promise<TestServer> {
  const server = createServer((_request, response) => response.writeHead(426).end());
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.setNoDelay(true);
    socket.once("close", () => open.delete(socket));
  });
  server.on("upgrade", (request, duplex, early) => {
    const handshake = checkHandshake(
      { method: request.method ?? "", httpVersion: "1.1", rawHeaders: request.rawHeaders },
      { origins: [], takesKeyAsSubprotocol: true },
    );
    const [protocol] = handshake.protocols;
    const fields = switchedHeaders(handshake, protocol === undefined ? {} : { protocol }, sha1Base64);
    const lines = fields.map((text, at) => (at % 2 === 0 ? `${text}: ` : `${text}\r\n`));
    duplex.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("")}\r\n`);
    serve({ socket: duplex, early }, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: portOf(server.address()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

/** Our own accepting side, which sends each message back, no faster than it is read. */
export function echo(connection: SwitchedConnection, limits: MessageLimits = messageLimits): MessageSocket {
  const socket = sockets.accept(connection, limits);
  socket.listen({
    message: (message) => {
      if (!socket.send(message)) socket.pause();
    },
    drain: () => socket.resume(),
    closed: () => undefined,
  });
  return socket;
}

/** Opens a WebSocket to `port` by hand; the 101 has been read. */
export function switchedTo(
  port: number,
  path = "/",
  headers: readonly string[] = [],
): Promise<SwitchedConnection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    let head = Buffer.alloc(0);
    const read = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      socket.pause();
      socket.off("data", read);
      socket.off("error", reject);
      resolve({ socket, early: head.subarray(end + 4) });
    };
    socket.on("error", reject);
    socket.on("data", read);
    socket.write(
      `${[`GET ${path} HTTP/1.1`, "Host: up", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", ...headers].join("\r\n")}\r\n\r\n`,
    );
  });
}

/** A server that relays messages to the one at `upstreamPort`, after a look at each. */
export function relayServer(
  upstreamPort: number,
  options: {
    readonly inspect?: RelaySettings["inspect"];
    readonly limits?: Partial<RelaySettings["limits"]>;
    readonly messages?: Partial<MessageLimits>;
    readonly onRelay?: (relay: Relay) => void;
    readonly onEnd?: (ending: RelayEnding) => void;
  } = {},
): Promise<TestServer> {
  const limits = { ...messageLimits, ...options.messages };
  return socketServer((connection, request) => {
    connection.socket.pause();
    void switchedTo(upstreamPort, request.url).then((up) => {
      const relay = relaySockets(
        { client: sockets.accept(connection, limits), upstream: sockets.connect(up, limits) },
        {
          limits: { ...tunnelLimits, ...options.limits },
          clock: systemClock,
          timer: systemTimer,
          inspect: options.inspect ?? (() => ({ kind: "pass" })),
          closeReasonOf,
        },
        (ending) => options.onEnd?.(ending),
      );
      options.onRelay?.(relay);
    });
  });
}

/** A server that copies bytes to the one at `upstreamPort`, heads included. */
export async function tunnelServer(
  upstreamPort: number,
  onEnd: (ending: TunnelEnding) => void = () => undefined,
): Promise<TestServer> {
  const server = createNetServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) => {
    const upstream = connect({ port: upstreamPort, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    const early = new Uint8Array(0);
    joinTunnel(
      { client: { socket, early }, upstream: { socket: upstream, early } },
      { limits: tunnelLimits, clock: systemClock, timer: systemTimer },
      onEnd,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: portOf(server.address()),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === "object" && address !== null ? address.port : 0;
