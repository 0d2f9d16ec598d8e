/** The WebSocket service behind the measured gateways: echoes on raw TCP. Prints its origin when it listens. */
import { createHash } from "node:crypto";
import { createServer, type Socket } from "node:net";

/** To be started as a process of its own. */
export const socketUpstreamProgram = import.meta.filename;

const handshakeId = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, section 1.3
const maskBytes = 4;
const closing = 8;

const acceptOf = (key: string): string =>
  createHash("sha1")
    .update(key + handshakeId)
    .digest("base64");

/** One short frame of a client without its mask, as a server sends it. */
function unmasked(frame: Buffer): Buffer {
  const length = frame.readUInt8(1) & 0x7f;
  const answer = Buffer.allocUnsafe(2 + length);
  answer.writeUInt8(frame.readUInt8(0), 0);
  answer.writeUInt8(length, 1);
  for (let at = 0; at < length; at += 1)
    answer.writeUInt8(frame.readUInt8(6 + at) ^ frame.readUInt8(2 + (at % maskBytes)), 2 + at);
  return answer;
}

function serve(socket: Socket): void {
  let isSwitched = false;
  let held: Buffer = Buffer.alloc(0);
  socket.on("error", () => undefined);
  socket.on("data", (chunk: Buffer) => {
    let bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    if (!isSwitched) {
      const end = bytes.indexOf("\r\n\r\n");
      held = bytes;
      if (end < 0) return;
      const key = /\r\nsec-websocket-key: *(\S+)/i.exec(bytes.toString("latin1", 0, end))?.[1] ?? "";
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${acceptOf(key)}\r\n\r\n`,
      );
      isSwitched = true;
      bytes = bytes.subarray(end + 4);
    }
    let at = 0;
    while (bytes.length - at >= 2 && bytes.length - at >= 6 + (bytes.readUInt8(at + 1) & 0x7f)) {
      const end = at + 6 + (bytes.readUInt8(at + 1) & 0x7f);
      socket.write(unmasked(bytes.subarray(at, end)));
      if ((bytes.readUInt8(at) & 0x0f) === closing) socket.end();
      at = end;
    }
    held = bytes.subarray(at);
  });
}

if (process.argv[1] === import.meta.filename) {
  const server = createServer({ noDelay: true }, serve);
  server.listen({ port: 0, host: "127.0.0.1", backlog: 16_384 }, () => {
    const address = server.address();
    if (typeof address === "object" && address !== null) console.log(`http://127.0.0.1:${address.port}`);
  });
}
