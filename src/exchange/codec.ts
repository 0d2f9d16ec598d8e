import type { GatewayError } from "../kernel/errors.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { AbilityValues } from "./abilities.ts";
import type { Answer } from "./answer.ts";
import type { Call } from "./call.ts";
import type { ClientDialect, Framing, ServiceProtocol, StreamForm, UpstreamDialect } from "./dialect.ts";
import type { UpstreamFailure } from "./failure.ts";
import type { Finish } from "./finish.ts";
import type { AnswerPart, Seal, StreamPart } from "./part.ts";
import type { Usage } from "./usage.ts";
import type { Warning } from "./warning.ts";

/** One fault of a client's body: `path` in the client's own spelling (`messages[2].content`). */
export interface Problem {
  readonly path: string;
  readonly expected: string;
  readonly got: string;
}

/** What routing needs to know of a body that is not going to be translated. */
export interface CallFacts {
  readonly model: string;
  /** The model stands in the target only; the body has no word of it. */
  readonly lacksModel?: boolean;
  readonly isStream: boolean;
  /** Chat: `stream_options.include_usage` is true. Messages: always true, usage cannot be declined. */
  readonly wantsUsage: boolean;
  /** Chat: the member `stream_options` as the client wrote it, so that a splice keeps its other members. */
  readonly streamOptions?: string;
  /** The output limit the client set, for the worst-case price: at least 0; of two limits the larger. */
  readonly outputTokensMax?: number;
  /** How many answers are asked for at once, each as long as the limit; absent: one. */
  readonly choices?: number;
  /** The service tier that is asked for; it has a price of its own. */
  readonly tier?: string;
  /** How the client wants a stream told; absent: as server-sent events. */
  readonly streamForm?: StreamForm;
  /** Responses: the id of the answer that this call goes on from. */
  readonly continues?: string;
  /** Embeddings: the client wants its vectors as base64 of little-endian 32-bit floats. */
  readonly wantsBase64?: boolean;
}

/** What the request's target says of a call: Gemini's clients name the model and ask for streams there. */
export interface TargetFacts {
  readonly model?: string;
  readonly isStream?: boolean;
  readonly streamForm?: StreamForm;
}

export type Reading =
  | { readonly kind: "facts"; readonly facts: CallFacts }
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] };

export type Decoding =
  | { readonly kind: "call"; readonly call: Call; readonly warnings: readonly Warning[] }
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] };

/** What a decoder of requests must be told. */
export interface DecodeContext {
  readonly target: TargetFacts;
  /**
   * Opens an envelope that `AnswerContext.wrap` made; `undefined` for a text that is none. Absent: there are none.
   * A seal inside it goes back to the part it was on.
   */
  readonly unwrap?: (text: string) => Seal | undefined;
  /** The kept answer of this id, of the same client; `undefined` for one that is not kept. Absent: none are. */
  readonly earlier?: (answerId: string) => Transcript | undefined;
}

/** An answer of the gateway's making and all that led to it, in the client's own dialect: what a later request goes on from. */
export interface Transcript {
  readonly id: string;
  /** The text of a JSON array: the items that were sent, those of earlier answers before them. */
  readonly input: string;
  /** The text of a JSON array: the items of the answer. */
  readonly output: string;
  /** The answer itself, as JSON text. */
  readonly answer: string;
}

/** What an encoder must be told, so that it can be a pure function: no clock, no random. */
export interface AnswerContext {
  /** From `kernel/ids.ts`; ids of answers that cross dialects are hashes of it. */
  readonly requestId: string;
  readonly startedAt: EpochMs;
  /** The call that is being answered. */
  readonly call: Call;
  /** What was read of it for routing; absent where only the call matters. */
  readonly facts?: CallFacts;
  /** How the client wants a stream told; absent: as server-sent events. */
  readonly streamForm?: StreamForm;
  /**
   * An envelope for state of a provider whose dialect is not the client's, to stand where the client keeps such state of
   * its own. Absent: foreign state is left out and declared.
   */
  readonly wrap?: (seal: Seal) => string;
}

export interface EncodedAnswer {
  readonly body: string;
  readonly warnings: readonly Warning[];
}

