import type { Cost, CostLine } from "../../exchange/settlement.ts";
import type { Usage } from "../../exchange/usage.ts";
import { type BilledUnit, billedUnits } from "./billed-units.ts";
import { addTo, type Fraction, roundHalfEven } from "./fraction.ts";
import type { ChosenRates, RateCard } from "./rate-card.ts";
import type { PricedCall, Rate } from "./rate-row.ts";

const unknown: Cost = { nanoUsd: null, lines: [], source: null };

/**
 * What a call cost: one exact sum over all units, rounded once, half to even.
 *
 *     cost = roundHalfEven( multiply · Σ quantity · nanoUsd / per )
 *
 * A unit without a rate takes that of its nearest relative and its line is marked approximate. `nanoUsd` is `null`,
 * never 0, when no row matches, the usage tells no totals, or plain input or output has no rate. A row whose rates are
 * all 0 says 0 whatever was used. The tier of the answer counts, not that of the question.
 *
 * Source: AI models specification, section 18.
 */
export function priceOf(card: RateCard, call: PricedCall, usage: Usage | undefined): Cost {
  const chosen = card.choose({ ...call, tier: usage?.tier ?? call.tier });
  if (chosen === undefined) return unknown;
  const { source } = chosen;
  if (isFree(chosen)) return { nanoUsd: 0, lines: [], source };
  const billed = usage === undefined ? undefined : billedUnits(usage);
  if (billed === undefined) return { ...unknown, source };

  const lines: CostLine[] = [];
  let sum: Fraction = { numerator: 0n, denominator: 1n };
  for (const { unit, quantity, isCount, isEstimate } of [...billed.units, ...feeOf(chosen)]) {
    const found = isCount ? countRate(unit, chosen) : rateOf(unit, chosen, call.model);
    if (found === undefined) return unknown;
    const nanoUsd = tierOf(found.rate, billed.inputTotal);
    sum = addTo(sum, { numerator: BigInt(quantity) * nanoUsd, denominator: found.rate.per });
    lines.push({
      unit,
      quantity,
      nanoUsd: Number(nanoUsd),
      per: Number(found.rate.per),
      isApproximate: found.isApproximate || isEstimate,
    });
  }
  const { numerator, denominator } = chosen.multiply;
  const total = roundHalfEven({
    numerator: sum.numerator * numerator,
    denominator: sum.denominator * denominator,
  });
  return total > Number.MAX_SAFE_INTEGER ? unknown : { nanoUsd: Number(total), lines, source };
}

/** Whether input and output have a price, and every price is 0. */
export function isFree({ rates }: ChosenRates): boolean {
  const { input, output } = rates;
  if (input === undefined || output === undefined) return false;
  // Nearly every price is above 0: that is seen at once.
  if (input.nanoUsd !== 0n || output.nanoUsd !== 0n) return false;
  return Object.values(rates).every(
    (rate) => rate.nanoUsd === 0n && (rate.tiers ?? []).every((tier) => tier.nanoUsd === 0n),
  );
}

/** The price of `rate` for a request whose whole input is `inputTotal` tokens. */
export function tierOf(rate: Rate, inputTotal: number): bigint {
  let reached: { above: number; nanoUsd: bigint } | undefined;
  for (const tier of rate.tiers ?? []) {
    if (inputTotal > tier.above && (reached === undefined || tier.above > reached.above)) reached = tier;
  }
  return reached?.nanoUsd ?? rate.nanoUsd;
}

interface FoundRate {
  readonly rate: Rate;
  readonly isApproximate: boolean;
}

/** Whose rate counts for a unit that has none, nearest first. */
const relatives: Readonly<Record<string, readonly string[]>> = {
  inputAudio: ["input"],
  cacheRead: ["input"],
  cacheWrite5m: ["cacheWriteOther", "input"],
  cacheWrite1h: ["cacheWrite5m", "cacheWriteOther", "input"],
  cacheWriteOther: ["input"],
  outputAudio: ["output"],
  reasoning: ["output"],
};

function rateOf(unit: string, { rates }: ChosenRates, model: string): FoundRate | undefined {
  const own = rates[unit];
  if (own !== undefined) return { rate: own, isApproximate: false };
  const input = rates["input"];
  // Anthropic writes for an hour at twice the input price; a list that does not say so is not to be taken at less.
  if (unit === "cacheWrite1h" && input !== undefined && /claude/i.test(model)) {
    return { rate: twice(input), isApproximate: true };
  }
  for (const relative of relatives[unit] ?? []) {
    const rate = rates[relative];
    if (rate !== undefined) return { rate, isApproximate: true };
  }
  return undefined;
}

/** Some providers charge for each request, whatever its size. */
function feeOf({ rates }: ChosenRates): readonly BilledUnit[] {
  return rates["request"] === undefined
    ? []
    : [{ unit: "request", quantity: 1, isCount: true, isEstimate: false }];
}

/** A tool's use without a price is shown at 0 and marked: the rest of the call has a price that is worth telling. */
function countRate(unit: string, { rates }: ChosenRates): FoundRate {
  const own = rates[unit];
  if (own !== undefined) return { rate: own, isApproximate: false };
  return { rate: { nanoUsd: 0n, per: 1n }, isApproximate: true };
}

function twice(rate: Rate): Rate {
  const tiers = rate.tiers?.map(({ above, nanoUsd }) => ({ above, nanoUsd: nanoUsd * 2n }));
  return { nanoUsd: rate.nanoUsd * 2n, per: rate.per, ...(tiers === undefined ? {} : { tiers }) };
}
