/**
 * The service behind what is measured in bulk: HTTP/1.1 on raw TCP. Prints its origin when it listens. The last piece of
 * the path says what it does:
 *
 *   /bytes-N   answers with N bytes          /sink   takes a body to its end, then answers
 *   /idle      an event stream that says one thing, and then nothing more
 */
import { createServer, type Socket } from "node:net";

/** To be started as a process of its own. */
export const httpUpstreamProgram = import.meta.filename;

const piece = Buffer.alloc(64 * 1024, "A container is lifted. ");
const chunkedEnd = "0\r\n\r\n";

/** Writes `bytes` of filler, no faster than they are taken. */
function fill(socket: Socket, bytes: number): void {
  let remaining = bytes;
  const pump = (): void => {
    while (remaining > 0) {
      const part = remaining >= piece.length ? piece : piece.subarray(0, remaining);
      remaining -= part.length;
      if (!socket.write(part) && remaining > 0) return void socket.once("drain", pump);
    }
  };
  pump();
}

function answer(socket: Socket, head: string): void {
  const bytes = /^GET \S*\/bytes-(\d+) /.exec(head)?.[1];
  if (bytes !== undefined) {
    socket.write(
      `HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: ${bytes}\r\n\r\n`,
    );
    fill(socket, Number(bytes));
  } else if (/^GET \S*\/idle /.test(head)) {
    const event = "data: here\n\n";
    socket.write(
      `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n${event.length.toString(16)}\r\n${event}\r\n`,
    );
  } else socket.write("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 4\r\n\r\ndone");
}

function serve(socket: Socket): void {
  let text = "";
  /** What is still to come of the body: bytes, or that it ends by its last chunk; `undefined`: a head is read. */
  let body: { readonly head: string; left: number } | undefined;
  let tail = "";
  const finish = (head: string): void => {
    body = undefined;
    tail = "";
    answer(socket, head);
  };
  const take = (chunk: Buffer): void => {
    if (body === undefined) return;
    body.left -= chunk.length;
    tail = (tail + chunk.subarray(-chunkedEnd.length).toString("latin1")).slice(-chunkedEnd.length);
    const isWhole = Number.isFinite(body.left) ? body.left <= 0 : tail === chunkedEnd;
    if (isWhole) finish(body.head);
  };
  socket.on("error", () => undefined);
  socket.on("data", (chunk: Buffer) => {
    if (body !== undefined) return take(chunk);
    text += chunk.toString("latin1");
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = text.slice(0, end + 2);
    const rest = Buffer.from(text.slice(end + 4), "latin1");
    text = "";
    const isChunked = /\r\ntransfer-encoding: *chunked/i.test(head);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (!isChunked && length === 0) return finish(head);
    body = { head, left: isChunked ? Number.POSITIVE_INFINITY : length };
    if (rest.length > 0) take(rest);
  });
}

if (process.argv[1] === import.meta.filename) {
  const server = createServer({ noDelay: true }, serve);
  server.listen({ port: 0, host: "127.0.0.1", backlog: 16_384 }, () => {
    const address = server.address();
    if (typeof address === "object" && address !== null) console.log(`http://127.0.0.1:${address.port}`);
  });
}
