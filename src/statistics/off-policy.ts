/** One logged choice, seen from another policy. */
export interface LoggedChoice {
  /** How likely the other policy would have chosen the same, over how likely it was chosen. */
  readonly ratio: number;
  readonly outcome: number;
  /** What was expected of the other policy's choice, before the outcome was known. */
  readonly expectedNew: number;
  /** What was expected of the choice that was made. */
  readonly expectedLogged: number;
}

export interface Estimate {
  readonly mean: number;
  /** 95 % interval; it holds however often it is looked at. */
  readonly low: number;
  readonly high: number;
}

/** What another policy would have come to. */
export interface OffPolicyEstimate {
  /** Inverse propensity, self-normalised, doubly robust. */
  readonly ips: Estimate;
  readonly snips: Estimate;
  readonly dr: Estimate;
  /** So many choices of the other policy itself would tell as much. */
  readonly effectiveSize: number;
}

const ratioMax = 50;
const alpha = 0.05;
const tunedFor = 5000;

/**
 * Source: Horvitz and Thompson 1952; Swaminathan and Joachims 2015, "The Self-Normalized Estimator"; Dudík, Langford and Li
 * 2011, "Doubly Robust Policy Evaluation and Learning", with ratios cut at 50; Kish's effective size.
 *
 * @param choices At least two.
 */
export function evaluateOffPolicy(choices: readonly LoggedChoice[]): OffPolicyEstimate {
  const ratios = choices.map(({ ratio }) => ratio);
  const sum = ratios.reduce((total, ratio) => total + ratio, 0);
  const squares = ratios.reduce((total, ratio) => total + ratio * ratio, 0);
  const mean = sum / choices.length;
  const snips = sum === 0 ? Number.NaN : weighted(choices) / sum;
  return {
    ips: estimate(choices.map(({ ratio, outcome }) => ratio * outcome)),
    // The ratio of two means, to first order: its values are what each choice adds to it.
    snips: estimate(choices.map(({ ratio, outcome }) => snips + (ratio * (outcome - snips)) / mean)),
    dr: estimate(
      choices.map(
        ({ ratio, outcome, expectedNew, expectedLogged }) =>
          expectedNew + Math.min(ratio, ratioMax) * (outcome - expectedLogged),
      ),
    ),
    effectiveSize: squares === 0 ? 0 : (sum * sum) / squares,
  };
}

const weighted = (choices: readonly LoggedChoice[]): number =>
  choices.reduce((total, { ratio, outcome }) => total + ratio * outcome, 0);

function estimate(values: readonly number[]): Estimate {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const half = halfWidth(values.length, variance);
  return { mean, low: mean - half, high: mean + half };
}

/**
 * Half the width of an asymptotic confidence sequence of a mean, narrowest near 5,000 values.
 *
 * Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2021, "Time-uniform central limit theory and asymptotic confidence
 * sequences", arXiv 2103.06476, equation 9.
 */
export function halfWidth(count: number, variance: number): number {
  const rho = Math.sqrt((-2 * Math.log(alpha) + Math.log(1 - 2 * Math.log(alpha))) / tunedFor);
  const scaled = count * rho * rho + 1;
  return Math.sqrt(((variance * 2 * scaled) / (count * rho) ** 2) * Math.log(Math.sqrt(scaled) / alpha));
}
