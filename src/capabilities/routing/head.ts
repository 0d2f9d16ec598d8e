import type { Features } from "./features.ts";
import { createShiftAlarm } from "./shift-alarm.ts";
import { createWaveWeights, type WaveState } from "./wave-weights.ts";
import { createWordWeights, type Lesson, type WordState } from "./word-weights.ts";

/** One judged answer: how good it was (0 to 1), and how much the judgement weighs. */
export interface Feedback {
  /** Absent: what the request looked like is no longer known, and only the counts learn. */
  readonly features?: Features | undefined;
  /** The kind of request, counted apart. */
  readonly shape: string;
  readonly quality: number;
  readonly weight: number;
}

export interface QualityEstimate {
  readonly mean: number;
  /** Judgements behind it, discounted: 0 is the prior alone. */
  readonly n: number;
}

/** What is learned of one arm: how likely its answer to a request is good. */
export interface Head {
  readonly predict: (features: Features | undefined, shape: string) => QualityEstimate;
  /** What the quality is at least: below it with probability 5 %. Costs more than the mean does. */
  readonly lowest: (features: Features | undefined, shape: string) => number;
  /** How many judgements it has learned from, discounted. */
  readonly judgements: () => number;
  /** True: the arm behaves unlike before, and what was known of it has been discounted. */
  readonly learn: (feedback: Feedback) => boolean;
  /** A decision went to another arm: the fast bias fades, so that an abandoned arm is asked again. */
  readonly fade: () => void;
  readonly state: () => HeadState;
}

/** What must survive a restart; what alarms and rehearsals remember of single judgements does not. */
export interface HeadState {
  readonly words: WordState;
  readonly waves: WaveState;
  readonly total: Tally;
  readonly shapes: ReadonlyMap<string, Tally>;
  readonly beta: number;
  readonly kappa: number;
  readonly withLooks: number;
  readonly withoutLooks: number;
  readonly judged: number;
  readonly dispersion: number;
}

export interface HeadSettings {
  /** Quality expected before anything is known, in (0, 1). */
  readonly prior: number;
  /** In [0, 1): chooses which judgements are gone over again. */
  readonly random: () => number;
  readonly from?: HeadState | undefined;
}

interface Tally {
  sum: number;
  count: number;
}

const priorWeight = 20;
const memory = 0.9995;
const recentMax = 100;
/** How fast the bias follows what is seen; faster ones were measured to follow chance. */
const betaStep = 0.01;
/** Judgements that what was known before a change still counts for. */
const leftMax = 5;
const skillMemory = 0.998;
const skillFrom = 50;
const skillFull = 100;
/** Looks may predict this much worse than counts: they still tell which of two arms is the better one. */
const worseMax = 1.1;
/** Judgements that may be gone over again, and how many are at each new one. */
const rehearsed = { kept: 1000, each: 4 } as const;

const unlearned = { beta: 0, kappa: 0, withLooks: 0, withoutLooks: 0, judged: 0, dispersion: 1 } as const;

/**
 * A head starts as the prior, counts per shape, and earns the right to use what a request looks like: `skill` (kappa)
 * rises from 0 to 1 with the judgements, and falls back while looks predict clearly worse than the counts do.
 *
 *     z = logit(shrunken share) + beta + kappa · (words + waves),   quality = sigmoid(z)
 *
 * Source: the rules of the routing specification, sections 3.2 and 3.3; beyond them, traits as waves with a full
 * covariance and rehearsal of past judgements, which were measured to be better (`npm run eval -- routing`).
 */
