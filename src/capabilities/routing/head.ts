import { createShiftAlarm } from "./shift-alarm.ts";

/** A request as a head sees it: places and their values, of equal length. */
export interface Features {
  readonly places: readonly number[];
  readonly values: readonly number[];
}

/** One judged answer: how good it was (0 to 1), and how much the judgement weighs. */
export interface Feedback {
  readonly features: Features;
  /** The kind of request, counted apart. */
  readonly shape: string;
  readonly quality: number;
  readonly weight: number;
}

export interface QualityEstimate {
  readonly mean: number;
  /** Lower bound: below it with probability 5 %. */
  readonly low: number;
  /** Judgements behind it, discounted: 0 is the prior alone. */
  readonly n: number;
}

/** What is learned of one arm: how likely its answer to a request is good. */
export interface Head {
  readonly predict: (features: Features, shape: string) => QualityEstimate;
  /** True: the arm behaves unlike before, and what was known of it has been discounted. */
  readonly learn: (feedback: Feedback) => boolean;
  /** A decision went to another arm: the fast bias fades, so that an abandoned arm is asked again. */
  readonly fade: () => void;
}

export interface HeadSettings {
  /** Quality expected before anything is known, in (0, 1). */
  readonly prior: number;
  /** Places of hashed words; those above are dense. */
  readonly wordPlaces: number;
  readonly densePlaces: number;
}

interface Tally {
  sum: number;
  count: number;
}

const priorWeight = 20;
const memory = 0.9995;
const hashedPrecision = 0.3;
const densePrecision = 1;
const recentMax = 30;
const skillMemory = 0.998;
const skillFrom = 50;

/**
 * A head starts as the prior, counts per shape, and earns the right to use words: `skill` (kappa) rises from 0 to 1
 * only while the words predict better than the counts do, so that few judgements never make it worse than counting.
 *
 *     z = logit(shrunken share) + beta + kappa · (w · phi),   quality = sigmoid(z)
 *
 * Weights are updated by a diagonal Newton step on cross-entropy with forgetting; a place that was not touched for D
 * updates forgets them all at once when it is.
 *
 * Source: the rules of the routing specification, sections 3.2 and 3.3; diagonal approximation of online Bayesian
 * logistic regression after Chapelle and Li 2011, "An Empirical Evaluation of Thompson Sampling", algorithm 3.
 */
export function createHead({ prior, wordPlaces, densePlaces }: HeadSettings): Head {
  const weights = new Float32Array(wordPlaces + densePlaces);
  const precision = new Float32Array(weights.length).fill(hashedPrecision, 0, wordPlaces);
  precision.fill(densePrecision, wordPlaces);
  const touched = new Uint32Array(weights.length);
  const total: Tally = { sum: 0, count: 0 };
  const shapes = new Map<string, Tally>();
  const recent: Feedback[] = [];
  const alarm = createShiftAlarm();
  let updates = 0;
  let beta = 0;
  let kappa = 0;
  let withWords = 0;
  let withoutWords = 0;
  let judged = 0;

  const shareOf = (shape: string): { readonly quality: number; readonly count: number } => {
    const overall = (total.sum + priorWeight * prior) / (total.count + priorWeight);
    const { sum, count } = shapes.get(shape) ?? { sum: 0, count: 0 };
    return { quality: (sum + priorWeight * overall) / (count + priorWeight), count };
  };

  const floorOf = (place: number): number => (place < wordPlaces ? hashedPrecision : densePrecision);
  const precisionOf = (place: number): number =>
    Math.max(floorOf(place), (precision[place] ?? 0) * memory ** (updates - (touched[place] ?? 0)));

  const score = ({ places, values }: Features): number => {
    let sum = 0;
    for (let i = 0; i < places.length; i += 1) sum += (weights[places[i] ?? 0] ?? 0) * (values[i] ?? 0);
    return sum;
  };

  const learnWords = ({ features, quality, weight }: Feedback, expected: number): void => {
    const { places, values } = features;
    const curvature = Math.max(expected * (1 - expected), 0.01);
    for (let i = 0; i < places.length; i += 1) {
      const place = places[i] ?? 0;
      const value = values[i] ?? 0;
      const next = precisionOf(place) + weight * curvature * value * value;
      precision[place] = next;
      touched[place] = updates;
      weights[place] = (weights[place] ?? 0) + (weight * (quality - expected) * value) / next;
    }
    updates += 1;
  };

  const count = ({ shape, quality, weight }: Feedback): void => {
    const ofShape = shapes.get(shape) ?? { sum: 0, count: 0 };
    shapes.set(shape, ofShape);
    for (const tally of [total, ofShape]) {
      tally.sum = tally.sum * memory + weight * quality;
      tally.count = tally.count * memory + weight;
    }
  };

  const judgeWords = (quality: number, { words, counts }: Record<"words" | "counts", number>): void => {
    judged += 1;
    withWords = withWords * skillMemory + crossEntropy(quality, words);
    withoutWords = withoutWords * skillMemory + crossEntropy(quality, counts);
    if (judged < skillFrom) return;
    const goal = withWords < withoutWords ? Math.min(1, total.count / 300) : 0;
    kappa += Math.max(-0.02, Math.min(0.02, goal - kappa));
  };

  const forget = (): void => {
    for (const tally of [total, ...shapes.values()]) {
      tally.sum *= 0.1;
      tally.count *= 0.1;
    }
    for (let place = 0; place < precision.length; place += 1)
      precision[place] = Math.max(floorOf(place), (precision[place] ?? 0) * 0.1);
    for (const feedback of recent) count({ ...feedback, weight: 1 });
    beta = 0;
  };

  return {
    predict: (features, shape) => {
      const { quality, count: seen } = shareOf(shape);
      const z = logit(quality) + beta + kappa * score(features);
      let spread = 0;
      const { places, values } = features;
      for (let i = 0; kappa > 0 && i < places.length; i += 1)
        spread += (values[i] ?? 0) ** 2 / precisionOf(places[i] ?? 0);
      const variance = kappa * kappa * spread + 1 / ((seen + priorWeight) * quality * (1 - quality));
      return { mean: sigmoid(z), low: sigmoid(z - 1.64 * Math.sqrt(variance)), n: total.count };
    },
    learn: (feedback) => {
      const { features, shape, quality, weight } = feedback;
      const base = logit(shareOf(shape).quality);
      const words = score(features);
      const believed = sigmoid(base + beta + kappa * words);
      const unshrunk = sigmoid(base + beta + words);
      learnWords(feedback, unshrunk);
      count(feedback);
      judgeWords(quality, { words: unshrunk, counts: sigmoid(base + beta) });
      const step = (0.04 * weight * (quality - believed)) / Math.max(believed * (1 - believed), 0.05);
      beta = Math.max(-2, Math.min(2, beta + step));
      recent.push(feedback);
      if (recent.length > recentMax) recent.shift();
      const isShift = alarm.observe(quality, sigmoid(base + kappa * words), weight);
      if (isShift) forget();
      return isShift;
    },
    fade: () => {
      beta *= 0.995;
    },
  };
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const logit = (p: number): number => Math.log(p / (1 - p));

/** Cross-entropy of a graded outcome under a probability, in nats; the probability is kept off 0 and 1. */
function crossEntropy(outcome: number, probability: number): number {
  const p = Math.max(1e-6, Math.min(1 - 1e-6, probability));
  return -(outcome * Math.log(p) + (1 - outcome) * Math.log(1 - p));
}
