import type { InboundRequest } from "../ports/server.ts";

/** A client that sends pieces does not say how many: they count as a large body, or saying nothing would be a way to get more. */
const unsaidBytes = 1024 ** 2;

/** How long a request's head says its body to be, `bytesMax` at most; the word of the client, and no more than a guess. */
export function announcedBytes({ header }: Pick<InboundRequest, "header">, bytesMax: number): number {
  if (header("transfer-encoding") !== undefined) return Math.min(unsaidBytes, bytesMax);
  const bytes = Number(header("content-length") ?? 0);
  return bytes > 0 ? Math.min(bytes, bytesMax) : 0;
}
