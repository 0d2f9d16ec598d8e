import type { PoolDemand, ScalingSettings } from "../capabilities/scaling/index.ts";
import { milliseconds } from "../kernel/units.ts";
import type { Logger } from "../ports/logger.ts";
import type { CancelTimer, Timer } from "../ports/timer.ts";
import { createSignedPost, type SignedPostPorts } from "./signed-post.ts";

/** Tells somebody who can start and stop replicas how many there shall be. Owned by one gateway. */
export interface ScalingWebhook {
  /** A window is over. What is advised anew takes the place of what has not been told yet. */
  readonly advised: (pool: string, demand: PoolDemand) => void;
}

/** Of one pool, to one receiver: another one has been told nothing. */
interface Telling {
  readonly url: string;
  /** What was told last; `undefined`: nothing. */
  told: number | undefined;
  /** What is being told. */
  wanted: number | undefined;
  cancel: CancelTimer;
}

const firstWaitMs = 1000;
const waitMaxMs = 30_000;
/** So long it is tried again: then there is a newer advice, or nobody listens. */
const patienceMs = 300_000;

/**
 * Each change of advice as a signed POST, retried for five minutes with growing waits. The advice goes on without it.
 *
 * Source: routing specification, section 7, "Actuators".
 */
export function createScalingWebhook(
  ports: {
    readonly timer: Timer;
    readonly logger: Pick<Logger, "warn">;
  } & SignedPostPorts,
  settings: () => Pick<ScalingSettings, "webhook" | "pools">,
): ScalingWebhook {
  const tellings = new Map<string, Telling>();
  const nothing: CancelTimer = () => undefined;
  const tellingOf = (pool: string, url: string): Telling => {
    const known = tellings.get(pool);
    if (known?.url === url) return known;
    if (known !== undefined) {
      known.cancel();
      known.wanted = undefined;
    }
    const made: Telling = { url, told: undefined, wanted: undefined, cancel: nothing };
    tellings.set(pool, made);
    return made;
  };
  const send = createSignedPost(ports);
  return {
    advised: (pool, demand) => {
      const { webhook, pools } = settings();
      const rules = pools[pool];
      if (webhook === undefined || rules === undefined) return;
      const telling = tellingOf(pool, webhook.url);
      if (demand.advised === (telling.wanted ?? telling.told)) return;
      telling.cancel();
      telling.wanted = demand.advised;
      const at = ports.clock.now();
      const revision = `${pool}-${at}`;
      const body = JSON.stringify({
        pool,
        desired: demand.advised,
        current: telling.told ?? null,
        reason: demand.basis,
        horizonSeconds: demand.horizonMs / 1000,
        quantile: 1 - rules.shortShare,
        at,
      });
      const tell = async (waitMs: number): Promise<void> => {
        const why = await send(webhook, body, revision);
        // Something newer is being told.
        if (telling.wanted !== demand.advised) return;
        if (why === undefined) {
          telling.told = demand.advised;
          telling.wanted = undefined;
        } else if (ports.clock.now() + waitMs - at > patienceMs) {
          telling.wanted = undefined;
          ports.logger.warn("nobody takes the advice on replicas", { pool, why });
        } else {
          const next = Math.min(waitMaxMs, 2 * waitMs);
          telling.cancel = ports.timer.after(milliseconds(waitMs), () => void tell(next));
        }
      };
      void tell(firstWaitMs);
    },
  };
}
