import type {
  AnswerContext,
  ClientCodec,
  Emulation,
  Frame,
  FrameRole,
  StreamDecoder,
  StreamEncoder,
  StreamTap,
  Tapped,
  UpstreamCodec,
} from "../exchange/codec.ts";
import type { UpstreamFailure } from "../exchange/failure.ts";
import type { Part, StreamPart } from "../exchange/part.ts";
import type { Warning } from "../exchange/warning.ts";
import { writeComment } from "../framing/sse-write.ts";
import type { GatewayError } from "../kernel/errors.ts";
import { utf8Length } from "../kernel/utf8.ts";
import { warningsField } from "./answer-headers.ts";
import { emulateStream } from "./emulate.ts";
import { collectState } from "./state-keeper.ts";

/** What the client gets for the frames of an upstream, whichever lane they take. */
export interface StreamLane {
  /** Reads one frame; `output` is then what to send for it. */
  readonly push: (frame: Frame) => FrameRole;
  /** What the last `push` or `finish` made; `undefined` for nothing. */
  readonly output: () => Uint8Array | string | undefined;
  /** The upstream ended by its framing: whether it had said all. `output` closes the client's stream. */
  readonly finish: () => boolean;
  /** Whether an upstream that breaks now had already said all. */
  readonly isComplete: () => boolean;
  /** The client's answer has ended here; nothing more of the upstream's is wanted, or will be counted. */
  readonly isCut: () => boolean;
  readonly failure: () => UpstreamFailure | undefined;
  /** What tells the client that its stream breaks off here. */
  readonly broken: (error: GatewayError) => string;
  readonly tapped: () => Tapped;
  /** Bytes of text, reasoning and arguments that went to the client: the base of an estimate when no usage came. */
  readonly textBytes: () => number;
  readonly warnings: () => readonly Warning[];
}

/** Same dialect: the frames themselves pass. `broken` is told the data of the last one, `onIssued` the ids of state. */
export function bytesLane(
  tap: StreamTap,
  onIssued: (ids: readonly string[]) => void,
  broken: (error: GatewayError, lastData: string | undefined) => string,
): StreamLane {
  let output: Uint8Array | undefined;
  let lastData: string | undefined;
  let frames = 0;
  let dataBytes = 0;
  let smallest = Number.POSITIVE_INFINITY;
  return {
    push: (frame) => {
      const role = tap.push(frame);
      output = role === "usage-only" ? undefined : frame.bytes;
      if (role === "content") {
        lastData = frame.data;
        frames += 1;
        dataBytes += frame.bytes.length;
        smallest = Math.min(smallest, frame.bytes.length);
      }
      return role;
    },
    output: () => output,
    finish: () => {
      output = undefined;
      onIssued(tap.tapped().stateIds ?? []);
      return tap.isComplete();
    },
    isComplete: tap.isComplete,
    isCut: () => false,
    failure: tap.failure,
    broken: (error) => broken(error, lastData),
    tapped: tap.tapped,
    // Frames of one stream share their envelope; what is above the smallest is text. Read only when a call was cut.
    textBytes: () => (frames === 0 ? 0 : dataBytes - frames * smallest),
    warnings: () => [],
  };
}

/** What a translated stream goes through. */
export interface Translation {
  readonly upstream: UpstreamCodec;
  readonly client: ClientCodec;
  readonly askedModel: string;
  readonly emulation: Emulation | undefined;
}

/** Told of an answer that ended well. */
export interface WholeListener {
  readonly onWhole: (parts: readonly Part[]) => void;
  /** The frames that end the client's stream. */
  readonly onTold: (told: string) => void;
}

/** Other dialect: frames become parts, parts become the client's frames. */
export function canonicalLane(
  { upstream, client, askedModel, emulation }: Translation,
  context: AnswerContext,
  { onWhole, onTold }: WholeListener,
): StreamLane {
  const state = collectState();
  const decoder: StreamDecoder = upstream.decodeStream();
  const encoder: StreamEncoder = client.encodeStream(context);
  let output = "";
  let failure: UpstreamFailure | undefined;
  let tapped: Tapped = {};
  let textBytes = 0;
  const emulator = emulation && emulateStream(emulation);
  const encode = (read: readonly StreamPart[]): void => {
    output = "";
    for (const part of emulator === undefined ? read : read.flatMap(emulator.push)) {
      if (part.kind === "error") {
        failure = part.failure;
        return;
      }
      // Some dialects tell no model: then it is the one that was asked.
      const told = part.kind === "start" && part.model === "" ? { ...part, model: askedModel } : part;
      tapped = readPart(tapped, told);
      textBytes += textOf(part);
      state.push(part);
      if (part.kind === "finish") onWhole(state.parts());
      const written = encoder.push(told);
      if (part.kind === "finish") {
        onTold(written);
        output += lateWarnings(encoder, context);
      }
      output += written;
    }
  };
  return {
    push: (frame) => {
      const parts = decoder.push(frame);
      encode(parts);
      if (failure !== undefined) return "error";
      if (parts.length === 0) return frame.data === "[DONE]" ? "end" : "idle";
      return "content";
    },
    output: () => (output === "" ? undefined : output),
    finish: () => {
      encode(decoder.end());
      return failure === undefined && tapped.finish !== undefined;
    },
    isComplete: () => failure === undefined && tapped.finish !== undefined,
    isCut: () => emulator?.isOver() ?? false,
    failure: () => failure,
    broken: encoder.fail,
    tapped: () => tapped,
    textBytes: () => textBytes,
    warnings: encoder.warnings,
  };
}

/** What was met after the head went out, in a comment before the last frames: bodies of strict clients stay as they are. */
function lateWarnings(encoder: StreamEncoder, { streamForm }: AnswerContext): string {
  const warnings = streamForm === "json-array" ? [] : encoder.warnings();
  return warnings.length === 0 ? "" : writeComment(`x-sallyport-warnings: ${warningsField(warnings)}`);
}

function readPart(tapped: Tapped, part: StreamPart): Tapped {
  switch (part.kind) {
    case "start":
      return { ...tapped, model: part.model };
    case "usage":
      return { ...tapped, usage: part.usage };
    case "finish":
      return { ...tapped, finish: part.finish };
    default:
      return tapped;
  }
}

function textOf(part: StreamPart): number {
  if ("text" in part) return utf8Length(part.text);
  return part.kind === "tool-input-delta" ? utf8Length(part.argumentsText) : 0;
}
