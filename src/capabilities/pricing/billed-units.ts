import type { Usage } from "../../exchange/usage.ts";

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
  const { input, output, counts = {} } = usage;
  if (input.total === undefined || output.total === undefined) return undefined;
  const cached = sum(input.cacheRead, input.cacheWrite5m, input.cacheWrite1h, input.cacheWriteOther);
  const uncached = input.uncached ?? Math.max(0, input.total - cached);
  const inputAudio = Math.min(input.audio ?? 0, uncached);
  const reasoning = Math.min(output.reasoning ?? 0, output.total);
  const outputAudio = Math.min(output.audio ?? 0, output.total - reasoning);
  const isInputOdd = uncached + cached !== input.total;
  const isOutputOdd = sum(output.reasoning, output.audio) > output.total;

  const tokens: readonly (readonly [string, number | undefined, boolean])[] = [
    ["input", uncached - inputAudio, isInputOdd],
    ["inputAudio", inputAudio, isInputOdd],
    ["cacheRead", input.cacheRead, isInputOdd],
    ["cacheWrite5m", input.cacheWrite5m, isInputOdd],
    ["cacheWrite1h", input.cacheWrite1h, isInputOdd],
    ["cacheWriteOther", input.cacheWriteOther, isInputOdd],
    ["output", output.total - reasoning - outputAudio, isOutputOdd],
    ["outputAudio", outputAudio, isOutputOdd],
    ["reasoning", reasoning, isOutputOdd],
  ];
  const units = [
    ...tokens.map(([unit, quantity = 0, isEstimate]) => ({ unit, quantity, isCount: false, isEstimate })),
    ...Object.entries(counts).map(([unit, quantity]) => ({
      unit,
      quantity,
      isCount: true,
      isEstimate: false,
    })),
  ];
  if (!units.every(({ quantity }) => Number.isSafeInteger(quantity) && quantity >= 0)) return undefined;
  return { inputTotal: input.total, units: units.filter(({ quantity }) => quantity > 0) };
}

function sum(...parts: readonly (number | undefined)[]): number {
  return parts.reduce<number>((total, part = 0) => total + part, 0);
}