/** Writes stream parts as frames of one dialect. Each call returns the text to send now; `""` for nothing. */
export interface StreamEncoder {
  readonly push: (part: AnswerPart) => string;
  /** The frames that tell of a failure after the first byte; nothing may follow them. */
  readonly fail: (error: GatewayError) => string;
  /** Warnings met so far; those after the head went out are declared in the record only. */
  readonly warnings: () => readonly Warning[];
}

/** A stream of the client's own dialect that breaks off. */
export interface BrokenStream {
  readonly requestId: string;
  readonly streamForm: StreamForm;
  /** The data of the last frame that the client was given; absent: it was given none. */
  readonly lastData?: string;
}

/** Holds the frames that a client gets against the grammar of its dialect, in their order. */
export interface StreamCheck {
  /** What is wrong with the next frame; `undefined` when nothing is. After the first fault nothing more is told. */
  readonly push: (frame: Frame) => string | undefined;
}

/** How clients of one dialect or protocol are told of refusals. */
export interface Refuser {
  readonly dialect: ClientDialect | ServiceProtocol | "openai-realtime";
  /** The body of an error; `form`: of the stream that was asked for, if one was. */
  readonly encodeError: (error: GatewayError, requestId: string, form?: StreamForm) => string | Uint8Array;
  /** The status, and the headers that tell of the error; absent: the error's own, and that it is JSON. */
  readonly errorHead?: (error: GatewayError) => {
    readonly status: number;
    readonly headers: readonly string[];
  };
}

/** How clients of one dialect speak to us. All functions are pure. */
export interface ClientCodec extends Refuser {
  readonly dialect: ClientDialect;
  readonly encodeError: (error: GatewayError, requestId: string, form?: StreamForm) => string;
  /** Reads the routing facts in one pass over the bytes and refuses what is no request of this dialect. */
  readonly read: (body: Uint8Array, target: TargetFacts) => Reading;
  /** Reads the whole body into the canonical form. */
  readonly decode: (body: Uint8Array, context: DecodeContext) => Decoding;
  readonly encodeAnswer: (answer: Answer, context: AnswerContext) => EncodedAnswer;
  readonly encodeStream: (context: AnswerContext) => StreamEncoder;
  /** Absent: there are no streams in this dialect. */
  readonly checkStream?: (facts: Pick<CallFacts, "wantsUsage">) => StreamCheck;
  /** What is to be kept of an answer, of which the last that was told is `told`; absent: answers are not kept. */
  readonly transcriptOf?: (
    body: Uint8Array,
    told: string,
    earlier: DecodeContext["earlier"],
  ) => Transcript | undefined;
  /** The id by which the client knows a tool call that its upstream calls `id`, if it is the only one of that name. */
  readonly callIdOf?: (id: string) => string;
  /** The frames that tell of a failure of a stream that passed byte for byte so far; nothing may follow them. */
  readonly encodeStreamError: (error: GatewayError, stream: BrokenStream) => string;
  /** What keeps a silent stream alive; `""` where the form has nothing that a client would overlook. */
  readonly keepAlive: (form: StreamForm) => string;
}

/** One piece of a stream as the framing layer cuts it. */
export interface Frame {
  /** The bytes as they came, with what sets the piece apart: a blank line, a comma, a frame's envelope. */
  readonly bytes: Uint8Array;
  readonly kind: "event" | "comment";
  /** The event's name (`event:`, `:event-type`), `""` when there is none. */
  readonly event: string;
  /** What it says, as text; `""` when there is nothing. */
  readonly data: string;
}

/** What the tap has read of an answer that passes byte for byte. */
export interface Tapped {
  readonly model?: string;
  readonly usage?: Usage;
  readonly finish?: Finish;
  /** The ids by which the provider will know the answer, and the state in it, again. */
  readonly stateIds?: readonly string[];
}

/** What a frame is to the relay. */
export type FrameRole =
  /** Part of the answer. */
  | "content"
  /** A comment, a ping, an opening that says nothing yet: the head is not committed by it. */
  | "idle"
  /** It says something that is kept back: the upstream lives, and the head is not committed. */
  | "held"
  /** An error told inside the stream. */
  | "error"
  /** A usage chunk that is there only because the gateway asked for it. */
  | "usage-only"
  /** The last frame of a whole answer. */
  | "end";

