import type { Framing } from "../exchange/dialect.ts";
import { createEventStreamReader } from "../framing/aws-event-stream.ts";
import { createJsonArrayReader } from "../framing/json-array.ts";
import { createSseReader } from "../framing/sse.ts";
import type { FrameReader } from "../pipeline/live-stream.ts";

const readers: Readonly<Record<Framing, () => FrameReader>> = {
  sse: createSseReader,
  "json-array": createJsonArrayReader,
  "aws-event-stream": createEventStreamReader,
};

/** What cuts an upstream's bytes into frames. */
export const newReader = (framing: Framing): FrameReader => readers[framing]();
