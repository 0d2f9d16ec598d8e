import type { Admitted, Assigned } from "../exchange/exchange.ts";
import type { Trail } from "./trail.ts";

/** Door 4: nothing varies yet, since no flag, experiment or canary can be configured: every request sees the same. */
export function assign(admitted: Admitted, trail: Trail<unknown>): Assigned {
  trail.stages.record("assign", "pass", "no flag, experiment or canary applies");
  return { ...admitted, variants: [] };
}

/** Door 5: no answer is kept yet, so each request goes on. */
export function recall(assigned: Assigned, trail: Trail<unknown>): Assigned {
  trail.stages.record("recall", "miss", "no answer cache is configured");
  return assigned;
}
