import type { AnswerGuard } from "../exchange/answer-guard.ts";
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
} from "../exchange/codec.ts";
import type { UpstreamFailure } from "../exchange/failure.ts";
import type { Part, StreamPart } from "../exchange/part.ts";
import type { Warning } from "../exchange/warning.ts";
import { writeComment } from "../framing/sse-write.ts";
import type { GatewayError } from "../kernel/errors.ts";
import { utf8Length } from "../kernel/utf8.ts";
import type { AnswerCheck } from "./answer-check.ts";
import { warningsField } from "./answer-headers.ts";
import type { Delivered } from "./delivered.ts";
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
  /** What writes the client's frames, where they are not the upstream's own. */
  readonly writer?: AnswerWriter;
}

/** Same dialect: the frames themselves pass. `broken` is told the data of the last one, `onIssued` the ids of state. */
export function bytesLane(
  tap: StreamTap,
  onIssued: (ids: readonly string[]) => void,
  broken: (error: GatewayError, lastData: string | undefined) => string,
): StreamLane {
  let output: Uint8Array | string | undefined;
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
      }
      // An opening has the envelope of the others, and no text.
      if (frame.kind === "event" && role !== "error") smallest = Math.min(smallest, frame.bytes.length);
      return role;
    },
    output: () => output,
    finish: () => {
      onIssued(tap.tapped().stateIds ?? []);
      const isComplete = tap.isComplete();
      const closing = isComplete ? tap.closing?.() : undefined;
      output = closing === undefined || closing === "" ? undefined : closing;
      return isComplete;
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

/** Told of an answer that ended well. */
export interface WholeListener {
  readonly onWhole: (parts: readonly Part[]) => void;
  /** The frames that end the client's stream. */
  readonly onTold: (told: string) => void;
}

/** Writes one answer in the client's dialect, whoever tells its parts: after a break that may be somebody else. */
export interface AnswerWriter {
  /** The frames of these parts; stops at a part that tells of a failure. */
  readonly write: (parts: readonly StreamPart[]) => string;
  /** A comment between two frames, where the form has comments. */
  readonly remark: (text: string) => string;
  readonly failure: () => UpstreamFailure | undefined;
  /** Another upstream tells the rest: the failure of the one before is forgotten, and counts begin anew. Returns how that is undone. */
  readonly resume: () => () => void;
  readonly tapped: () => Tapped;
  readonly textBytes: () => number;
  readonly isCut: () => boolean;
  readonly broken: (error: GatewayError) => string;
  readonly warnings: () => readonly Warning[];
  /** What the client has been told so far; absent: nobody keeps it. */
  readonly delivered?: Delivered;
}

export function createAnswerWriter(
  {
    client,
    emulation,
    delivered,
    check,
    guard,
  }: {
    readonly client: ClientCodec;
    readonly emulation: Emulation | undefined;
    readonly delivered: Delivered | undefined;
    readonly check?: Pick<AnswerCheck, "push"> | undefined;
    /** Has the last word on what is written. */
    readonly guard?: Pick<AnswerGuard, "push" | "isOver"> | undefined;
  },
  context: AnswerContext,
  { onWhole, onTold }: WholeListener,
): AnswerWriter {
  const state = collectState();
  const encoder: StreamEncoder = client.encodeStream(context);
  const emulator = emulation && emulateStream(emulation);
  let failure: UpstreamFailure | undefined;
  let tapped: Tapped = {};
  let textBytes = 0;
  return {
    write: (read) => {
      let output = "";
      const emulated = emulator === undefined ? read : read.flatMap(emulator.push);
      for (const part of guard === undefined ? emulated : emulated.flatMap(guard.push)) {
        if (part.kind === "error") {
          failure = part.failure;
          return output;
        }
        tapped = readPart(tapped, part);
        textBytes += textOf(part);
        state.push(part);
        delivered?.push(part);
        check?.push(part);
        if (part.kind === "finish") onWhole(state.parts());
        const written = encoder.push(part);
        if (part.kind === "finish") {
          onTold(written);
          output += lateWarnings(encoder, context);
        }
        output += written;
      }
      return output;
    },
    remark: (text) => (context.streamForm === "json-array" ? "" : writeComment(text)),
    failure: () => failure,
    resume: () => {
      const before = { failure, textBytes, tapped };
      failure = undefined;
      textBytes = 0;
      tapped = tapped.model === undefined ? {} : { model: tapped.model };
      return () => {
        ({ failure, textBytes, tapped } = before);
      };
    },
    tapped: () => tapped,
    textBytes: () => textBytes,
    isCut: () => emulator?.isOver() === true || guard?.isOver() === true,
    broken: encoder.fail,
    warnings: encoder.warnings,
    ...(delivered === undefined ? {} : { delivered }),
  };
}

/** Between an upstream's parts and the answer: what takes up an answer that another has begun. */
export type Seam = (part: StreamPart) => readonly StreamPart[];

/** Frames become parts, parts become the client's frames. */
export function canonicalLane(
  decoder: StreamDecoder,
  writer: AnswerWriter,
  { askedModel, seam }: { readonly askedModel: string; readonly seam?: Seam | undefined },
): StreamLane {
  let output = "";
  const told = (part: StreamPart): StreamPart =>
    // Some dialects tell no model: then it is the one that was asked.
    part.kind === "start" && part.model === "" ? { ...part, model: askedModel } : part;
  const take = (read: readonly StreamPart[]): readonly StreamPart[] => {
    // What a break closes is not at its end: another may go on with it.
    const parts = (read.at(-1)?.kind === "error" ? read.slice(-1) : read).map(told);
    const passed = seam === undefined ? parts : parts.flatMap(seam);
    output = writer.write(passed);
    return passed;
  };
  const isWhole = (): boolean => writer.failure() === undefined && writer.tapped().finish !== undefined;
  return {
    push: (frame) => {
      const read = decoder.push(frame);
      const passed = take(read);
      if (writer.failure() !== undefined) return "error";
      if (passed.some(isWord)) return "content";
      // What goes on in another's answer is sent as it comes: nothing of it may be lost.
      if (seam !== undefined && output !== "") return "content";
      if (read.some(isWord)) return "held";
      return read.length === 0 && frame.data === "[DONE]" ? "end" : "idle";
    },
    output: () => (output === "" ? undefined : output),
    finish: () => {
      take(decoder.end());
      return isWhole();
    },
    isComplete: isWhole,
    isCut: writer.isCut,
    failure: writer.failure,
    broken: writer.broken,
    tapped: writer.tapped,
    textBytes: writer.textBytes,
    warnings: writer.warnings,
    writer,
  };
}

/**
 * Whether a part says something: text, reasoning, a tool's name or arguments, a refusal, an end.
 *
 * Source: resilience specification, part 0, "semantic event".
 */
function isWord(part: StreamPart): boolean {
  switch (part.kind) {
    case "text-delta":
    case "refusal-delta":
    case "reasoning-delta":
      return part.text !== "";
    case "tool-input-delta":
      return part.argumentsText !== "";
    case "tool-input-start":
    case "whole":
    case "finish":
      return true;
    default:
      return false;
  }
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
