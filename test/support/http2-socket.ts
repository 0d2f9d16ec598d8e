import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
} from "node:http2";
import { systemTimer } from "../../src/platform/system/index.ts";
import { createMessageSockets } from "../../src/platform/websocket/index.ts";
import type { Message, MessageSocket } from "../../src/ports/message-socket.ts";
import { messageLimits } from "./websocket-servers.ts";

const sockets = createMessageSockets({ timer: systemTimer });

/** A connection of HTTP/2 whose server has told what it takes. */
export interface Http2Client extends AsyncDisposable {
  readonly session: ClientHttp2Session;
  /** Whether it takes extended CONNECT. */
  readonly hasSockets: boolean;
  /** Asks for a WebSocket. Source: RFC 8441, section 5. */
  readonly ask: (path: string, headers?: Readonly<Record<string, string>>) => Promise<AskedSocket>;
}

/** What came of it. */
export interface AskedSocket {
  readonly headers: IncomingHttpHeaders & { readonly ":status"?: number | undefined };
  readonly stream: ClientHttp2Stream;
}

export async function http2Client(port: number): Promise<Http2Client> {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on("error", () => undefined);
  const { enableConnectProtocol } = await new Promise<{ enableConnectProtocol?: boolean }>((resolve) =>
    session.once("remoteSettings", resolve),
  );
  return {
    session,
    hasSockets: enableConnectProtocol === true,
    ask: (path, headers = {}) =>
      new Promise((resolve, reject) => {
        const stream = session.request(
          {
            ":method": "CONNECT",
            ":protocol": "websocket",
            ":scheme": "http",
            ":path": path,
            ":authority": "gate",
            "sec-websocket-version": "13",
            ...headers,
          },
          { endStream: false },
        );
        stream.on("error", reject);
        stream.once("response", (told) => resolve({ headers: told, stream }));
        stream.once("close", () => reject(new Error(`reset with ${stream.rstCode}`)));
      }),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        if (session.destroyed) return resolve();
        session.once("close", resolve);
        session.destroy();
      }),
  };
}

/** A WebSocket on a stream that was taken. */
export interface HeardSocket {
  readonly socket: MessageSocket;
  readonly next: () => Promise<Message>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

export function socketOn({ stream }: AskedSocket): HeardSocket {
  const socket = sockets.connect({ socket: stream, early: new Uint8Array(0) }, messageLimits);
  const came: Message[] = [];
  const asked: ((message: Message) => void)[] = [];
  const closed = Promise.withResolvers<{ readonly code: number; readonly reason: string }>();
  socket.listen({
    message: (message) => {
      const waiting = asked.shift();
      if (waiting === undefined) came.push(message);
      else waiting(message);
    },
    drain: () => undefined,
    closed: closed.resolve,
  });
  return {
    socket,
    next: () => {
      const first = came.shift();
      return first === undefined ? new Promise((resolve) => asked.push(resolve)) : Promise.resolve(first);
    },
    closed: closed.promise,
  };
}

/** The body of an answer that opens no socket. */
export async function refusalOf({ stream, headers }: AskedSocket): Promise<{ status: number; body: string }> {
  let body = "";
  for await (const chunk of stream) body += String(chunk);
  return { status: headers[":status"] ?? 0, body };
}
