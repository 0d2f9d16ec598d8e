import type { Usage } from "../../exchange/usage.ts";
import { tokens } from "../../kernel/units.ts";

/** So much of one unit is billed. */
export interface BilledUnit {
  /** A `TokenUnit`, or the name of a count. */
  readonly unit: string;
  /** A safe integer above 0. */
  readonly quantity: number;
  readonly isCount: boolean;
  /** Whether the numbers of the usage contradict each other here. */
  readonly isEstimate: boolean;
}

/** A usage as it is billed: parts that do not overlap. */
export interface Billed {
  readonly inputTotal: number;
  readonly units: readonly BilledUnit[];
}

/** Divides a usage into parts that do not overlap; `undefined` when it does not tell both totals in whole numbers. */
export function billedUnits(usage: Usage): Billed | undefined {
  const { input, output, counts } = asCharged(usage);
  if (input.total === undefined || output.total === undefined) return undefined;
  const cached = sum(input.cacheRead, input.cacheWrite5m, input.cacheWrite1h, input.cacheWriteOther);
  const uncached = input.uncached ?? Math.max(0, input.total - cached);
  const inputAudio = Math.min(input.audio ?? 0, uncached);
  const reasoning = Math.min(output.reasoning ?? 0, output.total);
  const outputAudio = Math.min(output.audio ?? 0, output.total - reasoning);
  const isInputOdd = uncached + cached !== input.total;
  const isOutputOdd = sum(output.reasoning, output.audio) > output.total;

  const units: BilledUnit[] = [];
  let isFaulty = false;
  const bill = (
    unit: string,
    quantity: number | undefined,
    kind: { isCount: boolean; isEstimate: boolean },
  ) => {
    if (quantity === undefined || quantity === 0) return;
    if (!Number.isSafeInteger(quantity) || quantity < 0) isFaulty = true;
    units.push({ unit, quantity, ...kind });
  };
  const inputKind = { isCount: false, isEstimate: isInputOdd };
  const outputKind = { isCount: false, isEstimate: isOutputOdd };
  bill("input", uncached - inputAudio, inputKind);
  bill("inputAudio", inputAudio, inputKind);
  bill("cacheRead", input.cacheRead, inputKind);
  bill("cacheWrite5m", input.cacheWrite5m, inputKind);
  bill("cacheWrite1h", input.cacheWrite1h, inputKind);
  bill("cacheWriteOther", input.cacheWriteOther, inputKind);
  bill("output", output.total - reasoning - outputAudio, outputKind);
  bill("outputAudio", outputAudio, outputKind);
  bill("reasoning", reasoning, outputKind);
  for (const unit in counts) bill(unit, counts[unit], { isCount: true, isEstimate: false });
  return isFaulty ? undefined : { inputTotal: input.total, units };
}

/** Cohere charges for fewer tokens than its models see, and tells both. */
function asCharged({ input, output, counts = {} }: Usage): Pick<Usage, "input" | "output"> & {
  readonly counts: Readonly<Record<string, number>>;
} {
  const { billedInputTokens, billedOutputTokens, ...others } = counts;
  return {
    input: billedInputTokens === undefined ? input : { total: tokens(billedInputTokens) },
    output: billedOutputTokens === undefined ? output : { total: tokens(billedOutputTokens) },
    counts: others,
  };
}

function sum(...parts: readonly (number | undefined)[]): number {
  let total = 0;
  for (const part of parts) total += part ?? 0;
  return total;
}
