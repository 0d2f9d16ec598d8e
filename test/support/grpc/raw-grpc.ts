import { connect, createServer, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";

/** A call as it came to a server that a test answers for, frame by frame. */
export interface RawArrival {
  readonly stream: ServerHttp2Stream;
  /** The fields in their order: name, value, name, value. */
  readonly fields: readonly string[];
  readonly session: ServerHttp2Session;
}

export interface RawGrpcServer extends AsyncDisposable {
  readonly origin: string;
  /** All calls that came, in order. */
  readonly arrivals: RawArrival[];
  readonly sessions: readonly ServerHttp2Session[];
}

/** A server of HTTP/2 that knows nothing of gRPC: each call is answered by `answer`. */
export async function rawGrpcServer(answer: (arrival: RawArrival) => unknown): Promise<RawGrpcServer> {
  const server = createServer({ strictSingleValueFields: false });
  const sessions: ServerHttp2Session[] = [];
  const arrivals: RawArrival[] = [];
  server.on("session", (session) => {
    sessions.push(session);
    session.on("error", () => undefined);
    session.on("stream", (stream, _headers, _flags, fields: string[]) => {
      stream.on("error", () => undefined);
      const arrival = { stream, fields, session };
      arrivals.push(arrival);
      void answer(arrival);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    sessions,
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A head of gRPC. */
export const grpcHead = [":status", "200", "content-type", "application/grpc"];

/** Answers as a server of gRPC does: a head, messages, trailers. */
export function answerWith(
  stream: ServerHttp2Stream,
  messages: readonly Uint8Array[],
  trailers: readonly string[] = ["grpc-status", "0"],
): void {
  if (stream.destroyed) return;
  stream.respond(grpcHead, { waitForTrailers: true });
  stream.once("wantTrailers", () => stream.sendTrailers(recordOf(trailers)));
  for (const message of messages) stream.write(message);
  stream.end();
}

/** A message behind its prefix. */
export function framed(text: string, flag = 0): Buffer {
  const bytes = Buffer.from(text);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(flag, 0);
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}

/** All that a client of HTTP/2 is told of one call. */
export interface RawTold {
  readonly head: readonly string[];
  readonly body: Buffer;
  /** Those of the end; where the head was the end, its own. */
  readonly end: readonly string[];
  readonly status: string | undefined;
  readonly message: string | undefined;
  /** The code of a reset. */
  readonly reset: number;
}

export interface RawAsk {
  readonly path?: string;
  readonly method?: string;
  readonly fields?: readonly string[];
  readonly body?: Uint8Array;
  readonly staysOpen?: boolean;
}

/** Sends one call, as raw as it is given, on a connection of its own. */
export function rawAsk(origin: string, key: string | undefined, ask: RawAsk = {}): Promise<RawTold> {
  const { path = "/echo.v1.EchoService/Unary", method = "POST", fields = [], body, staysOpen } = ask;
  return new Promise((resolve, reject) => {
    const session = connect(origin, { strictSingleValueFields: false } as object);
    session.on("error", reject);
    const named = fields.includes("content-type") || method === "GET";
    const stream = session.request([
      ...[":method", method, ":scheme", "http", ":authority", origin.slice("http://".length), ":path", path],
      ...(named ? [] : ["content-type", "application/grpc", "te", "trailers"]),
      ...(key === undefined ? [] : ["authorization", `Bearer ${key}`]),
      ...fields,
    ]);
    let head: readonly string[] = [];
    let end: readonly string[] | undefined;
    const pieces: Buffer[] = [];
    stream.on("response", (_headers, _flags, list: string[]) => (head = list));
    stream.on("trailers", (_trailers, _flags, list: string[]) => (end = list));
    stream.on("data", (piece: Buffer) => pieces.push(piece));
    stream.on("error", () => undefined);
    stream.on("close", () => {
      session.destroy();
      const told = end ?? head;
      resolve({
        head,
        body: Buffer.concat(pieces),
        end: told,
        status: fieldIn(told, "grpc-status"),
        message: fieldIn(told, "grpc-message"),
        reset: stream.rstCode,
      });
    });
    if (method === "GET") stream.end();
    else if (staysOpen === true) stream.write(body ?? framed(""));
    else stream.end(body ?? framed(""));
  });
}

/** The first value of a field. */
export function fieldIn(list: readonly string[], name: string): string | undefined {
  const at = list.findIndex((text, index) => index % 2 === 0 && text === name);
  return at < 0 ? undefined : list[at + 1];
}

function recordOf(list: readonly string[]): Record<string, string[]> {
  const record: Record<string, string[]> = {};
  for (let at = 0; at < list.length; at += 2) (record[list[at] ?? ""] ??= []).push(list[at + 1] ?? "");
  return record;
}
