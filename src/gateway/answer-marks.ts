import type { RequestId } from "../kernel/ids.ts";
import type { Ingress } from "./ingress.ts";
import type { Snapshot } from "./snapshot.ts";

/** Headers of every answer. Under pressure the next request may as well come over another connection, to another process. */
export const headersOfAll = (
  id: RequestId,
  { generationText }: Snapshot,
  { isStrained }: Pick<Ingress, "isStrained">,
): string[] => [
  "x-sallyport-request-id",
  id,
  "x-sallyport-generation",
  generationText,
  ...(isStrained() ? ["connection", "close"] : []),
];
