import type { Effort } from "../../exchange/call.ts";

/** What the name of a model says of what its server takes. */
export interface ModelFamily {
  /** OpenAI's own, which takes no reasoning back in this dialect. */
  readonly isOpenai: boolean;
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
  /** It thinks although nobody asked. */
  readonly thinksUnasked: boolean;
  /** What `thinking: {type}` may say of it, where its vendor has that member. */
  readonly thinkingTypes: readonly ("enabled" | "disabled")[];
}

const plain: ModelFamily = {
  isOpenai: false,
  isReasoning: false,
  tokenLimit: "max_tokens",
  efforts: [],
  systemRole: "system",
  endUser: "user",
  echoesReasoning: false,
  thinksUnasked: false,
  thinkingTypes: [],
};
const openai: ModelFamily = { ...plain, isOpenai: true, endUser: "safety_identifier" };
const thinking: ModelFamily = { ...openai, isReasoning: true, tokenLimit: "max_completion_tokens" };
const switched: ModelFamily = { ...plain, thinkingTypes: ["enabled", "disabled"] };
const deepseek: ModelFamily = { ...switched, echoesReasoning: true };

/**
 * Rules by prefix, the first that matches counts. Sources: OpenAI API reference, `reasoning_effort`; DeepSeek, "Thinking
 * mode"; Kimi, "Chat completion"; Z.ai, "Thinking mode"; as of 2026-11.
 */
const families: readonly (readonly [RegExp, ModelFamily])[] = [
  [/^o1-(?:mini|preview)/, { ...thinking, systemRole: "user" }],
  [/^o\d/, { ...thinking, efforts: ["low", "medium", "high"] }],
  [/^gpt-5[\d.]*-chat/, { ...openai, tokenLimit: "max_completion_tokens" }],
  [/^gpt-5(?:-|$)/, { ...thinking, efforts: ["minimal", "low", "medium", "high"] }],
  [/^gpt-5\.1/, { ...thinking, efforts: ["none", "low", "medium", "high"] }],
  [/^gpt-5/, { ...thinking, efforts: ["none", "low", "medium", "high", "xhigh"] }],
  [/^gpt-oss/, { ...plain, efforts: ["low", "medium", "high"] }],
  [/^(?:gpt-|chatgpt-)/, openai],
  // The first of them answers 400 to reasoning that comes back.
  [/^deepseek-r1/, plain],
  [/^deepseek-(?:v[4-9]|flash|pro|reasoner)/, { ...deepseek, thinksUnasked: true }],
  [/^deepseek/, deepseek],
  [/^kimi-k2\.[56]/, { ...switched, thinksUnasked: true }],
  [/^kimi-k2\.[7-9]/, { ...plain, thinksUnasked: true, thinkingTypes: ["enabled"] }],
  [/^kimi-k2-thinking/, { ...plain, thinksUnasked: true }],
  [/^kimi-k[3-9]/, { ...plain, thinksUnasked: true, efforts: ["low", "high", "max"] }],
  [/^glm-(?:4\.[5-9]|[5-9])/, { ...switched, thinksUnasked: true }],
  [/^grok-3-mini/, { ...plain, efforts: ["low", "high"] }],
];

/** The family of a model by its name, whatever vendor prefix a router puts before it. */
export function familyOf(model: string): ModelFamily {
  const name = model.slice(model.lastIndexOf("/") + 1).toLowerCase();
  return families.find(([pattern]) => pattern.test(name))?.[1] ?? plain;
}