/** Reads the frames of a stream that passes byte for byte. */
export interface StreamTap {
  readonly push: (frame: Frame) => FrameRole;
  /** What was read so far. */
  readonly tapped: () => Tapped;
  /** The failure of the last frame that was an `error`. */
  readonly failure: () => UpstreamFailure | undefined;
  /**
   * Whether an upstream that closes now has said all: the terminal frame was seen, or the dialect's finish was.
   */
  readonly isComplete: () => boolean;
  /** The last frame of a whole answer, where the upstream has left it out; `""`: it has not. Absent: there is none. */
  readonly closing?: () => string;
}

/** Reads frames into stream parts. */
export interface StreamDecoder {
  readonly push: (frame: Frame) => readonly StreamPart[];
  /** The parts that close the stream when the upstream ends: open blocks, `finish`; an `error` if it was not whole. */
  readonly end: () => readonly StreamPart[];
}

export type AnswerDecoding =
  | { readonly kind: "answer"; readonly answer: Answer; readonly warnings: readonly Warning[] }
  | { readonly kind: "failure"; readonly failure: UpstreamFailure };

/** What an encoder of upstream requests must be told. */
export interface RequestContext {
  /** The upstream's name of the model. */
  readonly model: string;
  /** The model's output limit by the catalogue, for dialects where one is mandatory. */
  readonly outputTokensMax?: number;
}

/** What was asked for and the upstream has no word for, so that it is done on the answer. */
export interface Emulation {
  /** The answer ends before the first of these. */
  readonly stop?: readonly string[];
  /** The only tools that may be called: an answer that calls another is no answer. */
  readonly toolsAmong?: readonly string[];
}

export type EncodedRequest =
  | {
      readonly kind: "request";
      readonly body: string;
      readonly warnings: readonly Warning[];
      /** Absent: the upstream does all of it. */
      readonly emulation?: Emulation;
    }
  | { readonly kind: "refused"; readonly error: GatewayError };

/** A splice of a body that keeps its dialect: set or remove one top-level member. Values are JSON text. */
export interface Splice {
  readonly member: string;
  readonly value: string | undefined;
}

/** What the path of an upstream call depends on. */
export interface CallShape {
  /** The upstream's name of the model. */
  readonly model: string;
  readonly isStream: boolean;
  readonly streamForm: StreamForm;
}

/** How we speak one dialect to upstreams. All functions are pure; credentials are added by the transport's caller. */
export interface UpstreamCodec {
  readonly dialect: UpstreamDialect;
  /** Appended to the base URL: `/chat/completions`, `/v1/messages`; with a query where the dialect needs one. */
  readonly pathOf: (call: CallShape) => string;
  /** How its streams are framed, asked for in `form`. On the canonical lane we always ask for `sse`. */
  readonly framingOf: (form: StreamForm) => Framing;
  readonly encodeRequest: (call: Call, context: RequestContext) => EncodedRequest;
  /** What the name of a model says of it, by the rules that requests are made with; absent: this dialect has none. */
  readonly abilitiesOf?: (model: string) => AbilityValues;
  /**
   * Texts that a body of this dialect holds only if it brings what this server must not be given: the gateway's own
   * envelopes and ids, state of other vendors. Such a body is translated, although both sides speak the same dialect.
   */
  readonly foreignMarks?: (model: string) => readonly string[];
  /** The splices that turn the client's own bytes into the upstream's. */
  readonly splices: (facts: CallFacts, context: RequestContext) => readonly Splice[];
  readonly decodeAnswer: (body: Uint8Array) => AnswerDecoding;
  readonly decodeStream: () => StreamDecoder;
  /** `hidesUsage`: the gateway asked for the usage chunk, the client did not. */
  readonly tapStream: (options: { readonly hidesUsage: boolean }) => StreamTap;
  /** The answer as the client has asked for it, where the server has left that out; `undefined`: it is so already. */
  readonly amendAnswer?: (body: Uint8Array, facts: CallFacts) => string | undefined;
  /** Reads a whole answer that passes byte for byte; `undefined` when it is not a whole answer of this dialect. */
  readonly tapAnswer: (body: Uint8Array) => Tapped | undefined;
  readonly readFailure: (
    status: number,
    headers: ReadonlyMap<string, string>,
    body: Uint8Array,
  ) => UpstreamFailure;
}
