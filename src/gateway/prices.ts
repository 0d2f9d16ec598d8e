import {
  isPriceRow,
  type PriceRow,
  priceOf,
  type RateRow,
  recomputed,
} from "../capabilities/pricing/index.ts";
import { recordOf } from "../capabilities/telemetry/index.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import { epochMs } from "../kernel/units.ts";
import type { EventLog } from "../ports/event-log.ts";
import type { PriceExplanation, PriceRowState, PricesState } from "./book-states.ts";
import type { Control } from "./control.ts";
import { withEgressOf } from "./egress.ts";
import { listedRates } from "./model-price.ts";
import type { PriceWatch } from "./price-watch.ts";
import type { Snapshot } from "./snapshot.ts";

/** The prices as the control interface has them. */
export function pricesControl(
  {
    setRows,
    eventLog,
  }: {
    readonly setRows: {
      readonly list: () => readonly PriceRow[];
      readonly replace: (rows: readonly unknown[]) => void;
    };
    readonly eventLog: Pick<EventLog, "read">;
  },
  snapshot: () => Priced,
  watch: PriceWatch,
): Control["prices"] {
  const state = (): PricesState => pricesState(snapshot(), watch, setRows.list());
  return {
    state,
    explain: async (requestId) => {
      const found = await eventLog.read(requestId);
      return found === undefined ? undefined : explainPrice(recordOf(found.body), snapshot());
    },
    setRows: (rows) => {
      setRows.replace(rows);
      return state();
    },
  };
}

type Priced = Pick<Snapshot, "rateCard" | "unknownModel" | "table">;

/** The price book as it counts now, and what it does not know. */
function pricesState(
  { rateCard, unknownModel }: Priced,
  watch: PriceWatch,
  setRows: readonly PriceRow[],
): PricesState {
  return {
    book: rateCard.book,
    unknownModel,
    rows: rateCard.rows.map(rowState),
    setRows,
    unpriced: watch.unpriced(),
    drift: watch.drift(),
  };
}

function rowState({ match, layer, source, validFrom, validUntil, rates, multiply }: RateRow): PriceRowState {
  const { provider, account, region, model, tier, isBatch, dailyUtc } = match;
  return {
    match: {
      provider: provider ?? null,
      account: account ?? null,
      region: region ?? null,
      model,
      tier: tier ?? null,
      isBatch: isBatch ?? null,
      dailyUtc: dailyUtc ?? null,
    },
    layer,
    source,
    validFrom: validFrom ?? null,
    validUntil: validUntil ?? null,
    rates: listedRates(rates ?? {}),
    multiply: multiply === undefined ? null : `${multiply.numerator}/${multiply.denominator}`,
  };
}

/** How a recorded call's cost came about: made anew from its own lines, and by the book that counts now. */
function explainPrice(record: RequestRecord, { rateCard, table }: Priced): PriceExplanation {
  const { id, at, provider, upstreamModel, usage, cost, model } = record;
  const target = provider === null ? undefined : table.providers.get(provider)?.targetOf(upstreamModel ?? "");
  const now =
    target === undefined || usage === null
      ? undefined
      : priceOf(
          rateCard,
          {
            provider: target.provider,
            priceProvider: target.priceProvider,
            region: target.region,
            model: target.model,
            at: epochMs(at),
          },
          usage,
        );
  return {
    requestId: id,
    model,
    provider,
    upstreamModel,
    cost,
    recomputedNanoUsd: cost === null ? null : recomputed(cost),
    reportedNanoUsd: usage?.reportedNanoUsd ?? null,
    now: now === undefined ? null : withEgressOf(now, cost ?? {}),
  };
}

/** Rows that were set while the gateway ran, as one text; `undefined` for a text that is none. */
export function readSetRows(text: string): readonly PriceRow[] | undefined {
  try {
    const rows: unknown = JSON.parse(text);
    return Array.isArray(rows) && rows.every(isPriceRow) ? rows : undefined;
  } catch {
    return undefined;
  }
}
