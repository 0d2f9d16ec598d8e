import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  Metadata,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type StatusObject,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import {
  type EchoRequest,
  EchoRequestSchema,
  type EchoResponse,
  EchoResponseSchema,
} from "../generated/echo/v1/echo_pb.ts";

const method = (
  name: string,
  requestStream: boolean,
  responseStream: boolean,
): MethodDefinition<EchoRequest, EchoResponse> => ({
  path: `/echo.v1.EchoService/${name}`,
  requestStream,
  responseStream,
  requestSerialize: (message) => Buffer.from(toBinary(EchoRequestSchema, message)),
  requestDeserialize: (bytes) => fromBinary(EchoRequestSchema, bytes),
  responseSerialize: (message) => Buffer.from(toBinary(EchoResponseSchema, message)),
  responseDeserialize: (bytes) => fromBinary(EchoResponseSchema, bytes),
});

/** The service as grpc-js wants it, for its server and its client. */
export const echoService = {
  unary: method("Unary", false, false),
  server: method("Server", false, true),
  client: method("Client", true, false),
  bidi: method("Bidi", true, true),
} satisfies ServiceDefinition;

export interface EchoServer {
  readonly origin: string;
  /** The metadata of the calls that came, in order. */
  readonly seen: Metadata[];
  /** When streams were closed, by either side: `performance.now()`. grpc-js calls each of them cancelled. */
  readonly cancels: number[];
  readonly close: () => void;
}

type Call =
  | ServerUnaryCall<EchoRequest, EchoResponse>
  | ServerReadableStream<EchoRequest, EchoResponse>
  | ServerWritableStream<EchoRequest, EchoResponse>
  | ServerDuplexStream<EchoRequest, EchoResponse>;

const say = (text: string): EchoResponse => create(EchoResponseSchema, { text });

/** What the service says in its trailers. */
function trailing(): Metadata {
  const metadata = new Metadata();
  metadata.set("x-end", "done");
  metadata.set("x-end-bin", Buffer.from([0, 255, 1]));
  return metadata;
}

function failureOf({ fail }: EchoRequest): Partial<StatusObject> | null {
  if (fail === 0) return null;
  const code = Object.values(status).find((known): known is status => Number(known) === fail);
  return { code: code ?? status.UNKNOWN, details: "Das geht nicht: 100% «voll»", metadata: trailing() };
}

/** A server of grpc-js that echoes, and fails with the status it is asked for. */
export function openEchoServer(): Promise<EchoServer> {
  const seen: Metadata[] = [];
  const cancels: number[] = [];
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  const begin = (call: Call): void => {
    seen.push(call.metadata);
    const events: NodeJS.EventEmitter = call;
    events.on("cancelled", () => cancels.push(performance.now()));
    const leading = new Metadata();
    leading.set("x-begin", "here");
    call.sendMetadata(leading);
  };
  server.addService(echoService, {
    unary: (call: ServerUnaryCall<EchoRequest, EchoResponse>, answer: sendUnaryData<EchoResponse>) => {
      const failure = failureOf(call.request);
      // A failure that has no leading metadata is sent as trailers only.
      if (failure === null || call.request.count > 0) begin(call);
      else seen.push(call.metadata);
      if (failure === null) answer(null, say(call.request.text), trailing());
      else answer(failure);
    },
    server: (call: ServerWritableStream<EchoRequest, EchoResponse>) => {
      begin(call);
      for (let index = 0; index < call.request.count; index += 1)
        call.write(say(`${call.request.text}${index}`));
      const failure = failureOf(call.request);
      if (failure === null) call.end(trailing());
      else call.emit("error", failure);
    },
    client: (call: ServerReadableStream<EchoRequest, EchoResponse>, answer: sendUnaryData<EchoResponse>) => {
      begin(call);
      const texts: string[] = [];
      call.on("data", ({ text }: EchoRequest) => texts.push(text));
      call.on("end", () => answer(null, say(texts.join("+")), trailing()));
    },
    bidi: (call: ServerDuplexStream<EchoRequest, EchoResponse>) => {
      begin(call);
      call.on("data", ({ text }: EchoRequest) => call.write(say(text)));
      call.on("end", () => call.end(trailing()));
    },
  });
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error !== null) reject(error);
      else
        resolve({ origin: `http://127.0.0.1:${port}`, seen, cancels, close: () => server.forceShutdown() });
    });
  });
}
