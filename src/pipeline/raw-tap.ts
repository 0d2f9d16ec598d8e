import type { Tapped, UpstreamCodec } from "../exchange/codec.ts";
import type { Framing } from "../exchange/dialect.ts";
import type { UpstreamHead } from "../ports/transport.ts";
import { joined } from "./joined.ts";
import type { FrameReader } from "./live-stream.ts";
import type { RawTap } from "./raw-call.ts";

/** A whole answer above this is not read: what it cost stays unknown. */
const answerBytesMax = 8 * 1024 ** 2;

const framings: Readonly<Record<string, Framing>> = {
  "text/event-stream": "sse",
  "application/vnd.amazon.eventstream": "aws-event-stream",
};

/** Reads the usage of an answer that passes on the raw lane, by the dialect its path belongs to. */
export function createRawTap(
  codec: UpstreamCodec,
  head: UpstreamHead,
  newReader: (framing: Framing) => FrameReader,
): RawTap | undefined {
  const mediaType = (head.headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if ((head.headers.get("content-encoding") ?? "identity") !== "identity") return undefined;
  const framing = framings[mediaType];
  if (framing !== undefined) return tapFrames(codec, newReader(framing));
  return mediaType === "application/json" ? tapWhole(codec) : undefined;
}

function tapFrames(codec: UpstreamCodec, reader: FrameReader): RawTap {
  const tap = codec.tapStream({ hidesUsage: false });
  let isBroken = false;
  const guarded = (read: () => void): void => {
    if (isBroken) return;
    try {
      read();
    } catch {
      // What cannot be read passes all the same; its usage is what was told before.
      isBroken = true;
    }
  };
  return {
    push: (chunk) =>
      guarded(() => {
        for (const frame of reader.push(chunk)) tap.push(frame);
      }),
    end: () => {
      guarded(() => {
        for (const frame of reader.end()) tap.push(frame);
      });
      return tap.tapped();
    },
  };
}

function tapWhole(codec: UpstreamCodec): RawTap {
  let pieces: Uint8Array[] = [];
  let size = 0;
  return {
    push: (chunk) => {
      size += chunk.byteLength;
      if (size <= answerBytesMax) pieces.push(chunk);
      else pieces = [];
    },
    end: (): Tapped | undefined =>
      size > answerBytesMax ? undefined : codec.tapAnswer(joined(pieces, size)),
  };
}
