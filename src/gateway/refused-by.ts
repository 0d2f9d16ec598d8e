import type { Door } from "../exchange/stage-record.ts";
import type { Trail } from "../pipeline/trail.ts";

/** The doors in the order in which they write their records. */
const order = [
  "identify",
  "decode",
  "authorize",
  "admit",
  "assign",
  "recall",
  "plan",
  "fund",
  "attempt",
] as const satisfies readonly Door[];

const rawOrder = [
  "identify",
  "decode",
  "authorize",
  "admit",
  "plan",
  "attempt",
] as const satisfies readonly Door[];

/** The door at which a request was refused: the first that has not written its record. */
export function refusedBy({ received, stages }: Trail<unknown>): Door | undefined {
  if (received === undefined) return "decode";
  const { kind } = received.route;
  return (kind === "raw" || kind === "kept" || kind === "service" || kind === "realtime" ? rawOrder : order)[
    stages.records().length
  ];
}
