const shape = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/**
 * Dollars as the shortest decimal that names this number, in 10^-9 dollars, rounded half to even; `undefined` for what
 * is no amount.
 */
export function nanoOf(dollars: number): bigint | undefined {
  const [, whole, fraction = "", exponent = "0"] = shape.exec(String(dollars)) ?? [];
  if (whole === undefined) return undefined;
  const digits = BigInt(whole + fraction);
  const shift = 9 + Number(exponent) - fraction.length;
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  const quotient = digits / divisor;
  const twiceRest = (digits % divisor) * 2n;
  if (twiceRest === divisor) return quotient + (quotient % 2n);
  return twiceRest > divisor ? quotient + 1n : quotient;
}
