import { type AddressInfo, createServer, type Socket } from "node:net";

/** An HTTP/2 server without an HTTP/2 library: it sends SETTINGS, and frames once a test says so. */
export interface RawHttp2 extends AsyncDisposable {
  readonly origin: string;
  /** The first connection. */
  readonly socket: Promise<Socket>;
}

/** @param greeting What is sent to each connection; by default empty SETTINGS. */
export async function rawHttp2(greeting: Uint8Array | string = frame({ type: 4 })): Promise<RawHttp2> {
  const first = Promise.withResolvers<Socket>();
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
    socket.resume();
    socket.write(greeting);
    first.resolve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    socket: first.promise,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One frame: RFC 9113, section 4.1. */
export function frame({
  type,
  flags = 0,
  stream = 0,
  payload = [],
}: {
  readonly type: number;
  readonly flags?: number;
  readonly stream?: number;
  readonly payload?: Uint8Array | readonly number[];
}): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, Uint8Array.from(payload)]);
}

/** `:status: 200` on the first stream. */
export const okHead = frame({ type: 1, flags: 4, stream: 1, payload: [0x88] });
/** A piece of a body on the first stream. */
export const dataOf = (text: string): Buffer => frame({ type: 0, stream: 1, payload: Buffer.from(text) });
/** The first stream's RST_STREAM. */
export const resetOf = (code: number): Buffer => frame({ type: 3, stream: 1, payload: [0, 0, 0, code] });
