/** What is kept of the differences that were seen. */
export interface PairedBoundState {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
  readonly bets: number;
  readonly weighted: number;
  readonly spread: number;
}

/** How far a mean of paired differences is below 0, told at any time. */
export interface PairedBound {
  /** @param difference In [-1, 1]; what is outside counts as the nearest that is not. */
  readonly note: (difference: number) => void;
  readonly count: () => number;
  /** Of the differences; 0 before the first. */
  readonly mean: () => number;
  /** The true mean is below, however often one has looked, but with probability alpha; 1 before the first. */
  readonly upper: () => number;
  readonly state: () => PairedBoundState;
}

const none: PairedBoundState = { count: 0, sum: 0, squares: 0, bets: 0, weighted: 0, spread: 0 };
const betMax = 0.5;
/** The spread that is assumed before anything was seen: of a coin. */
const priorVariance = 0.25;

/**
 * A confidence sequence: the predictable plug-in empirical Bernstein bound of a mean, from above. It holds at all times at
 * once, so that it may be looked at after each pair and acted on when it first tells something.
 *
 * Source: Waudby-Smith and Ramdas 2024, "Estimating means of bounded random variables by betting", theorem 2; one-sided.
 */
export function createPairedBound(alpha = 0.01, from: PairedBoundState = none): PairedBound {
  let { count, sum, squares, bets, weighted, spread } = from;
  const evidence = Math.log(1 / alpha);
  return {
    note: (difference) => {
      const value = (Math.max(-1, Math.min(1, difference)) + 1) / 2;
      const meanBefore = (0.5 + sum) / (count + 1);
      const varianceBefore = (priorVariance + squares) / (count + 1);
      count += 1;
      const bet = Math.min(
        betMax,
        Math.sqrt((2 * evidence) / (varianceBefore * count * Math.log(1 + count))),
      );
      sum += value;
      squares += (value - (0.5 + sum) / (count + 1)) ** 2;
      bets += bet;
      weighted += bet * value;
      spread += (value - meanBefore) ** 2 * (-Math.log(1 - bet) - bet);
    },
    count: () => count,
    mean: () => (count === 0 ? 0 : (2 * sum) / count - 1),
    upper: () => (count === 0 ? 1 : Math.min(1, 2 * ((weighted + evidence + spread) / bets) - 1)),
    state: () => ({ count, sum, squares, bets, weighted, spread }),
  };
}
