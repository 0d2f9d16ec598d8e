import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import type { Interceptor, Transport } from "@connectrpc/connect";
import {
  compressionGzip,
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { Client, credentials, Metadata, type ServiceError, type StatusObject } from "@grpc/grpc-js";

interface Way {
  readonly name: string;
  /** Without a key where none is given. */
  readonly open: (origin: string, key?: string) => Transport;
}

function shared(baseUrl: string, key: string | undefined) {
  const keyed: Interceptor = (next) => (request) => {
    if (key !== undefined) request.header.set("authorization", `Bearer ${key}`);
    return next(request);
  };
  return { baseUrl, interceptors: [keyed] };
}

const connect =
  (httpVersion: "1.1" | "2", useBinaryFormat: boolean): Way["open"] =>
  (origin, key) =>
    createConnectTransport({ ...shared(origin, key), httpVersion, useBinaryFormat });
const web =
  (httpVersion: "1.1" | "2", useBinaryFormat = true): Way["open"] =>
  (origin, key) =>
    createGrpcWebTransport({ ...shared(origin, key), httpVersion, useBinaryFormat });
const grpc =
  (useBinaryFormat: boolean): Way["open"] =>
  (origin, key) =>
    createGrpcTransport({ ...shared(origin, key), useBinaryFormat });

const packed = { sendCompression: compressionGzip, compressMinBytes: 0 } as const;

/** All ways in which a client of connect-es reaches a service of the gateway's own. */
export const ownWays: readonly Way[] = [
  { name: "gRPC", open: grpc(true) },
  { name: "gRPC with JSON", open: grpc(false) },
  { name: "gRPC-Web on HTTP/1.1", open: web("1.1") },
  { name: "gRPC-Web on HTTP/2", open: web("2") },
  { name: "gRPC-Web with JSON", open: web("1.1", false) },
  { name: "Connect on HTTP/1.1", open: connect("1.1", true) },
  { name: "Connect on HTTP/2", open: connect("2", true) },
  { name: "Connect with JSON", open: connect("1.1", false) },
  {
    name: "gRPC packed by gzip",
    open: (origin, key) => createGrpcTransport({ ...shared(origin, key), ...packed }),
  },
  {
    name: "Connect packed by gzip",
    open: (origin, key) =>
      createConnectTransport({
        ...shared(origin, key),
        ...packed,
        httpVersion: "1.1",
        useBinaryFormat: true,
      }),
  },
];

/** All that a client of grpc-js can tell of a call. */
export interface OwnCall<Answer> {
  readonly leading: Readonly<Record<string, unknown>>;
  readonly messages: readonly Answer[];
  readonly code: number;
  readonly details: string;
  readonly trailing: Metadata;
}

export interface OwnMethod<Asks extends DescMessage, Tells extends DescMessage> {
  readonly path: string;
  readonly asks: Asks;
  readonly tells: Tells;
}

export interface OwnAsk {
  readonly isStream?: boolean;
  readonly deadlineMs?: number;
  /** Told each message, with what gives the call up. */
  readonly onMessage?: (cancel: () => void) => void;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A client of grpc-js at `origin`. */
export function grpcJsClient(origin: string, key: string | undefined) {
  const client = new Client(origin.slice("http://".length), credentials.createInsecure(), {
    // A connection of its own.
    "grpc.use_local_subchannel_pool": 1,
  });
  const ask = <Asks extends DescMessage, Tells extends DescMessage>(
    { path, asks, tells }: OwnMethod<Asks, Tells>,
    request: MessageInitShape<Asks>,
    { isStream = false, deadlineMs, onMessage, metadata = {} }: OwnAsk = {},
  ): Promise<OwnCall<MessageShape<Tells>>> =>
    new Promise((resolve) => {
      const sent = new Metadata();
      if (key !== undefined) sent.set("authorization", `Bearer ${key}`);
      for (const [name, value] of Object.entries(metadata)) sent.set(name, value);
      const write = (message: MessageShape<Asks>): Buffer => Buffer.from(toBinary(asks, message));
      const read = (bytes: Buffer): MessageShape<Tells> => fromBinary(tells, bytes);
      const options = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
      const messages: MessageShape<Tells>[] = [];
      let leading: Metadata | undefined;
      const message = create(asks, request);
      const whole = (_error: ServiceError | null, answer?: MessageShape<Tells>): void => {
        if (answer !== undefined) messages.push(answer);
      };
      const call = isStream
        ? client.makeServerStreamRequest(path, write, read, message, sent, options)
        : client.makeUnaryRequest(path, write, read, message, sent, options, whole);
      call.on("metadata", (told: Metadata) => {
        leading = told;
      });
      call.on("error", () => undefined);
      call.on("data", (answer: MessageShape<Tells>) => {
        messages.push(answer);
        onMessage?.(() => call.cancel());
      });
      call.on("status", ({ code, details, metadata: trailing }: StatusObject) => {
        setImmediate(() => resolve({ leading: leading?.getMap() ?? {}, messages, code, details, trailing }));
      });
    });
  return { ask, close: () => client.close() };
}
