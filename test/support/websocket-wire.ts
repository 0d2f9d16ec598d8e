import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

/** A frame as a test wants it, legal or not. */
export interface FrameShape {
  readonly opcode: number;
  readonly payload?: Uint8Array | string;
  /** Default: true. */
  readonly fin?: boolean;
  /** Bits RSV1 to RSV3: 4, 2, 1. */
  readonly rsv?: number;
  /** Default: true, as a client's frames are. */
  readonly isMasked?: boolean;
  /** The length that the header claims, in the place of the payload's. */
  readonly claims?: number;
}

/** The bytes of a frame. Source: RFC 6455 section 5.2. */
export function frameBytes({
  opcode,
  payload = "",
  fin = true,
  rsv = 0,
  isMasked = true,
  claims,
}: FrameShape): Buffer {
  const body = Buffer.from(typeof payload === "string" ? Buffer.from(payload) : payload);
  const length = claims ?? body.length;
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const maskBit = isMasked ? 0x80 : 0;
  let header: Buffer;
  if (length < 126) header = Buffer.from([first, maskBit | length]);
  else if (length < 65_536) {
    header = Buffer.from([first, maskBit | 126, 0, 0]);
    header.writeUInt16BE(length, 2);
  } else {
    header = Buffer.from([first, maskBit | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
    header.writeBigUInt64BE(BigInt(length), 2);
  }
  if (!isMasked) return Buffer.concat([header, body]);
  const mask = randomBytes(4);
  for (let index = 0; index < body.length; index += 1)
    body[index] = (body[index] ?? 0) ^ (mask[index % 4] ?? 0);
  return Buffer.concat([header, mask, body]);
}

/** The payload of a close frame. */
export function closeBody(code: number, reason: Uint8Array | string = ""): Buffer {
  const body = Buffer.alloc(2);
  body.writeUInt16BE(code);
  return Buffer.concat([body, Buffer.from(reason)]);
}

/** What a server has sent on a WebSocket. */
export interface Heard {
  readonly texts: string[];
  readonly binaries: Buffer[];
  readonly pongs: string[];
  pings: number;
  /** The code of its close frame; 1005: it had none; `undefined`: no close frame has come. */
  closeCode: number | undefined;
  closeReason: string;
  isOver: boolean;
}

/** A client that writes raw bytes on a WebSocket and reads whole frames. */
export interface WireClient {
  readonly socket: Socket;
  /** The head of the answer to the handshake. */
  readonly head: string;
  readonly heard: Heard;
  /** Waits until `look` holds; fails when the connection ends without it. */
  readonly until: (look: (heard: Heard) => boolean) => Promise<void>;
}

/** Where a WebSocket is served. */
export interface WireTarget {
  readonly port: number;
  readonly path?: string;
  /** More headers of the handshake, each a whole line. */
  readonly headers?: readonly string[];
}

/** Opens a WebSocket by hand. Fails when the server does not switch. */
export async function wireClient({ port, path = "/", headers = [] }: WireTarget): Promise<WireClient> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
  const heard: Heard = {
    texts: [],
    binaries: [],
    pongs: [],
    pings: 0,
    closeCode: undefined,
    closeReason: "",
    isOver: false,
  };
  const looks = new Set<() => void>();
  const lookAll = (): void => {
    for (const look of looks) look();
  };
  let head: string | undefined;
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    if (head === undefined) {
      const end = rest.indexOf("\r\n\r\n");
      if (end < 0) return;
      head = rest.toString("latin1", 0, end + 4);
      rest = rest.subarray(end + 4);
    }
    rest = readFrames(rest, heard);
    lookAll();
  });
  socket.on("error", () => undefined);
  socket.on("end", () => socket.end());
  socket.on("close", () => {
    heard.isOver = true;
    lookAll();
  });
  const until = (look: (heard: Heard) => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (look(heard)) resolve();
        else if (heard.isOver)
          reject(new Error(`closed before it came: ${head} ${JSON.stringify(heard).slice(0, 300)}`));
        else return;
        looks.delete(check);
      };
      looks.add(check);
      check();
    });
  socket.write(
    `${[`GET ${path} HTTP/1.1`, "Host: gate", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`, ...headers].join("\r\n")}\r\n\r\n`,
  );
  await until(() => head !== undefined);
  if (head === undefined || !head.startsWith("HTTP/1.1 101 ")) throw new Error(`no 101: ${head}`);
  return { socket, head, heard, until };
}

/** Reads the whole frames of `bytes` into `heard`; returns what is left. Servers do not fragment here and never mask. */
function readFrames(bytes: Buffer, heard: Heard): Buffer {
  let rest = bytes;
  while (rest.length >= 2) {
    const opcode = (rest[0] ?? 0) & 0x0f;
    const short = rest[1] ?? 0;
    if ((short & 0x80) !== 0) throw new Error("a server must not mask");
    const headBytes = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (rest.length < headBytes) return rest;
    const length =
      short === 127 ? Number(rest.readBigUInt64BE(2)) : short === 126 ? rest.readUInt16BE(2) : short;
    if (rest.length < headBytes + length) return rest;
    hear(opcode, rest.subarray(headBytes, headBytes + length), heard);
    rest = rest.subarray(headBytes + length);
  }
  return rest;
}

function hear(opcode: number, payload: Buffer, heard: Heard): void {
  if (opcode === 1) heard.texts.push(payload.toString());
  else if (opcode === 2) heard.binaries.push(Buffer.from(payload));
  else if (opcode === 9) heard.pings += 1;
  else if (opcode === 10) heard.pongs.push(payload.toString());
  else if (opcode === 8) {
    heard.closeCode = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
    heard.closeReason = payload.toString("utf8", 2);
  }
}
