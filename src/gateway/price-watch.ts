import { createDriftWatch, type Drift } from "../capabilities/pricing/index.ts";
import { isUnpriced } from "../capabilities/telemetry/index.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { PricesState } from "./book-states.ts";
import { withoutEgress } from "./egress.ts";

/** Looks at each record for prices that nobody knows, and for providers that charge otherwise. A holder of state that one gateway owns. */
export interface PriceWatch {
  readonly settled: (record: RequestRecord) => void;
  /** Models whose calls had no price since the start, the last first. */
  readonly unpriced: () => PricesState["unpriced"];
  readonly drift: () => readonly Drift[];
}

const modelsMax = 500;
const hourMs = 3_600_000;

/** @param onAlert Counts it, once an hour for each model. */
export function createPriceWatch(
  clock: Pick<Clock, "now">,
  logger: Pick<Logger, "warn">,
  onAlert: (kind: "unpriced_model" | "price_drift") => void,
): PriceWatch {
  const drift = createDriftWatch();
  const unpriced = new Map<string, { provider: string; model: string; calls: number; alertedAt: number }>();
  const noteUnpriced = (provider: string, model: string): void => {
    const key = `${provider}\n${model}`;
    const known = unpriced.get(key) ?? { provider, model, calls: 0, alertedAt: -Infinity };
    known.calls += 1;
    unpriced.delete(key);
    unpriced.set(key, known);
    for (const oldest of unpriced.keys()) {
      if (unpriced.size <= modelsMax) break;
      unpriced.delete(oldest);
    }
    if (clock.now() - known.alertedAt < hourMs) return;
    known.alertedAt = clock.now();
    onAlert("unpriced_model");
    logger.warn("calls of a model have no known price", { alert: "unpriced_model", provider, model });
  };
  return {
    settled: (record) => {
      const { provider, upstreamModel: model, usage, cost } = record;
      if (provider === null || model === null) return;
      if (isUnpriced(record)) noteUnpriced(provider, model);
      const [ours, reported] = [cost === null ? null : withoutEgress(cost), usage?.reportedNanoUsd];
      if (ours === null || reported === undefined) return;
      const alarming = drift.compare({ provider, model }, { ours, reported });
      if (alarming === undefined) return;
      onAlert("price_drift");
      logger.warn("a provider charges otherwise than the price book says", {
        alert: "price_drift",
        ...alarming,
      });
    },
    unpriced: () =>
      [...unpriced.values()].toReversed().map(({ provider, model, calls }) => ({ provider, model, calls })),
    drift: drift.list,
  };
}
