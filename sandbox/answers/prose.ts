import type { Ask, SeenImage } from "../ask.ts";
import type { Dice } from "../seeded.ts";
import { tokenize } from "../tokens.ts";

const subjects = [
  "A good gate",
  "The keeper",
  "Every traveller",
  "The drawbridge",
  "A quiet road",
  "The watch",
  "An old map",
];
const verbs = ["remembers", "counts", "welcomes", "outlasts", "answers", "measures", "respects"];
const objects = [
  "the names of its guests",
  "what it lets pass",
  "the first light",
  "a patient question",
  "the long way home",
];

/** One invented sentence, the same for the same dice. */
export function sentence(dice: Dice): string {
  const pick = (options: readonly string[]): string => options[dice.below(options.length)] ?? "";
  return `${pick(subjects)} ${pick(verbs)} ${pick(objects)}.`;
}

/** Says plainly what this is, and repeats what was asked. */
export function echo(ask: Ask): string {
  const asked = ask.question.trim().replaceAll(/\s+/g, " ");
  const quoted = asked.length > 240 ? `${asked.slice(0, 240).toWellFormed()}…` : asked;
  const opening = `Hello from the Sallyport sandbox! I am ${ask.model}, a simulated model, so nothing here is a real answer.`;
  const heard = quoted === "" ? "You asked nothing in words." : `You asked: “${quoted}”.`;
  return [
    opening,
    heard,
    ...seen(ask.images),
    "Connect a real provider and the same request will get a real reply.",
  ].join(" ");
}

function seen(images: readonly SeenImage[]): readonly string[] {
  if (images.length === 0) return [];
  const each = images.map(({ mediaType, bytes }) =>
    bytes === undefined ? mediaType : `${mediaType}, ${bytes} bytes`,
  );
  return [
    `I was shown ${images.length === 1 ? "an image" : `${images.length} images`} (${each.join("; ")}).`,
  ];
}

/** Says what the tools have answered, in their words. */
export function quoteResults(ask: Ask): string {
  const told = ask.results.map((result) => `“${result.trim().slice(0, 1_000).toWellFormed()}”`).join(" and ");
  return `This is the Sallyport sandbox (${ask.model}). ${ask.results.length > 1 ? "The tools" : "The tool"} answered ${told}.`;
}

/** `text` as exactly `count` tokens: cut, or carried on with invented sentences. */
export function ofLength(text: string, count: number, dice: Dice): readonly string[] {
  let tokens = tokenize(text);
  if (tokens.length < count) {
    const parts = [text];
    for (let length = tokens.length; length < count; length += 4) parts.push(sentence(dice));
    tokens = tokenize(parts.join(" "));
  }
  return tokens.slice(0, count);
}
