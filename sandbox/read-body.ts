import type { IncomingMessage } from "node:http";
import { Refusal } from "./refusal.ts";

/** The largest body taken: 32 MiB, Anthropic's limit. */
export const bodyBytesMax = 32 * 1024 * 1024;

/**
 * Reads a body to its end; nothing is called back when the client goes first.
 * A body above the limit is drained and refused.
 */
export function readBody(request: IncomingMessage, then: (body: Buffer | Refusal) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length <= bodyBytesMax) chunks.push(chunk);
    else chunks.length = 0;
  });
  request.once("end", () => {
    const isTooLarge = length > bodyBytesMax;
    if (isTooLarge)
      then(
        new Refusal("too-large", `Request exceeds the maximum allowed number of bytes (${bodyBytesMax}).`),
      );
    else then(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
  });
  request.on("error", () => {});
}
