/** Two-sided 95 per cent. */
const z = 1.96;

/**
 * Lower end of the 95 per cent score interval of a share: what it is at least, judging by `hits` of `trials`.
 * Between 0 and 1; 0 without trials.
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
 */
export function wilsonLower(hits: number, trials: number): number {
  if (trials <= 0) return 0;
  const share = Math.min(hits, trials) / trials;
  const square = (z * z) / trials;
  const centre = share + square / 2;
  const spread = z * Math.sqrt((share * (1 - share) + square / 4) / trials);
  return Math.max(0, (centre - spread) / (1 + square));
}
