import type { RateCard } from "../capabilities/pricing/index.ts";
import type { ModelPrice } from "./book-states.ts";

type Chosen = NonNullable<ReturnType<RateCard["choose"]>>;

/** In the order of a price list; what is not among them follows. */
const usualUnits = [
  "input",
  "output",
  "cacheRead",
  "cacheWrite5m",
  "cacheWrite1h",
  "cacheWriteOther",
  "reasoning",
  "inputAudio",
  "outputAudio",
];

/** A price for people and machines to read; `null` when none is known, never 0. */
export function modelPrice(chosen: Chosen | undefined): ModelPrice | null {
  if (chosen === undefined) return null;
  const { rates, multiply, source } = chosen;
  return {
    rates: listedRates(rates),
    multiply:
      multiply.numerator === multiply.denominator ? null : `${multiply.numerator}/${multiply.denominator}`,
    source,
  };
}

/** Rates in the order of a price list. */
export function listedRates(rates: Chosen["rates"]): ModelPrice["rates"] {
  const units = new Set([...usualUnits, ...Object.keys(rates)]);
  return [...units].flatMap((unit) => {
    const rate = rates[unit];
    if (rate === undefined) return [];
    const tiers = (rate.tiers ?? []).map(({ above, nanoUsd }) => ({ above, nanoUsd: Number(nanoUsd) }));
    return [{ unit, nanoUsd: Number(rate.nanoUsd), per: Number(rate.per), tiers }];
  });
}
