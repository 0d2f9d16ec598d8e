import type { StreamForm } from "../../exchange/dialect.ts";
import { writeEvent } from "../../framing/sse-write.ts";

/** Writes the chunks of one stream in the form the client asked for: events, or one JSON array. */
export interface ChunkWriter {
  /** What goes out before the first chunk; nothing the second time. */
  readonly open: () => string;
  readonly chunk: (json: string) => string;
  /** What goes out after the last chunk. */
  readonly close: () => string;
}

export function createChunkWriter(form: StreamForm): ChunkWriter {
  if (form === "sse") return { open: () => "", chunk: (json) => writeEvent(json), close: () => "" };
  let written: "nothing" | "bracket" | "chunk" = "nothing";
  const open = (): string => {
    if (written !== "nothing") return "";
    written = "bracket";
    return "[";
  };
  return {
    open,
    chunk(json) {
      const before = written === "chunk" ? ",\n" : open();
      written = "chunk";
      return `${before}${json}\n`;
    },
    close: () => `${open()}]`,
  };
}
