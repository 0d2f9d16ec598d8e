import type { AbilityValues } from "../../exchange/abilities.ts";
import { fitsGlob } from "../../kernel/glob.ts";

const textOnly: AbilityValues = { inputs: ["text"], outputs: ["text"] };
const seeing: AbilityValues = { inputs: ["text", "image", "document"], outputs: ["text"], tools: true };

/**
 * What is known of families of models beside the rules of each dialect; all that fit count, the later over the earlier.
 * A model that is not here is not known: nothing is ever refused on its account. Sources: Anthropic, "Models overview";
 * OpenAI, "Models"; Cohere, "Models"; DeepSeek, "Models & pricing"; model cards of Llama and gpt-oss.
 */
const families: readonly (readonly [glob: string, values: AbilityValues])[] = [
  ["claude-2*", { ...textOnly, tools: false }],
  ["claude-instant*", { ...textOnly, tools: false }],
  ["claude-3-*", seeing],
  ["claude-3-5-haiku*", { outputTokensMax: 8192 }],
  ["claude-3-5-sonnet*", { outputTokensMax: 8192 }],
  ["claude-3-7-sonnet*", { outputTokensMax: 64_000 }],
  ["claude-3-haiku*", { outputTokensMax: 4096 }],
  ["claude-3-opus*", { outputTokensMax: 4096 }],
  ["claude-haiku-4*", { ...seeing, outputTokensMax: 64_000, parallelTools: true, serverTools: true }],
  ["claude-sonnet-4*", { ...seeing, outputTokensMax: 64_000, parallelTools: true, serverTools: true }],
  ["claude-opus-4*", { ...seeing, outputTokensMax: 32_000, parallelTools: true, serverTools: true }],
  ["claude-opus-4-5*", { outputTokensMax: 64_000 }],
  ["gpt-3.5-*", textOnly],
  ["gpt-4", textOnly],
  ["gpt-4-0613", textOnly],
  ["gpt-4-32k*", textOnly],
  ["o1-mini*", textOnly],
  ["o1-preview*", textOnly],
  ["o3-mini*", textOnly],
  ["gpt-oss-*", textOnly],
  ["*/gpt-oss-*", textOnly],
  ["deepseek-chat", textOnly],
  ["deepseek-reasoner", textOnly],
  ["command-r*", textOnly],
  ["command-a-03-2025", textOnly],
  ["codestral-*", textOnly],
  ["*Llama-3.1-*", textOnly],
  ["*Llama-3.3-*", textOnly],
];

/** The date of this list. */
export const modelAbilitiesAsOf = "2026-11";

/** What the catalogue knows of `model`. */
export function modelAbilitiesOf(model: string): AbilityValues {
  const fitting = families.filter(([glob]) => fitsGlob(glob, model));
  return Object.assign({}, ...fitting.map(([, values]) => values));
}
