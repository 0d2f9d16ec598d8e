import { parseDollars } from "../../kernel/dollars.ts";
import { invariant } from "../../kernel/invariant.ts";
import { parseMoment } from "./moment.ts";
import type { Rate, RateRow } from "./rate-row.ts";
import type { PriceRow } from "./settings.ts";

const million = 1_000_000n;

/** Rows as people write them, as rows of a price book. They must have passed `pricingSettings`. */
export function rateRows(rows: readonly PriceRow[], layer: RateRow["layer"]): readonly RateRow[] {
  return rows.map((row) => ({
    match: {
      ...row.match,
      model: row.match.model ?? "*",
      dailyUtc:
        row.match.dailyUtc === undefined
          ? undefined
          : { from: minuteOf(row.match.dailyUtc.from), until: minuteOf(row.match.dailyUtc.until) },
    },
    layer,
    validFrom: row.validFrom === undefined ? undefined : parseMoment(row.validFrom),
    validUntil: row.validUntil === undefined ? undefined : parseMoment(row.validUntil),
    source: row.source,
    rates: ratesOf(row),
    multiply: fractionOf(row.multiply),
  }));
}

function ratesOf({ usdPerMillion, tiers = [] }: PriceRow): Readonly<Record<string, Rate>> | undefined {
  if (usdPerMillion === undefined) return undefined;
  const rates: Record<string, Rate> = {};
  for (const unit of Object.keys(usdPerMillion)) {
    const nanoUsd = nanoOf(usdPerMillion, unit);
    if (nanoUsd === undefined) continue;
    const above = tiers.flatMap((tier) => {
      const price = nanoOf(tier.usdPerMillion, unit);
      return price === undefined ? [] : [{ above: tier.above, nanoUsd: price }];
    });
    rates[unit] = { nanoUsd, per: million, ...(above.length === 0 ? {} : { tiers: above }) };
  }
  return rates;
}

type UsdPerMillion = NonNullable<PriceRow["usdPerMillion"]>;

function nanoOf(prices: UsdPerMillion, unit: string): bigint | undefined {
  const price = Object.entries(prices).find(([name]) => name === unit)?.[1];
  if (price === undefined) return undefined;
  const nanoUsd = parseDollars(price);
  invariant(nanoUsd !== undefined, "prices were checked when they were read");
  return nanoUsd;
}

function minuteOf(time: string): number {
  const [hours = "0", minutes = "0"] = time.split(":");
  return Number(hours) * 60 + Number(minutes);
}

function fractionOf(multiply: string | number | undefined): RateRow["multiply"] {
  if (multiply === undefined) return undefined;
  const [numerator = "1", denominator = "1"] = String(multiply).split("/");
  return { numerator: BigInt(numerator), denominator: BigInt(denominator) };
}
