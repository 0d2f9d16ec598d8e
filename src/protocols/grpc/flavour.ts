import type { FrameFault } from "../../framing/grpc-frames.ts";
import type { GatewayError } from "../../kernel/errors.ts";
import type { Milliseconds } from "../../kernel/units.ts";
import type { HeaderList } from "./header-list.ts";
import type { Guard } from "./metadata.ts";
import type { GrpcStatus } from "./status.ts";

/** How messages are written: protobuf, or its JSON, for which their schema has to be known. */
export type Codec = "proto" | "json";

/** A request's head, as it came. */
export interface ClientHead {
  /** Without the `?`. */
  readonly query: string;
  readonly rawHeaders: HeaderList;
}

/** A call as it goes upstream, whatever the client speaks. */
export interface CallHead {
  /** `application/grpc`, with the client's codec: `application/grpc+proto`. */
  readonly contentType: string;
  readonly metadata: HeaderList;
  /** The time the client gives it; absent: it does not say. */
  readonly timeout?: Milliseconds;
  /** Whether the client names a compression for its messages. */
  readonly isEncoded: boolean;
  /** Attempts that the client has made before. */
  readonly attempts: number;
  /** The one message, where it stands in the target: there is no body. */
  readonly message?: Uint8Array;
}

export type HeadReading =
  | { readonly kind: "call"; readonly head: CallHead }
  | { readonly kind: "refused"; readonly error: GatewayError };

/** What is to be sent upstream now; after a fault nothing more. */
export interface Passed {
  readonly chunks: readonly Uint8Array[];
  readonly fault?: FrameFault;
}

/** Makes the client's body into messages of gRPC. */
export interface RequestBody {
  readonly push: (chunk: Uint8Array) => Passed;
  readonly end: () => Passed;
  /** Messages that have begun. */
  readonly messages: () => number;
  /** Bytes of messages, without prefixes. */
  readonly bytes: () => number;
}

/** One act of the answer, as `Reply` of `ports/server.ts` has them: `whole` alone, or `head`, `data`s and `end`. */
export type Step =
  | WholeAnswer
  | { readonly kind: "head"; readonly status: number; readonly headers: HeaderList }
  | { readonly kind: "data"; readonly chunk: Uint8Array }
  /** Trailers, an empty list among them: there are none. */
  | { readonly kind: "end"; readonly trailers: HeaderList };

export interface WholeAnswer {
  readonly kind: "whole";
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}

/** The answer of an upstream that speaks gRPC, told to the client. After the last step nothing is heard any more. */
export interface AnswerWriter {
  readonly head: (head: { readonly status: number; readonly headers: HeaderList }) => readonly Step[];
  readonly data: (chunk: Uint8Array) => readonly Step[];
  readonly end: (trailers: HeaderList) => readonly Step[];
  /** The gateway ends it: as a refusal where nothing has gone out, else behind what has. */
  readonly fail: (status: GrpcStatus) => readonly Step[];
  /** How it has ended; `undefined`: it has not. */
  readonly status: () => GrpcStatus | undefined;
  /** What is wrong with the upstream's messages, if that has ended it. */
  readonly fault: () => FrameFault | undefined;
  readonly messages: () => number;
  readonly bytes: () => number;
}

export interface MessageLimits {
  /** The longest message of the client. */
  readonly requestBytesMax: number;
  /** The longest message of the upstream. */
  readonly answerBytesMax: number;
}

export interface AnswerOptions {
  readonly limits: MessageLimits;
  /** Fields of the gateway's own, on every answer: its request id and the like, those of CORS. */
  readonly headers: HeaderList;
  /** Names that no service may set towards a client. */
  readonly isGuarded: Guard;
}

export type FlavourName = "grpc" | "grpc-web" | "connect" | "connect-stream";

/** One way to speak to services of gRPC. All functions are pure; what they make has state of one call. */
export interface GrpcFlavour {
  readonly name: FlavourName;
  readonly readHead: (head: ClientHead, isGuarded: Guard) => HeadReading;
  readonly request: (head: CallHead, limits: MessageLimits) => RequestBody;
  readonly answer: (head: CallHead, options: AnswerOptions) => AnswerWriter;
  /** The answer of a call that goes nowhere; `headers` are the gateway's own fields. */
  readonly refusal: (error: GatewayError, headers: HeaderList) => WholeAnswer;
}
