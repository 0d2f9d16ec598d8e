import type { Trail } from "../pipeline/trail.ts";
import type { Ingress } from "./ingress.ts";
import type { Snapshot } from "./snapshot.ts";

/** Headers of every answer. Under pressure a client now and then goes on over another connection, to another process. */
export const headersOfAll = (
  { id, snapshot, cookie, told }: Trail<Snapshot>,
  { partsWithOne }: Pick<Ingress, "partsWithOne">,
): string[] => [
  "x-sallyport-request-id",
  id,
  "x-sallyport-generation",
  snapshot.generationText,
  ...told,
  ...(cookie === undefined ? [] : ["set-cookie", cookie]),
  ...(partsWithOne() ? ["connection", "close"] : []),
];
