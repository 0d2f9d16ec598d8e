/** Dollars as people write them: `3`, `0.0375`, `"2.50"`, `1e-7`. */
export type Dollars = number | string;

const shape = /^(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/i;

/**
 * Reads dollars exactly, digit by digit, as 10^-9 dollars; `undefined` when they are negative, no number, or finer
 * than a nano-dollar.
 */
export function parseDollars(dollars: Dollars): bigint | undefined {
  const [, whole, fraction = "", exponent = "0"] = shape.exec(String(dollars).trim()) ?? [];
  if (whole === undefined) return undefined;
  const digits = BigInt(whole + fraction);
  const shift = 9 + Number(exponent) - fraction.length;
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return digits % divisor === 0n ? digits / divisor : undefined;
}
