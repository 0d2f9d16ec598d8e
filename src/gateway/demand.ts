import { createScaling, type Scaling } from "../capabilities/scaling/index.ts";
import { milliseconds } from "../kernel/units.ts";
import type { RequestMetrics } from "./metrics.ts";
import { createScalingWebhook } from "./scaling-webhook.ts";
import type { Snapshot } from "./snapshot.ts";

/** The demand on pools that replicas are advised for, window by window. */
export function createDemand(
  ports: Parameters<typeof createScalingWebhook>[0],
  snapshot: () => Pick<Snapshot, "scaling">,
  metrics: Pick<RequestMetrics, "advised">,
): Scaling {
  const { clock, timer } = ports;
  const webhook = createScalingWebhook(ports, () => snapshot().scaling);
  const scaling = createScaling(snapshot().scaling, clock.now());
  const close = (): void => {
    for (const [pool, demand] of scaling.close(clock.now())) {
      metrics.advised(pool, demand.advised, demand.isShort);
      webhook.advised(pool, demand);
    }
    arm();
  };
  const arm = (): void => {
    timer.after(milliseconds(snapshot().scaling.windowMs), close);
  };
  arm();
  return scaling;
}
