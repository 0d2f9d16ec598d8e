import { withoutContent } from "../capabilities/residency/index.ts";
import type { PoolDemand, ScalingSettings } from "../capabilities/scaling/index.ts";
import { base62 } from "../kernel/ids.ts";
import { milliseconds } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import type { RequestSigner } from "../ports/request-signer.ts";
import type { CancelTimer, Timer } from "../ports/timer.ts";
import type { Transport } from "../ports/transport.ts";

/** Tells somebody who can start and stop replicas how many there shall be. Owned by one gateway. */
export interface ScalingWebhook {
  /** A window is over. What is advised anew takes the place of what has not been told yet. */
  readonly advised: (pool: string, demand: PoolDemand) => void;
}

type Webhook = NonNullable<ScalingSettings["webhook"]>;

/** Of one pool, to one receiver: another one has been told nothing. */
interface Telling {
  readonly url: string;
  /** What was told last; `undefined`: nothing. */
  told: number | undefined;
  /** What is being told. */
  wanted: number | undefined;
  cancel: CancelTimer;
}

const answerTimeout = milliseconds(10_000);
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
    readonly clock: Clock;
    readonly timer: Timer;
    readonly random: Random;
    readonly transport: Transport;
    readonly signer: RequestSigner;
    readonly logger: Pick<Logger, "warn">;
  },
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
  const send = (webhook: Webhook, body: string, revision: string): Promise<string | undefined> => {
    // oxlint-disable-next-line eslint/no-restricted-globals -- an operator's URL, checked by its settings; never a request target.
    const { origin, host, pathname, search } = new URL(webhook.url);
    const at = ports.clock.now();
    const nonce = base62(ports.random.bytes(18));
    const signable = { method: "POST", authority: host, path: pathname, query: search.slice(1), body };
    const { keyId, secret } = webhook;
    return new Promise((resolve) => {
      const exchange = ports.transport.send(
        {
          permit: withoutContent(origin),
          origin,
          path: pathname + search,
          method: "POST",
          headers: [
            ...["content-type", "application/json", "idempotency-key", revision],
            ...ports.signer.sign(signable, { keyId, secret, at, nonce }),
          ],
          body,
          headTimeout: answerTimeout,
          idleTimeout: answerTimeout,
        },
        {
          head: ({ status }) => {
            exchange.abort();
            resolve(status < 300 ? undefined : `it answers ${status}`);
          },
          data: () => undefined,
          end: () => undefined,
          failed: ({ code, detail }) => resolve(`${code}: ${detail}`),
        },
      );
    });
  };
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
