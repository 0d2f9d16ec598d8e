import { type AddressInfo, createServer, type Socket } from "node:net";

/** One request as it came to the upstream, and the socket to answer it on, byte by byte. */
export interface RawCall {
  readonly head: string;
  readonly body: string;
  readonly socket: Socket;
  /** `performance.now()` at the moment at which the gateway's connection was gone. */
  readonly closedAt: Promise<number>;
}

/** An upstream without an HTTP library: it says what a test wants said, however wrong. */
export interface RawUpstream extends AsyncDisposable {
  readonly url: string;
  readonly calls: () => readonly RawCall[];
  /** The call of this ordinal, from 0, once its request has come whole. */
  readonly call: (ordinal: number) => Promise<RawCall>;
  /** Sockets that are open now. */
  readonly connections: () => number;
  /** Whether sockets are read; those that are open and those to come. */
  readonly read: (isReading: boolean) => void;
}

export async function rawUpstream(answer: (call: RawCall) => void = () => undefined): Promise<RawUpstream> {
  const calls: RawCall[] = [];
  const sockets = new Set<Socket>();
  let awaited: (() => void)[] = [];
  let isReading = true;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    if (!isReading) socket.pause();
    const closedAt = new Promise<number>((resolve) =>
      socket.once("close", () => {
        sockets.delete(socket);
        resolve(performance.now());
      }),
    );
    socket.on("error", () => undefined);
    const requests = requestReader();
    socket.on("data", (chunk: Buffer) => {
      for (const request of requests(chunk)) {
        const call = { head: request.head, body: request.body, socket, closedAt };
        calls.push(call);
        answer(call);
        const told = awaited;
        awaited = [];
        for (const tell of told) tell();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    call: async (ordinal) => {
      for (;;) {
        const call = calls[ordinal];
        if (call !== undefined) return call;
        await new Promise<void>((resolve) => awaited.push(resolve));
      }
    },
    connections: () => sockets.size,
    read: (wanted) => {
      isReading = wanted;
      for (const socket of sockets)
        if (wanted) socket.resume();
        else socket.pause();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Cuts what comes into whole requests; looks only once there is enough for one. */
function requestReader(): (chunk: Buffer) => Iterable<Request> {
  let pieces: Buffer[] = [];
  let size = 0;
  let wanted = 0;
  return function* (chunk) {
    pieces.push(chunk);
    size += chunk.length;
    while (size > 0 && size >= wanted) {
      const bytes = Buffer.concat(pieces);
      const request = cutRequest(bytes);
      wanted = request.size;
      const rest = size < request.size ? bytes : bytes.subarray(request.size);
      pieces = [rest];
      if (size < request.size) return;
      size = rest.length;
      wanted = 0;
      yield request;
    }
  };
}

interface Request {
  readonly head: string;
  readonly body: string;
  /** How many bytes it takes; the others are known once there are so many. */
  readonly size: number;
}

/** The first whole request of `bytes`; its body has a length. */
function cutRequest(bytes: Buffer): Request {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return { head: "", body: "", size: bytes.length + 1 };
  const head = bytes.toString("latin1", 0, end);
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  const size = end + 4 + length;
  return { head, body: bytes.toString("utf8", end + 4, size), size };
}

/** A whole answer. */
export function wholeAnswer(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): string {
  const lines = Object.entries({ "content-type": "application/json", ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `HTTP/1.1 ${status} Status\r\n${lines.join("")}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** The head of a streamed answer. */
export const streamHead =
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
/** Bytes of a streamed answer in its framing. */
export const framed = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
export const lastChunk = "0\r\n\r\n";
