import type { Effort } from "../../exchange/call.ts";

/** What the name of a model says of what its server takes. */
export interface ModelFamily {
  /** Temperature and `top_p` are refused, summaries of the reasoning are given. */
  readonly isReasoning: boolean;
  /** Gives its reasoning encrypted when asked to; all others answer that wish with a 400. */
  readonly sealsReasoning: boolean;
  /** `reasoning.effort` values it takes, weakest first; empty: none, or not known. */
  readonly efforts: readonly Effort[];
  /** Where system text goes; the first reasoning models take neither `system` nor `developer`. */
  readonly systemRole: "system" | "user";
  /** Who the end user is told by. */
  readonly endUser: "safety_identifier" | "user";
  /** Content parts may carry `prompt_cache_breakpoint`. */
  readonly takesCacheMarks: boolean;
}

const plain: ModelFamily = {
  isReasoning: false,
  sealsReasoning: false,
  efforts: [],
  systemRole: "system",
  endUser: "user",
  takesCacheMarks: false,
};
const openai: ModelFamily = { ...plain, endUser: "safety_identifier" };
const thinking: ModelFamily = { ...openai, isReasoning: true, sealsReasoning: true };
const marking: ModelFamily = { ...thinking, takesCacheMarks: true };

const upToHigh: readonly Effort[] = ["low", "medium", "high"];
const upToXhigh: readonly Effort[] = [...upToHigh, "xhigh"];
const pro: readonly Effort[] = ["medium", "high", "xhigh"];

/**
 * Rules by prefix, the first that matches counts. Sources: OpenAI API reference, `reasoning.effort` and
 * `prompt_cache_options`; efforts as enricoros/big-AGI#944 and #1159 found them by asking; as of 2026-11.
 */
const families: readonly (readonly [RegExp, ModelFamily])[] = [
  [/^o1-(?:mini|preview)/, { ...thinking, sealsReasoning: false, systemRole: "user" }],
  [/^o\d.*-deep-research/, { ...thinking, efforts: ["medium"] }],
  [/^(?:o\d|codex-mini)/, { ...thinking, efforts: upToHigh }],
  [/^computer-use/, { ...thinking, efforts: ["medium"] }],
  [/^gpt-\d[\d.]*-chat/, openai],
  [/^gpt-5-pro/, { ...thinking, efforts: ["high"] }],
  [/^gpt-5-codex|^gpt-5\.1-codex(?!-max)/, { ...thinking, efforts: upToHigh }],
  [/^gpt-5(?:-|$)/, { ...thinking, efforts: ["minimal", ...upToHigh] }],
  [/^gpt-5\.[1-5]\b.*-codex/, { ...thinking, efforts: upToXhigh }],
  [/^gpt-5\.[2-5]-pro/, { ...thinking, efforts: pro }],
  [/^gpt-5\.1(?!\d)/, { ...thinking, efforts: ["none", ...upToHigh] }],
  [/^gpt-5\.[2-5](?!\d)/, { ...thinking, efforts: ["none", ...upToXhigh] }],
  [/^gpt-(?:5\.\d|[6-9]|1\d)/, { ...marking, efforts: ["none", ...upToXhigh, "max"] }],
  [/^gpt-oss/, { ...plain, efforts: upToHigh }],
  [/^(?:gpt-|chatgpt-)/, openai],
  [/^grok-(?:3-mini|[4-9]|code)(?!.*non-reasoning)/, { ...plain, sealsReasoning: true }],
];

/** The family of a model by its name, whatever vendor prefix a router or a fine-tuning puts before it. */
export function familyOf(model: string): ModelFamily {
  const [name = ""] = model
    .slice(model.lastIndexOf("/") + 1)
    .replace(/^ft:/, "")
    .toLowerCase()
    .split(":");
  return families.find(([pattern]) => pattern.test(name))?.[1] ?? plain;
}
