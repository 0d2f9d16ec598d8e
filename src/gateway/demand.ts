import { createScaling, type Scaling } from "../capabilities/scaling/index.ts";
import { milliseconds } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer } from "../ports/timer.ts";
import type { RequestMetrics } from "./metrics.ts";
import type { Snapshot } from "./snapshot.ts";

/** The demand on pools that replicas are advised for, window by window. */
export function createDemand(
  { clock, timer }: { readonly clock: Clock; readonly timer: Timer },
  snapshot: () => Pick<Snapshot, "scaling">,
  metrics: Pick<RequestMetrics, "advised">,
): Scaling {
  const scaling = createScaling(snapshot().scaling, clock.now());
  const close = (): void => {
    for (const [pool, { advised, isShort }] of scaling.close(clock.now()))
      metrics.advised(pool, advised, isShort);
    arm();
  };
  const arm = (): void => {
    timer.after(milliseconds(snapshot().scaling.windowMs), close);
  };
  arm();
  return scaling;
}
