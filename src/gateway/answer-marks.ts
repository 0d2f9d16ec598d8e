import type { Trail } from "../pipeline/trail.ts";
import type { Ingress } from "./ingress.ts";
import type { Snapshot } from "./snapshot.ts";

/** Headers of every answer. Under pressure the next request may as well come over another connection, to another process. */
export const headersOfAll = (
  { id, snapshot, cookie, told }: Trail<Snapshot>,
  { isStrained }: Pick<Ingress, "isStrained">,
): string[] => [
  "x-sallyport-request-id",
  id,
  "x-sallyport-generation",
  snapshot.generationText,
  ...told,
  ...(cookie === undefined ? [] : ["set-cookie", cookie]),
  ...(isStrained() ? ["connection", "close"] : []),
];
