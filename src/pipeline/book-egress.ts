import type { EgressCost } from "../exchange/settlement.ts";
import type { Trail } from "./trail.ts";

/** What the bytes of a request came to; `undefined`: nothing. */
export interface EgressPorts<Snapshot> {
  readonly egressOf: (trail: Trail<Snapshot>) => EgressCost | undefined;
}

/**
 * Adds what the bytes cost, once, when the last of them has passed. It is a cost of requests too that nobody answered; of an
 * answer whose usage nobody told it is all that is known, and told at the end, when nobody can tell it any more.
 */
export function bookEgress<Snapshot>(trail: Trail<Snapshot>, { egressOf }: EgressPorts<Snapshot>): void {
  if (trail.cost?.egress !== undefined) return;
  const egress = egressOf(trail);
  if (egress === undefined) return;
  const { cost } = trail;
  if (cost !== undefined)
    trail.cost = { ...cost, nanoUsd: cost.nanoUsd === null ? null : cost.nanoUsd + egress.nanoUsd, egress };
  else if (trail.isSettled) {
    const isAnswered = trail.attempts.some(({ code }) => code === null);
    trail.cost = { nanoUsd: isAnswered ? null : egress.nanoUsd, lines: [], source: null, egress };
  }
}
