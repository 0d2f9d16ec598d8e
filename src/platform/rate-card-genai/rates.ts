import { nanoOf } from "./nano.ts";
import type {
  GenaiConditionalPrice,
  GenaiModel,
  GenaiPrice,
  GenaiPriceList,
  GenaiPrices,
} from "./price-list.ts";

/** One row of prices, as the pricing room takes it. */
export interface GenaiRow {
  /** Any model: the row was looked up for one, and must not seem more specific than the operator's own. */
  readonly match: {
    readonly model: "*";
    readonly dailyUtc?: { readonly from: number; readonly until: number } | undefined;
  };
  readonly layer: "base";
  readonly validFrom?: number | undefined;
  readonly validUntil?: number | undefined;
  readonly source: string;
  readonly rates: Readonly<Record<string, GenaiRate>>;
}
export interface GenaiRate {
  readonly nanoUsd: bigint;
  readonly per: bigint;
  readonly tiers?: readonly { readonly above: number; readonly nanoUsd: bigint }[];
}

const million = 1_000_000n;
const thousand = 1000n;

/** The price list's keys, as the units they are the price of here. What usage does not tell apart is not read. */
const unitsOf: Readonly<Record<string, { readonly units: readonly string[]; readonly per: bigint }>> = {
  input_mtok: { units: ["input"], per: million },
  cache_read_mtok: { units: ["cacheRead"], per: million },
  cache_write_mtok: { units: ["cacheWrite5m", "cacheWriteOther"], per: million },
  cache_write_1h_mtok: { units: ["cacheWrite1h"], per: million },
  input_audio_mtok: { units: ["inputAudio"], per: million },
  output_mtok: { units: ["output"], per: million },
  output_audio_mtok: { units: ["outputAudio"], per: million },
  output_reasoning_mtok: { units: ["reasoning"], per: million },
  requests_kcount: { units: ["request"], per: thousand },
  web_searches_kcount: { units: ["webSearch"], per: thousand },
};

/**
 * The price list `list` as rows for one model of one of its providers; none when it does not know them.
 * `source` names the list and its version, `genai-prices 0.1.8`.
 */
export function genaiRates(
  list: GenaiPriceList,
  source: string,
): (provider: string, model: string) => readonly GenaiRow[] {
  return (provider, model) => {
    const found = findModel(list, provider, model);
    return found === undefined ? [] : rowsOf(found, source);
  };
}

/** How many tokens a model of this list takes in all; `undefined` where it does not say. */
export function genaiContext(
  list: GenaiPriceList,
  source: string,
): (provider: string, model: string) => { readonly tokens: number; readonly source: string } | undefined {
  return (provider, model) => {
    const tokens = findModel(list, provider, model)?.context_window;
    return tokens === undefined ? undefined : { tokens, source };
  };
}

function findModel(list: GenaiPriceList, provider: string, model: string): GenaiModel | undefined {
  // The list also finds providers whose names only look alike; their prices are not to be guessed at.
  if (list.findProvider({ providerId: provider })?.id !== provider) return undefined;
  return lookUp(list, provider, model);
}

function lookUp(list: GenaiPriceList, provider: string, model: string): GenaiModel | undefined {
  try {
    return list.calcPrice({}, model, { providerId: provider })?.model;
  } catch {
    // The list throws for the few entries that it cannot calculate with.
    return undefined;
  }
}

function rowsOf(model: GenaiModel, source: string): readonly GenaiRow[] {
  const prices: readonly GenaiConditionalPrice[] = isList(model.prices)
    ? model.prices
    : [{ prices: model.prices }];
  const rows: GenaiRow[] = [];
  let until = Infinity;
  // From the last to the first, because the last that is met counts. What comes before an entry without a condition is
  // never reached; the first entry counts when no other does, whatever its own condition.
  for (const [index, price] of [...prices.entries()].toReversed()) {
    const { from, dailyUtc } = index === 0 ? {} : conditionOf(price);
    const validUntil = until === Infinity ? undefined : until;
    if (from === undefined || from < until) {
      const rates = ratesOf(price.prices, model.id);
      rows.push({
        match: { model: "*", dailyUtc },
        layer: "base",
        validFrom: from,
        validUntil,
        source,
        rates,
      });
    }
    if (from === undefined && dailyUtc === undefined) break;
    until = Math.min(until, from ?? Infinity);
  }
  return rows;
}

/** When a price counts: from a moment on, or at certain hours. */
interface Condition {
  readonly from?: number;
  readonly dailyUtc?: { readonly from: number; readonly until: number };
}

function conditionOf({ constraint }: GenaiConditionalPrice): Condition {
  if (constraint === undefined) return {};
  if (constraint.type === "start_date") return { from: Date.parse(`${constraint.start_date}T00:00:00Z`) };
  return { dailyUtc: { from: minuteOf(constraint.start_time), until: minuteOf(constraint.end_time) } };
}

/** An entry without prices is free only where its name says so; elsewhere it is an entry that nobody has filled in. */
function ratesOf(prices: GenaiPrices, modelId: string): Readonly<Record<string, GenaiRate>> {
  if (Object.keys(prices).length === 0 && modelId.endsWith(":free")) {
    return { input: { nanoUsd: 0n, per: million }, output: { nanoUsd: 0n, per: million } };
  }
  const rates: Record<string, GenaiRate> = {};
  for (const [key, price] of Object.entries(prices)) {
    const target = unitsOf[key];
    const rate = target === undefined || price === undefined ? undefined : rateOf(price, target.per);
    if (target === undefined || rate === undefined) continue;
    for (const unit of target.units) rates[unit] = rate;
  }
  return rates;
}

function rateOf(price: GenaiPrice, per: bigint): GenaiRate | undefined {
  const { base, tiers } = typeof price === "number" ? { base: price, tiers: [] } : price;
  const nanoUsd = nanoOf(base);
  if (nanoUsd === undefined) return undefined;
  const above = tiers.flatMap((tier) => {
    const nano = nanoOf(tier.price);
    return nano === undefined ? [] : [{ above: tier.start, nanoUsd: nano }];
  });
  return above.length === 0 ? { nanoUsd, per } : { nanoUsd, per, tiers: above };
}

/** Minutes after midnight UTC, of a time such as `16:30:00Z` or `00:30:00+08:00`. */
function minuteOf(time: string): number {
  return (((Date.parse(`2000-01-01T${time}`) / 60_000) % 1440) + 1440) % 1440;
}

function isList(prices: GenaiModel["prices"]): prices is readonly GenaiConditionalPrice[] {
  return Array.isArray(prices);
}
