import { type RequestTraits, type Shape, traitsCount, traitsOf } from "./traits.ts";
import { type WordSources, wordsOf } from "./words.ts";

/** How many numbers of a request the dense part of a head learns from. */
export const wavesCount = 64;

/** A request as heads see it. */
export interface Features {
  /** Distinct places of its words; each weighs 1/sqrt(their count). */
  readonly words: Uint16Array;
  /** Cosines over its traits: what no single trait tells. */
  readonly waves: Float32Array;
  readonly shape: Shape;
}

/** Over how many deviations of the traits a wave changes: the square root of this. */
const bandwidth = 40;

const height = Math.sqrt(2 / wavesCount);
const waveMap = makeWaves();

/**
 * What a request looks like to the heads: its words, hashed, and its traits as random Fourier features, whose inner
 * product is a Gaussian kernel: heads stay linear, and still learn that long prompts with many numbers are hard while
 * long ones without are not. Both are fixed for ever: a logged request can be judged again.
 *
 * Source: Rahimi and Recht 2007, "Random Features for Large-Scale Kernel Machines".
 */
export function featuresOf(sources: WordSources, request: RequestTraits): Features {
  const words = wordsOf(sources);
  const { traits, shape } = traitsOf(sources.user, words.length, request);
  return { words, waves: wavesOf(traits), shape };
}

/** Four waves at a time: their sums do not wait for one another. */
function wavesOf(traits: Float64Array): Float32Array {
  const { phases, weights } = waveMap;
  const waves = new Float32Array(wavesCount);
  for (let wave = 0; wave < wavesCount; wave += 4) {
    let first = phases[wave] ?? 0;
    let second = phases[wave + 1] ?? 0;
    let third = phases[wave + 2] ?? 0;
    let fourth = phases[wave + 3] ?? 0;
    let at = wave * traitsCount;
    for (let index = 0; index < traitsCount; index += 1) {
      const trait = traits[index] ?? 0;
      first += (weights[at] ?? 0) * trait;
      second += (weights[at + traitsCount] ?? 0) * trait;
      third += (weights[at + 2 * traitsCount] ?? 0) * trait;
      fourth += (weights[at + 3 * traitsCount] ?? 0) * trait;
      at += 1;
    }
    waves[wave] = height * Math.cos(first);
    waves[wave + 1] = height * Math.cos(second);
    waves[wave + 2] = height * Math.cos(third);
    waves[wave + 3] = height * Math.cos(fourth);
  }
  return waves;
}

/** A prompt without anything around it. */
export const featuresOfPrompt = (user: string): Features =>
  featuresOf(
    { user, instructions: "", tools: [], parameters: [] },
    {
      turns: 1,
      tools: 0,
      requiredParameters: 0,
      images: 0,
      outputTokensMax: undefined,
      isReasoning: false,
      isSchema: false,
    },
  );

/**
 * Directions at right angles to one another, as many as there are traits and then anew, each as long as a normal vector
 * is: fewer waves do as well as many independent ones. The same numbers in every process: mulberry32 (T. Ettinger)
 * through Box and Muller.
 *
 * Source: Yu et al. 2016, "Orthogonal Random Features".
 */
function makeWaves(): { readonly weights: Float64Array; readonly phases: Float64Array } {
  let state = 7;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const weights = new Float64Array(wavesCount * traitsCount);
  let block: Float64Array[] = [];
  for (let wave = 0; wave < wavesCount; wave += 1) {
    if (block.length === traitsCount) block = [];
    const row = Float64Array.from({ length: traitsCount }, normal);
    const length = lengthOf(row);
    for (const other of block) {
      const along = dot(row, other);
      for (let i = 0; i < traitsCount; i += 1) row[i] = (row[i] ?? 0) - along * (other[i] ?? 0);
    }
    const rest = lengthOf(row);
    const unit = row.map((value) => value / rest);
    block.push(unit);
    weights.set(
      unit.map((value) => (value * length) / Math.sqrt(bandwidth)),
      wave * traitsCount,
    );
  }
  return { weights, phases: Float64Array.from({ length: wavesCount }, () => 2 * Math.PI * uniform()) };
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i += 1) sum += (left[i] ?? 0) * (right[i] ?? 0);
  return sum;
}

function lengthOf(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}
