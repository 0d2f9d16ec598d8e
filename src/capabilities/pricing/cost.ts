import type { Cost, CostLine } from "../../exchange/settlement.ts";
import type { Usage } from "../../exchange/usage.ts";
import { type Billed, type BilledUnit, billedUnits } from "./billed-units.ts";
import { sumOf } from "./egress.ts";
import { addTo, type Fraction, roundHalfEven } from "./fraction.ts";
import type { ChosenRates, RateCard } from "./rate-card.ts";
import type { PricedCall, Rate } from "./rate-row.ts";

/**
 * What a call cost: one exact sum over all units, rounded once, half to even.
 *
 *     cost = roundHalfEven( multiply · Σ quantity · nanoUsd / per )
 *
 * A unit without a rate takes that of its nearest relative and its line is marked approximate. `nanoUsd` is `null`,
 * never 0, when no row matches, the usage tells no totals, or plain input or output has no rate. A row whose rates are
 * all 0 says 0 whatever was used. Tier and region of the answer count, not those of the question.
 *
 * Source: AI models specification, section 18.
 */
export function priceOf(card: RateCard, call: PricedCall, usage: Usage | undefined): Cost {
  const tier = usage?.tier ?? call.tier;
  const { book } = card;
  const unknown: Cost = { nanoUsd: null, lines: [], source: null, book };
  const chosen = card.choose({ ...call, tier, region: usage?.region ?? call.region });
  if (chosen === undefined) return unknown;
  const { source, rows, multiply } = chosen;
  if (isFree(chosen)) return { nanoUsd: 0, lines: [], source, book, rows };
  const isOtherTier = isUnknownTier(tier, chosen);
  const billed = usage === undefined ? undefined : billedUnits(usage);
  if (billed === undefined) return { ...unknown, source };

  const priced = linesOf(billed, chosen, { model: call.model, isOtherTier });
  if (priced === undefined) return unknown;
  const total = times(priced.sum, multiply);
  if (total > Number.MAX_SAFE_INTEGER) return unknown;
  const factor = multiply.numerator === multiply.denominator ? {} : { multiply: printFraction(multiply) };
  return { nanoUsd: Number(total), lines: priced.lines, source, ...factor, book, rows };
}

/** The lines of a cost and their exact sum; `undefined` when one of them has no price. */
function linesOf(
  { units, inputTotal }: Billed,
  chosen: ChosenRates,
  { model, isOtherTier }: { readonly model: string; readonly isOtherTier: boolean },
): { readonly lines: readonly CostLine[]; readonly sum: Fraction } | undefined {
  const lines: CostLine[] = [];
  let sum: Fraction = { numerator: 0n, denominator: 1n };
  for (const { unit, quantity, isCount, isEstimate } of [...units, ...feeOf(chosen)]) {
    const found = isCount ? countRate(unit, chosen) : rateOf(unit, chosen, model);
    if (found === undefined) return undefined;
    const nanoUsd = tierOf(found.rate, inputTotal);
    sum = addTo(sum, { numerator: BigInt(quantity) * nanoUsd, denominator: found.rate.per });
    lines.push({
      unit,
      quantity,
      nanoUsd: Number(nanoUsd),
      per: Number(found.rate.per),
      isApproximate: found.isApproximate || isEstimate || isOtherTier,
    });
  }
  return { lines, sum };
}

/** A tier that no row is of is not known to cost what the others do. */
function isUnknownTier(tier: string | undefined, { isOfTier }: ChosenRates): boolean {
  return tier !== undefined && !usualTiers.has(tier) && !isOfTier;
}

/** What providers call the tier whose prices their lists have. */
const usualTiers: ReadonlySet<string> = new Set([
  "default",
  "standard",
  "auto",
  "standard_only",
  "on_demand",
]);

const times = (sum: Fraction, by: Fraction): bigint =>
  roundHalfEven({
    numerator: sum.numerator * by.numerator,
    denominator: sum.denominator * by.denominator,
  });

const printFraction = ({ numerator, denominator }: Fraction): string => `${numerator}/${denominator}`;

/**
 * The sum of a cost, made anew from its own lines and factor; `null` where they do not tell it. Whoever has a record can
 * do the same with pen and paper.
 */
export function recomputed({ nanoUsd, lines, multiply = "1/1", egress }: Cost): number | null {
  const [numerator, denominator] = multiply.split("/").map(BigInt);
  if (nanoUsd === null || numerator === undefined || denominator === undefined) return null;
  const sum = lines.reduce<Fraction>(
    (total, line) =>
      addTo(total, {
        numerator: BigInt(line.quantity) * BigInt(line.nanoUsd),
        denominator: BigInt(line.per),
      }),
    { numerator: 0n, denominator: 1n },
  );
  return Number(times(sum, { numerator, denominator })) + sumOf(egress?.lines ?? []);
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
