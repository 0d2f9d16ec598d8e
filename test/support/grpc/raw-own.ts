import { connect } from "node:http2";

/** What came back, byte for byte. */
export interface RawAnswer {
  readonly head: Readonly<Record<string, unknown>>;
  readonly trailers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
  /** The status of gRPC, wherever it stood. */
  readonly code: number;
  readonly tookMs: number;
}

/** A call of gRPC over HTTP/2 with these very bytes; `isOpen`: the client says nothing more, and does not end. */
export function rawOwn(
  origin: string,
  path: string,
  {
    headers = {},
    body,
    isOpen = false,
  }: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: Uint8Array;
    readonly isOpen?: boolean;
  },
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const session = connect(origin);
    session.on("error", reject);
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    let head: Record<string, unknown> = {};
    let trailers: Record<string, unknown> = {};
    const pieces: Buffer[] = [];
    stream.on("response", (told) => {
      head = told;
    });
    stream.on("trailers", (told) => {
      trailers = told;
    });
    stream.on("data", (piece: Buffer) => pieces.push(piece));
    stream.on("error", reject);
    stream.on("close", () => {
      session.close();
      const code = Number(trailers["grpc-status"] ?? head["grpc-status"]);
      resolve({ head, trailers, body: Buffer.concat(pieces), code, tookMs: performance.now() - startedAt });
    });
    stream.write(body);
    if (!isOpen) stream.end();
  });
}

/** A message behind its prefix. */
export function prefixed(message: Uint8Array, flag = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}
