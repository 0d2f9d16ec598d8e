import type { Effort } from "../../exchange/call.ts";

/** What the name of a model says of what its server takes. */
export interface ModelFamily {
  /** Temperature and `top_p` are refused, effort is taken. */
  readonly isReasoning: boolean;
  readonly tokenLimit: "max_tokens" | "max_completion_tokens";
  /** `reasoning_effort` values it takes, weakest first; empty: none. */
  readonly efforts: readonly Effort[];
  /** Where system text goes; the first reasoning models take neither `system` nor `developer`. */
  readonly systemRole: "system" | "user";
  /** Who the end user is told by. */
  readonly endUser: "safety_identifier" | "user";
  /** Assistant messages have to bring their reasoning back. */
  readonly echoesReasoning: boolean;
}

const plain: ModelFamily = {
  isReasoning: false,
  tokenLimit: "max_tokens",
  efforts: [],
  systemRole: "system",
  endUser: "user",
  echoesReasoning: false,
};
const openai: ModelFamily = { ...plain, endUser: "safety_identifier" };
const thinking: ModelFamily = { ...openai, isReasoning: true, tokenLimit: "max_completion_tokens" };

/** Rules by prefix, the first that matches counts. Source: OpenAI API reference, `reasoning_effort`; as of 2026-11. */
const families: readonly (readonly [RegExp, ModelFamily])[] = [
  [/^o1-(?:mini|preview)/, { ...thinking, systemRole: "user" }],
  [/^o\d/, { ...thinking, efforts: ["low", "medium", "high"] }],
  [/^gpt-5[\d.]*-chat/, { ...openai, tokenLimit: "max_completion_tokens" }],
  [/^gpt-5(?:-|$)/, { ...thinking, efforts: ["minimal", "low", "medium", "high"] }],
  [/^gpt-5\.1/, { ...thinking, efforts: ["none", "low", "medium", "high"] }],
  [/^gpt-5/, { ...thinking, efforts: ["none", "low", "medium", "high", "xhigh"] }],
  [/^gpt-oss/, { ...plain, efforts: ["low", "medium", "high"] }],
  [/^(?:gpt-|chatgpt-)/, openai],
  [/^deepseek/, { ...plain, echoesReasoning: true }],
];

/** The family of a model by its name, whatever vendor prefix a router puts before it. */
export function familyOf(model: string): ModelFamily {
  const name = model.slice(model.lastIndexOf("/") + 1).toLowerCase();
  return families.find(([pattern]) => pattern.test(name))?.[1] ?? plain;
}
