/**
 * The gRPC service behind the measured gateways: HTTP/2 on raw TCP, whose answers are bytes that were made beforehand.
 * A call's message is JSON and says how many messages of which size it wants: `{"count":1000,"size":32}`; each goes in a
 * DATA frame of its own, within the windows that the caller gives. Heads are not read. Prints its origin when it listens.
 */
import { createServer, type Socket } from "node:net";

/** To be started as a process of its own. */
export const grpcUpstreamProgram = import.meta.filename;

const types = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, windowUpdate: 8 } as const;
const endStream = 1;
const endHeaders = 4;
const ack = 1;
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length;
const prefixBytes = 5;
const headBytes = 9;
/** Frames that are written at once. */
const batchMax = 32;
const windowMax = 0x7fff_ffff;

function frame(type: number, flags: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  return Buffer.concat([head, payload]);
}

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** `:status: 200` of the static table, the content type as a literal that is kept in no table. RFC 7541. */
const answerHead = frame(
  types.headers,
  endHeaders,
  Buffer.concat([Buffer.from([0x88, 0x0f, 0x10, 16]), Buffer.from("application/grpc")]),
);
const answerEnd = frame(
  types.headers,
  endHeaders | endStream,
  Buffer.concat([Buffer.from([0, 11]), Buffer.from("grpc-status"), Buffer.from([1]), Buffer.from("0")]),
);

interface Asked {
  readonly count: number;
  readonly size: number;
}

/** One message as a DATA frame. */
function messageFrame({ size }: Asked): Buffer {
  return frame(
    types.data,
    0,
    Buffer.concat([Buffer.from([0]), word(size), Buffer.alloc(size, "A container is lifted. ")]),
  );
}

/** `frames` with their stream's number written into each. */
function onStream(frames: readonly Buffer[], stream: number): Buffer {
  const whole = Buffer.concat(frames);
  for (let at = 0; at < whole.length; at += headBytes + whole.readUIntBE(at, 3))
    whole.writeUInt32BE(stream, at + 5);
  return whole;
}

/** What is asked for, read once for each text. */
const known = new Map<string, Asked>();
function read(message: Buffer): Asked {
  const text = message.toString("latin1", prefixBytes);
  const found = known.get(text) ?? (JSON.parse(text) as Asked);
  known.set(text, found);
  return found;
}

interface Call {
  readonly stream: number;
  readonly message: Buffer;
  readonly batch: Buffer;
  remaining: number;
  window: number;
}

function serve(socket: Socket): void {
  const bodies = new Map<number, Buffer[]>();
  const windows = new Map<number, number>();
  const calls = new Map<number, Call>();
  let window = 65_535;
  let initialWindow = 65_535;
  let held: Buffer = Buffer.alloc(0);
  let isGreeted = false;

  const pump = (call: Call): void => {
    const cost = call.message.length - headBytes;
    while (call.remaining > 0 && !socket.writableNeedDrain) {
      const may = Math.min(batchMax, call.remaining, Math.floor(Math.min(window, call.window) / cost));
      if (may <= 0) return;
      socket.write(call.batch.subarray(0, may * call.message.length));
      call.remaining -= may;
      call.window -= may * cost;
      window -= may * cost;
    }
    if (call.remaining > 0) return;
    calls.delete(call.stream);
    socket.write(onStream([answerEnd], call.stream));
  };
  const pumpAll = (): void => {
    for (const call of calls.values()) pump(call);
  };
  const answer = (stream: number): void => {
    const pieces = bodies.get(stream) ?? [];
    const asked = read(pieces.length === 1 ? (pieces[0] ?? held) : Buffer.concat(pieces));
    const given = windows.get(stream) ?? initialWindow;
    bodies.delete(stream);
    windows.delete(stream);
    const plain = messageFrame(asked);
    const cost = plain.length - headBytes;
    if (asked.count === 1 && Math.min(window, given) >= cost) {
      window -= cost;
      socket.write(onStream([answerHead, plain, answerEnd], stream));
      return;
    }
    const message = onStream([plain], stream);
    socket.write(onStream([answerHead], stream));
    const batch = Buffer.concat(Array.from({ length: batchMax }, () => message));
    const call: Call = { stream, message, batch, remaining: asked.count, window: given };
    calls.set(stream, call);
    pump(call);
  };
  const widen = (stream: number, by: number): void => {
    if (stream === 0) window += by;
    const call = calls.get(stream);
    if (call !== undefined) call.window += by;
    else if (stream !== 0) windows.set(stream, (windows.get(stream) ?? initialWindow) + by);
    pumpAll();
  };
  const settle = (payload: Buffer): void => {
    for (let at = 0; at + 6 <= payload.length; at += 6)
      if (payload.readUInt16BE(at) === 4) initialWindow = payload.readUInt32BE(at + 2);
    socket.write(frame(types.settings, ack));
  };
  const take = (type: number, flags: number, stream: number, payload: Buffer): void => {
    if (type === types.data) {
      // Empty DATA may end a stream.
      if (payload.length > 0) bodies.set(stream, [...(bodies.get(stream) ?? []), payload]);
      if ((flags & endStream) !== 0) answer(stream);
    } else if (type === types.settings && (flags & ack) === 0) settle(payload);
    else if (type === types.ping && (flags & ack) === 0) socket.write(frame(types.ping, ack, payload));
    else if (type === types.windowUpdate) widen(stream, payload.readUInt32BE(0));
    else if (type === types.reset) {
      calls.delete(stream);
      bodies.delete(stream);
      windows.delete(stream);
    }
  };

  socket.on("error", () => undefined);
  socket.on("drain", pumpAll);
  socket.write(
    Buffer.concat([
      frame(types.settings, 0),
      frame(types.windowUpdate, 0, word(windowMax - 65_535)), // calls are small: never given again
    ]),
  );
  socket.on("data", (chunk: Buffer) => {
    let bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    if (!isGreeted && bytes.length >= preface) {
      isGreeted = true;
      bytes = bytes.subarray(preface);
    }
    let at = 0;
    socket.cork();
    while (isGreeted && bytes.length - at >= headBytes + readLength(bytes, at)) {
      const end = at + headBytes + readLength(bytes, at);
      const stream = bytes.readUInt32BE(at + 5) & windowMax;
      take(bytes.readUInt8(at + 3), bytes.readUInt8(at + 4), stream, bytes.subarray(at + headBytes, end));
      at = end;
    }
    socket.uncork();
    held = bytes.subarray(at);
  });
}

/** The length of the frame that begins at `at`; without end while its head is not there. */
const readLength = (bytes: Buffer, at: number): number =>
  bytes.length - at < headBytes ? Number.POSITIVE_INFINITY : bytes.readUIntBE(at, 3);

if (process.argv[1] === import.meta.filename) {
  const server = createServer({ noDelay: true }, serve);
  server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
    const address = server.address();
    if (typeof address === "object" && address !== null) console.log(`http://127.0.0.1:${address.port}`);
  });
}
