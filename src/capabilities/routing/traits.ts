import { type Counts, countsOf } from "./text-counts.ts";

/** What of a request besides its text tells how hard it is. */
export interface RequestTraits {
  readonly turns: number;
  readonly tools: number;
  readonly requiredParameters: number;
  readonly images: number;
  /** The client's limit of the answer; `undefined`: none. */
  readonly outputTokensMax: number | undefined;
  readonly isReasoning: boolean;
  readonly isSchema: boolean;
}

/** Kinds of requests, counted apart; a request is of the first that fits. */
export const shapes = [
  "tools",
  "schema",
  "long",
  "non-latin",
  "multi-turn",
  "code",
  "choice",
  "math",
  "other",
] as const;
export type Shape = (typeof shapes)[number];

/** How many numbers `traitsOf` gives. */
export const traitsCount = 37;

/** Where the logarithm of one more than each trait lies, and how widely: fixed, so that a request is the same for ever. */
const scales: readonly (readonly [centre: number, width: number])[] = [
  [5.7, 0.75],
  [4, 0.7],
  [1.68, 0.15],
  [0, 0.006],
  [0.67, 0.08],
  [5, 0.95],
  [5, 0.9],
  [3.1, 1],
  [1, 1.2],
  [1.7, 0.3],
  [0.45, 0.35],
  [0.4, 0.6],
  [0.07, 0.3],
  [0.1, 0.4],
  [1.4, 0.3],
  [0, 0.1],
  [0.4, 0.6],
  [0.7, 0.9],
  [1.9, 0.45],
  [2.4, 0.55],
  [0.3, 0.6],
  [1.7, 0.9],
  [0.9, 0.9],
  [0.66, 0.5],
  [0.15, 0.45],
  [0.4, 0.57],
  [0.016, 0.03],
  [0.04, 0.027],
  [0.1, 0.065],
  [0.03, 0.042],
  [0.7, 0.5],
  [0, 1],
  [0, 1],
  [0, 1],
  [6.5, 1.5],
  [0, 1],
  [0, 1],
];

const centres = Float64Array.from(scales, ([centre]) => centre);
const slopes = Float64Array.from(scales, ([, width]) => 1 / width);

/**
 * Numbers that tell what kind of text a request is and what it asks for, each within ± 3: how long, how many numbers,
 * signs, choices, conditions, questions, tools. They need no memory: a request has the same traits for ever.
 *
 * @param distinct How many different words and pairs of words it has.
 */
export function traitsOf(
  text: string,
  distinct: number,
  request: RequestTraits,
): { readonly traits: Float64Array; readonly shape: Shape } {
  const counts = countsOf(text);
  const { characters, words } = counts;
  const all = Math.max(1, characters);
  const perWord = Math.max(1, words);
  const raw = [
    text.length,
    words,
    counts.letters / perWord,
    counts.foreign / all,
    distinct / (2 * Math.max(1, Math.min(150, words))),
    counts.firstOption < 0 ? characters : counts.firstOption,
    counts.longestLine,
    counts.shortestLine,
    counts.digits,
    counts.newlines,
    counts.questions,
    counts.math,
    counts.code,
    counts.latex,
    counts.options,
    counts.lists,
    counts.negation,
    counts.numbers,
    counts.sentences,
    counts.capitals,
    counts.quotes,
    counts.longWords,
    counts.commas,
    counts.question,
    counts.money,
    counts.condition,
    counts.digits / all,
    counts.capitals / all,
    counts.longWords / perWord,
    counts.commas / perWord,
    request.turns,
    request.tools,
    request.requiredParameters,
    request.images,
    request.outputTokensMax ?? 664,
    request.isReasoning ? 1.7 : 0,
    request.isSchema ? 1.7 : 0,
  ];
  const traits = new Float64Array(traitsCount);
  for (let index = 0; index < traitsCount; index += 1) {
    const value = (Math.log1p(raw[index] ?? 0) - (centres[index] ?? 0)) * (slopes[index] ?? 0);
    traits[index] = value > 3 ? 3 : value < -3 ? -3 : value;
  }
  return { traits, shape: shapeOf(text, counts, request) };
}

/** About 8,000 tokens. */
const longFrom = 32_000;

function shapeOf(text: string, counts: Counts, { tools, isSchema, turns }: RequestTraits): Shape {
  const { read, foreign, code, options, math, digits, latex } = counts;
  const fits: Readonly<Record<Exclude<Shape, "other">, boolean>> = {
    tools: tools > 0,
    schema: isSchema,
    long: text.length >= longFrom,
    "non-latin": foreign > 0.2 * read,
    "multi-turn": turns > 2,
    code: code >= 4,
    choice: options >= 3,
    math: latex >= 4 || math + digits > 0.06 * read,
  };
  return shapes.find((shape) => shape !== "other" && fits[shape]) ?? "other";
}
