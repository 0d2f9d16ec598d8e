import type { Trail } from "./trail.ts";

/** Declares an answer that nobody counted, or whose price nobody knows. A whole answer's head tells it too. */
export function warnOfPrice(trail: Trail<unknown>): void {
  if (trail.usage === undefined)
    trail.warnings.push({ kind: "unmetered", subject: trail.facts?.model ?? "" });
  else if (trail.cost?.nanoUsd === null)
    trail.warnings.push({ kind: "unpriced", subject: trail.candidate?.target.model ?? "" });
}