export function createHead({ prior, random, from }: HeadSettings): Head {
  const words = createWordWeights(from?.words);
  const waves = createWaveWeights(from?.waves);
  const total: Tally = { sum: 0, count: 0, ...from?.total };
  const shapes = new Map([...(from?.shapes ?? [])].map(([shape, tally]) => [shape, { ...tally }]));
  const kept: Judged[] = [];
  let next = 0;
  const recent: Feedback[] = [];
  const alarm = createShiftAlarm();
  let { beta, kappa, withLooks, withoutLooks, judged, dispersion } = from ?? unlearned;

  const shareOf = (shape: string): { readonly quality: number; readonly count: number } => {
    const overall = (total.sum + priorWeight * prior) / (total.count + priorWeight);
    const { sum, count } = shapes.get(shape) ?? { sum: 0, count: 0 };
    return { quality: (sum + priorWeight * overall) / (count + priorWeight), count };
  };

  const score = (features: Features): number => words.score(features.words) + waves.score(features.waves);

  const learnLooks = (looks: Judged, base: number): void => {
    const { features } = looks;
    waves.learn(features.waves, lessonOf(looks, sigmoid(base + score(features))));
    words.learn(features.words, lessonOf(looks, sigmoid(base + score(features))));
    kept[next] = looks;
    next = (next + 1) % rehearsed.kept;
    for (let again = 0; again < rehearsed.each; again += 1) {
      const past = kept[Math.floor(random() * kept.length)];
      if (past === undefined) continue;
      words.rehearse(past.features.words, lessonOf(past, sigmoid(base + score(past.features))));
    }
  };

  const count = ({ shape, quality, weight }: Feedback): void => {
    const ofShape = shapes.get(shape) ?? { sum: 0, count: 0 };
    shapes.set(shape, ofShape);
    for (const tally of [total, ofShape]) {
      tally.sum = tally.sum * memory + weight * quality;
      tally.count = tally.count * memory + weight;
    }
  };

  const judgeLooks = (quality: number, { looks, counts }: Record<"looks" | "counts", number>): void => {
    judged += 1;
    withLooks = withLooks * skillMemory + crossEntropy(quality, looks);
    withoutLooks = withoutLooks * skillMemory + crossEntropy(quality, counts);
    if (judged < skillFrom) return;
    const isWorse = withLooks > withoutLooks * worseMax;
    const goal = isWorse ? 0 : Math.min(1, total.count / skillFull);
    kappa += Math.max(-0.02, Math.min(0.02, goal - kappa));
  };

  /** How much outcomes scatter, as a share of what those of 0 and 1 would: graded ones tell of a change sooner. */
  const widen = (quality: number, usual: number): void => {
    const excess = Math.min(4, (quality - usual) ** 2 / Math.max(usual * (1 - usual), 0.01));
    const share = 1 / Math.min(200, Math.max(skillFrom, judged));
    dispersion = Math.max(0.4, Math.min(1, dispersion + share * (excess - dispersion)));
  };

  /** What was known counts for little; what was seen since the change began is all there is to go by. */
  const forget = (since: number): void => {
    for (const tally of [total, ...shapes.values()]) {
      const share = Math.min(0.1, leftMax / Math.max(1, tally.count));
      tally.sum *= share;
      tally.count *= share;
    }
    words.forget();
    waves.forget();
    kept.length = 0;
    next = 0;
    for (const feedback of recent.slice(-since)) count({ ...feedback, weight: 1 });
    beta = 0;
  };

  const expected = (features: Features | undefined, shape: string): number =>
    logit(shareOf(shape).quality) + beta + (features === undefined ? 0 : kappa * score(features));

  return {
    predict: (features, shape) => ({ mean: sigmoid(expected(features, shape)), n: total.count }),
    lowest: (features, shape) => {
      const { quality, count: seen } = shareOf(shape);
      const isUsed = features !== undefined && kappa > 0;
      const spread = isUsed ? words.variance(features.words) + waves.variance(features.waves) : 0;
      const variance = kappa * kappa * spread + 1 / ((seen + priorWeight) * quality * (1 - quality));
      return sigmoid(expected(features, shape) - 1.64 * Math.sqrt(variance));
    },
    judgements: () => total.count,
    learn: (feedback) => {
      const { features, shape, quality, weight } = feedback;
      // A judgement that is no number teaches nothing.
      if (!Number.isFinite(quality) || !(weight > 0)) return false;
      const base = logit(shareOf(shape).quality);
      const looks = features === undefined ? 0 : score(features);
      const usual = sigmoid(base + kappa * looks);
      const believed = sigmoid(base + beta + kappa * looks);
      count(feedback);
      if (features !== undefined) {
        judgeLooks(quality, { looks: sigmoid(base + beta + looks), counts: sigmoid(base + beta) });
        learnLooks({ features, quality, weight }, base + beta);
      }
      const step = (betaStep * weight * (quality - believed)) / Math.max(believed * (1 - believed), 0.05);
      beta = Math.max(-2, Math.min(2, beta + step));
      recent.push(feedback);
      if (recent.length > recentMax) recent.shift();
      const since = alarm.observe(quality, usual, weight / dispersion);
      widen(quality, usual);
      if (since > 0) forget(since);
      return since > 0;
    },
    fade: () => {
      beta *= 0.995;
    },
    state: () => ({
      words: words.state(),
      waves: waves.state(),
      total: { ...total },
      shapes: new Map([...shapes].map(([shape, tally]) => [shape, { ...tally }])),
      beta,
      kappa,
      withLooks,
      withoutLooks,
      judged,
      dispersion,
    }),
  };
}

type Judged = Required<Pick<Feedback, "quality" | "weight">> & { readonly features: Features };

const lessonOf = ({ quality, weight }: Judged, expected: number): Lesson => ({
  error: quality - expected,
  slope: expected * (1 - expected),
  weight,
});

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const logit = (p: number): number => Math.log(p / (1 - p));

/** Cross-entropy of a graded outcome under a probability, in nats; the probability is kept off 0 and 1. */
function crossEntropy(outcome: number, probability: number): number {
  const p = Math.max(1e-6, Math.min(1 - 1e-6, probability));
  return -(outcome * Math.log(p) + (1 - outcome) * Math.log(1 - p));
}
