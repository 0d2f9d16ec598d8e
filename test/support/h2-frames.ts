import { connect, type Socket } from "node:net";

/** One frame of HTTP/2 as it came. */
export interface RawFrame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export const frameTypes = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
export const endStream = 1;
export const endHeaders = 4;

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Fields as literals that are put into no table: any list, also such as no client would send. */
export function literals(...fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

/** A string without Huffman coding, with its length as an integer of seven bits and more. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value, "latin1");
  const length: number[] = [];
  if (bytes.length < 127) length.push(bytes.length);
  else {
    length.push(127);
    let rest = bytes.length - 127;
    for (; rest >= 128; rest >>= 7) length.push((rest & 127) | 128);
    length.push(rest);
  }
  return Buffer.concat([Buffer.from(length), bytes]);
}

export const requestFields = (
  method = "GET",
  path = "/",
  ...more: readonly (readonly [string, string])[]
): Buffer =>
  literals([":method", method], [":scheme", "http"], [":path", path], [":authority", "a"], ...more);

export interface RawH2 {
  readonly socket: Socket;
  readonly frames: RawFrame[];
  readonly send: (...bytes: readonly Buffer[]) => boolean;
  /** The first frame, sent or still to come, that fits. Rejects when the connection ends before. */
  readonly until: (fits: (frame: RawFrame) => boolean) => Promise<RawFrame>;
  readonly closed: Promise<void>;
}

/** A client that speaks frames and keeps no rule. The preface and its SETTINGS have been sent. */
export function rawH2(port: number, settings: Buffer = Buffer.alloc(0)): RawH2 {
  const socket = connect(port, "127.0.0.1");
  const frames: RawFrame[] = [];
  const waiting = new Set<() => void>();
  let buffer = Buffer.alloc(0);
  let isClosed = false;
  const wake = (): void => {
    for (const look of waiting) look();
  };
  socket.on("error", () => undefined);
  socket.on("data", (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    while (buffer.length >= 9 && buffer.length >= 9 + buffer.readUIntBE(0, 3)) {
      const size = buffer.readUIntBE(0, 3);
      frames.push({
        type: buffer.readUInt8(3),
        flags: buffer.readUInt8(4),
        stream: buffer.readUInt32BE(5) & 0x7fffffff,
        payload: buffer.subarray(9, 9 + size),
      });
      buffer = buffer.subarray(9 + size);
    }
    wake();
  });
  const closed = new Promise<void>((resolve) =>
    socket.once("close", () => {
      isClosed = true;
      wake();
      resolve();
    }),
  );
  socket.write(Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame(4, 0, 0, settings)]));
  return {
    socket,
    frames,
    send: (...bytes) => socket.write(Buffer.concat(bytes)),
    until: (fits) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = frames.find(fits);
          if (found === undefined && !isClosed) return;
          waiting.delete(look);
          if (found !== undefined) resolve(found);
          else reject(new Error(`closed after ${frames.map(({ type }) => type).join(" ")}`));
        };
        waiting.add(look);
        look();
      }),
    closed,
  };
}
