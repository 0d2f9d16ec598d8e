import type { ModelPrice } from "../generated/client.ts";
import { money } from "./money.ts";

const million = 1_000_000;

/** The price of a million of `unit`, its factor included: `$2.50`; `undefined` where the price list does not name it. */
export function perMillion(price: ModelPrice, ...units: readonly string[]): string | undefined {
  for (const unit of units) {
    const rate = price.rates.find((entry) => entry.unit === unit);
    if (rate !== undefined) return money(Math.round((rate.nanoUsd * million * factorOf(price)) / rate.per));
  }
  return undefined;
}

/** Whether some price depends on how long the input is. */
export const hasTiers = ({ rates }: ModelPrice): boolean => rates.some(({ tiers }) => tiers.length > 0);

/** A unit in words: `cache write, 5 min`. */
export const unitName = (unit: string): string => names[unit] ?? unit;

const names: Readonly<Record<string, string>> = {
  input: "input",
  output: "output",
  cacheRead: "cache read",
  cacheWrite5m: "cache write, 5 min",
  cacheWrite1h: "cache write, 1 h",
  cacheWriteOther: "cache write",
  reasoning: "reasoning",
  inputAudio: "audio in",
  outputAudio: "audio out",
  request: "request",
  webSearch: "web search",
};

function factorOf({ multiply }: ModelPrice): number {
  if (multiply === null) return 1;
  const [numerator = 1, denominator = 1] = multiply.split("/").map(Number);
  return numerator / denominator;
}
