import { type FrameFault, framePrefix, messageMeter } from "../../framing/grpc-frames.ts";
import { joined } from "./details.ts";
import type { CallHead, MessageLimits, RequestBody } from "./flavour.ts";

/** A body that is messages of gRPC already: it passes, and is only read. */
export function passingBody({ isEncoded }: CallHead, { requestBytesMax }: MessageLimits): RequestBody {
  const meter = messageMeter({ bytesMax: requestBytesMax, isEncoded });
  return {
    push: (chunk) => passed([chunk], meter.push(chunk)),
    end: () => passed([], meter.end()),
    messages: meter.messages,
    bytes: meter.bytes,
  };
}

/** A body that is one message without its prefix, whose length is known only at its end. */
export function wholeBody({ isEncoded, message }: CallHead, { requestBytesMax }: MessageLimits): RequestBody {
  const chunks: Uint8Array[] = message === undefined ? [] : [message];
  let bytes = message?.length ?? 0;
  const fault = (): FrameFault | undefined =>
    bytes > requestBytesMax ? { kind: "too-large", bytes, bytesMax: requestBytesMax } : undefined;
  return {
    push: (chunk) => {
      chunks.push(chunk);
      bytes += chunk.length;
      return passed([], fault());
    },
    end: () => passed([joined([framePrefix(isEncoded ? 1 : 0, bytes), ...chunks])], fault()),
    messages: () => 1,
    bytes: () => bytes,
  };
}

const passed = (chunks: readonly Uint8Array[], fault: FrameFault | undefined) =>
  fault === undefined ? { chunks } : { chunks: [], fault };
