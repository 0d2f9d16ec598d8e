import type { Balance } from "../../exchange/target.ts";
import type { Member } from "./member.ts";
import { meanInFlight } from "./traffic.ts";

/** Less than this in flight together says nothing of how it is shared: whoever has the one call is the busiest. */
const inFlightMin = 1;
/** Balancers that send to whoever is done first, whatever its weight. */
const isBySpeed: ReadonlySet<Balance> = new Set(["predicted", "peak-ewma"]);

/**
 * How many times its fair share the busiest member has in flight, over the last minute: 1 where all have alike, as many as
 * there are members where one has everything.
 *
 *     max(n_i / w_i) / (sum n / sum w)
 *
 * @param members Those that take calls.
 */
export function imbalanceOf(members: readonly Member[], balance: Balance, now: number): number {
  const loads = members.map(({ traffic, weight }) => ({
    inFlight: meanInFlight(traffic, now),
    weight: isBySpeed.has(balance) ? 1 : weight,
  }));
  const sumOf = (of: "inFlight" | "weight"): number => loads.reduce((sum, load) => sum + load[of], 0);
  const inFlight = sumOf("inFlight");
  if (inFlight < inFlightMin) return 1;
  const busiest = Math.max(...loads.map((load) => load.inFlight / load.weight));
  return (busiest * sumOf("weight")) / inFlight;
}
