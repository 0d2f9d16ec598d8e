import { wordPlaces } from "./words.ts";

/** By how much an expectation was wrong. */
export interface Lesson {
  /** Outcome less expectation. */
  readonly error: number;
  /** How much the expectation moves with the score: p (1 - p) of a probability, 1 where the score itself is expected. */
  readonly slope: number;
  readonly weight: number;
}

/** What single words and pairs of words tell of an arm's answers. */
export interface WordWeights {
  /** Added to what is expected of an answer, on the scale of the one who asks. */
  readonly score: (words: Uint16Array) => number;
  readonly variance: (words: Uint16Array) => number;
  readonly learn: (words: Uint16Array, lesson: Lesson) => void;
  /** Goes over a past outcome once more: the weights move, the certainty does not. */
  readonly rehearse: (words: Uint16Array, lesson: Lesson) => void;
  /** The arm has changed: what is known counts for a tenth. */
  readonly forget: () => void;
  readonly state: () => WordState;
}

/** What must survive a restart: the places that are known of. */
export interface WordState {
  readonly places: Uint16Array;
  readonly weights: Float32Array;
  readonly precision: Float32Array;
}

/** How sure of 0 a weight is at first. */
const floor = 3;
const memory = 0.9998;

/** Powers of the memory: a power is dear, and each place of each lesson needs one. */
const fades = Float64Array.from({ length: 16_384 }, (_, updates) => memory ** updates);
const fadeOver = (updates: number): number => fades[Math.min(updates, fades.length - 1)] ?? 0;

/**
 * A diagonal Newton step on cross-entropy with forgetting: a place that was not touched for D updates forgets them all
 * at once when it is. Each visit also pulls a weight back to 0 by its part of the prior.
 *
 * Source: diagonal approximation of online Bayesian logistic regression, Chapelle and Li 2011, "An Empirical Evaluation
 * of Thompson Sampling", algorithm 3.
 */
export function createWordWeights(from?: WordState): WordWeights {
  const weights = new Float32Array(wordPlaces);
  const precision = new Float32Array(wordPlaces).fill(floor);
  const touched = new Uint32Array(wordPlaces);
  let updates = 0;
  for (const [index, place] of (from?.places ?? []).entries()) {
    weights[place] = from?.weights[index] ?? 0;
    precision[place] = from?.precision[index] ?? floor;
  }
  const precisionOf = (place: number): number =>
    Math.max(floor, (precision[place] ?? 0) * fadeOver(updates - (touched[place] ?? 0)));
  const visit = (words: Uint16Array, { error, slope, weight }: Lesson, isNew: boolean): void => {
    const value = 1 / Math.sqrt(words.length);
    const gain = (weight * Math.max(slope, 0.01)) / words.length;
    const pull = weight * error * value;
    for (let index = 0; index < words.length; index += 1) {
      const place = words[index] ?? 0;
      const known = precisionOf(place) + (isNew ? gain : 0);
      if (isNew) {
        precision[place] = known;
        touched[place] = updates;
      }
      const share = known > floor ? floor * Math.min(1, gain / (known - floor)) : 0;
      const old = weights[place] ?? 0;
      weights[place] = old + (pull - old * share) / known;
    }
  };
  return {
    score: (words) => (words.length === 0 ? 0 : sumAt(weights, words) / Math.sqrt(words.length)),
    variance: (words) => {
      let sum = 0;
      for (const place of words) sum += 1 / precisionOf(place);
      return words.length === 0 ? 0 : sum / words.length;
    },
    learn: (words, lesson) => {
      visit(words, lesson, true);
      updates += 1;
    },
    rehearse: (words, lesson) => visit(words, lesson, false),
    forget: () => {
      for (const [place, known] of precision.entries()) precision[place] = Math.max(floor, known * 0.1);
    },
    state: () => {
      const places = Uint16Array.from(weights.keys().filter((place) => weights[place] !== 0));
      return {
        places,
        weights: Float32Array.from(places, (place) => weights[place] ?? 0),
        precision: Float32Array.from(places, precisionOf),
      };
    },
  };
}

/** The sum of the weights at these places, in their order. Four a round: a round costs as much as what is done in it. */
function sumAt(weights: Float32Array, places: Uint16Array): number {
  const weightOf = (index: number): number => weights[places[index] ?? 0] ?? 0;
  const inRounds = places.length & ~3;
  let sum = 0;
  for (let index = 0; index < inRounds; index += 4)
    sum = sum + weightOf(index) + weightOf(index + 1) + weightOf(index + 2) + weightOf(index + 3);
  for (let index = inRounds; index < places.length; index += 1) sum += weightOf(index);
  return sum;
}
