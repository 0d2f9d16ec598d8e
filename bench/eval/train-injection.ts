/**
 * `node bench/eval/train-injection.ts`: fits the weights of `capabilities/guardrail/ngrams.ts` and writes them. The same
 * data and seeds give the same file. Logistic regression by stochastic gradient descent; the bias is set on texts that
 * were not trained on, so that one of 250 of them has a score of 0.9.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bucketBits } from "../../src/capabilities/guardrail/ngram-weights.ts";
import { bucketsOf } from "../../src/capabilities/guardrail/ngrams.ts";
import { attacks, benign, foreign, orders, trainedFamilies } from "./injection-corpus.ts";
import { seeded } from "./result.ts";

const root = join(import.meta.dirname, "..", "..");
const folder = process.env["SALLYPORT_EVAL_DIR"] ?? join(root, "..", "shared", "data", "intelligence");
const texts = benign(folder);
/** Of five texts three teach, the fourth sets the bias, the fifth is for the evaluation. */
const taught = [...texts.filter((_, index) => index % 5 < 3), ...foreign(folder, "taught")];
const setOn = texts.filter((_, index) => index % 5 === 3);
const bad = attacks(6000, taught, 1).filter(({ family }) => family < trainedFamilies);

interface Example {
  readonly buckets: readonly number[];
  readonly label: 0 | 1;
}
const random = seeded(2);
const examples: Example[] = [
  ...taught
    .filter((_, index) => index % 2 === 0)
    .map((text): Example => ({ buckets: [...bucketsOf(text)], label: 0 })),
  ...orders(2500, 3).map((text): Example => ({ buckets: [...bucketsOf(text)], label: 0 })),
  ...bad.map(({ text }): Example => ({ buckets: [...bucketsOf(text)], label: 1 })),
];
const weights = new Float64Array(2 ** bucketBits);
let bias = 0;
const sumOf = (buckets: readonly number[]): number =>
  buckets.reduce((sum, bucket) => sum + (weights[bucket] ?? 0), 0) / Math.sqrt(Math.max(1, buckets.length));
for (let epoch = 0; epoch < 6; epoch += 1) {
  for (let at = examples.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    const [left, right] = [examples[at], examples[other]];
    if (left !== undefined && right !== undefined) [examples[at], examples[other]] = [right, left];
  }
  const rate = 0.5 / (1 + epoch);
  for (const { buckets, label } of examples) {
    const error = label - 1 / (1 + Math.exp(-(bias + sumOf(buckets))));
    bias += rate * 0.1 * error;
    const step = (rate * error) / Math.sqrt(Math.max(1, buckets.length));
    for (const bucket of buckets) weights[bucket] = (weights[bucket] ?? 0) * (1 - 1e-5) + step;
  }
}
const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
const scale = largest / 127;
const whole = Int8Array.from(weights, (weight) => Math.round(weight / scale));
const sumsOf = (these: readonly string[]): readonly number[] =>
  these
    .map((text) => {
      const buckets = [...bucketsOf(text)];
      const sum = buckets.reduce((total, bucket) => total + (whole[bucket] ?? 0), 0);
      return (sum * scale) / Math.sqrt(Math.max(1, buckets.length));
    })
    .toSorted((left, right) => left - right);
/** Of texts like those that taught, and of others: the stricter counts. */
const highs = [setOn, foreign(folder, "set")]
  .map(sumsOf)
  .map((sums) => sums[Math.floor(sums.length * 0.996)] ?? 0);
const set = Math.log(9) - Math.max(...highs);
writeFileSync(
  join(root, "src", "capabilities", "guardrail", "ngram-weights.ts"),
  `/** Made by \`node bench/eval/train-injection.ts\`; the data sheet is in README.md. */
export const bucketBits = ${bucketBits};
export const bias = ${set.toFixed(4)};
export const scale = ${scale.toPrecision(6)};

/** One signed byte for each bucket, in base64. */
const written =
  "${Buffer.from(whole.buffer).toString("base64")}";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const values = new Map(Array.from(alphabet, (character, value) => [character.charCodeAt(0), value]));

/** By bucket; to be multiplied by \`scale\`. */
export const weights = Int8Array.from({ length: 2 ** bucketBits }, (_, at) => {
  const first = Math.floor((at * 4) / 3);
  const pair = ((values.get(written.charCodeAt(first)) ?? 0) << 6) | (values.get(written.charCodeAt(first + 1)) ?? 0);
  return (pair >> (at % 3 === 0 ? 4 : at % 3 === 1 ? 2 : 0)) & 0xff;
});
`,
);
console.log(
  `${examples.length} examples, ${bad.length} of them attacks; bias ${set.toFixed(3)}, largest weight ${largest.toFixed(2)}`,
);
