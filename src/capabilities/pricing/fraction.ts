/** An exact number, at least 0. */
export interface Fraction {
  readonly numerator: bigint;
  /** Above 0. */
  readonly denominator: bigint;
}

/** The exact sum of two fractions. */
export function addTo(sum: Fraction, added: Fraction): Fraction {
  if (sum.denominator === added.denominator) {
    return { numerator: sum.numerator + added.numerator, denominator: sum.denominator };
  }
  return {
    numerator: sum.numerator * added.denominator + added.numerator * sum.denominator,
    denominator: sum.denominator * added.denominator,
  };
}

/** The nearest whole number; of two equally near the even one. Source: IEEE 754-2019, section 4.3.1. */
export function roundHalfEven({ numerator, denominator }: Fraction): bigint {
  const whole = numerator / denominator;
  const twiceRest = (numerator % denominator) * 2n;
  if (twiceRest < denominator) return whole;
  if (twiceRest > denominator) return whole + 1n;
  return whole + (whole % 2n);
}
