import type { Choosable } from "./rank.ts";
import type { RouteRules } from "./shapes.ts";

/** What the reference costs: the named target, else the dearest. */
export function referenceOf({ reference }: RouteRules, targets: readonly Choosable[]): number | undefined {
  const named = targets.find(({ name }) => name === reference)?.costNanoUsd;
  if (named !== undefined && named !== null) return named;
  const known = targets.flatMap(({ costNanoUsd }) => costNanoUsd ?? []);
  return known.length === 0 ? undefined : Math.max(...known);
}
