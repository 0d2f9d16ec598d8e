import { type NanoUsd, nanoUsd } from "../../kernel/units.ts";
import { isFree } from "./cost.ts";
import { addTo, type Fraction, roundHalfEven } from "./fraction.ts";
import type { ChosenRates, RateCard } from "./rate-card.ts";
import type { PricedCall, Rate } from "./rate-row.ts";

/** How large a call may become. */
export interface CallSize {
  readonly inputBytes: number;
  /** The most the answer may have; `undefined` when nothing bounds it. */
  readonly outputTokensMax: number | undefined;
}

/** The most a call may cost. */
export type WorstCase =
  | { readonly kind: "priced"; readonly nanoUsd: NanoUsd }
  /** The model has a price, but nothing bounds the answer. */
  | { readonly kind: "unbounded" }
  | { readonly kind: "unpriced" };

/** Bytes of a body for each of its tokens. Source: AI models specification, section 19, "quick". */
const bytesPerToken = 4;
const inputUnits = ["input", "inputAudio", "cacheWrite5m", "cacheWrite1h", "cacheWriteOther"];
const outputUnits = ["output", "outputAudio", "reasoning"];

/**
 * The most a call may cost before it is made: its estimated input at the dearest input price it may meet, and as much
 * output as it may have at the dearest output price. An estimate of tokens, not a bound on them.
 */
export function worstCase(card: RateCard, call: PricedCall, size: CallSize): WorstCase {
  const chosen = card.choose(call);
  if (chosen === undefined) return { kind: "unpriced" };
  if (isFree(chosen)) return { kind: "priced", nanoUsd: nanoUsd(0) };
  const { outputTokensMax } = size;
  const inputTokens = Math.ceil(size.inputBytes / bytesPerToken);
  const input = dearest(chosen, inputUnits, inputTokens);
  const output = dearest(chosen, outputUnits, inputTokens);
  if (input === undefined || (output === undefined && outputTokensMax !== 0)) return { kind: "unpriced" };
  if (outputTokensMax === undefined) return { kind: "unbounded" };

  const sum = addTo(
    times(input, inputTokens),
    output === undefined ? nothing : times(output, outputTokensMax),
  );
  const { numerator, denominator } = chosen.multiply;
  const total = roundHalfEven({
    numerator: sum.numerator * numerator,
    denominator: sum.denominator * denominator,
  });
  return { kind: "priced", nanoUsd: nanoUsd(Math.min(Number(total), Number.MAX_SAFE_INTEGER)) };
}

const nothing: Fraction = { numerator: 0n, denominator: 1n };

/** The highest price among `units`, in any tier that this much input can reach. */
function dearest(
  { rates }: ChosenRates,
  units: readonly string[],
  inputTokens: number,
): Fraction | undefined {
  let highest: Fraction | undefined;
  for (const unit of units) {
    const rate = rates[unit];
    if (rate === undefined) continue;
    const candidate = { numerator: dearestOf(rate, inputTokens), denominator: rate.per };
    if (highest === undefined || isAbove(candidate, highest)) highest = candidate;
  }
  return highest;
}

/** The highest price in any tier that this much input can reach. */
function dearestOf({ nanoUsd: base, tiers = [] }: Rate, inputTokens: number): bigint {
  let highest = base;
  for (const tier of tiers) if (inputTokens > tier.above && tier.nanoUsd > highest) highest = tier.nanoUsd;
  return highest;
}

function isAbove(left: Fraction, right: Fraction): boolean {
  return left.numerator * right.denominator > right.numerator * left.denominator;
}

function times({ numerator, denominator }: Fraction, count: number): Fraction {
  return { numerator: numerator * BigInt(Math.ceil(Math.min(count, Number.MAX_SAFE_INTEGER))), denominator };
}
