import type { Call, Tool, Turn } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";

/** What has to be counted of a prompt, and what its form adds. */
export interface CountedPrompt {
  readonly vocabulary: "o200k" | "cl100k";
  readonly texts: readonly string[];
  /** Tokens of the form around the texts. */
  readonly formTokens: number;
  /** The texts stand for so many times their length: a long prompt is counted in samples. */
  readonly scale: number;
}

/** Each message is framed by three tokens and names its role with one. Source: OpenAI cookbook, "How to count tokens". */
const messageTokens = 4;
const nameTokens = 1;
/** A prompt is counted whole up to so many characters, above it in samples. */
const wholeMax = 64 * 1024;
const samples = 16;
const sampleSize = 4 * 1024;

/**
 * What a prompt has of words, as OpenAI's models get it. Exact for texts up to GPT-4.1, and from GPT-5 on, but for tools,
 * schemas and media, whose form nobody has published.
 *
 * Source: AI models specification, part 19.
 */
export function countedPrompt({ instructions, turns, tools }: Call, model: string): CountedPrompt {
  const messages: readonly Turn[] = [
    ...instructions.map((part): Turn => ({ role: "system", parts: [part] })),
    ...turns,
  ];
  const texts = [
    ...messages.flatMap(({ parts, name }) => [
      parts.flatMap(textsOf).join(""),
      ...(name === undefined ? [] : [name]),
    ]),
    ...tools.map(textOfTool),
  ].filter((text) => text !== "");
  const named = messages.filter(({ name }) => name !== undefined).length;
  const { sampled, scale } = sampleOf(texts);
  return {
    vocabulary: vocabularyOf(model),
    texts: sampled,
    formTokens: messages.length * messageTokens + named * nameTokens + endTokens(model),
    scale,
  };
}

/** The tokens of a prompt of which the texts have `counts`. */
export function promptTokens({ formTokens, scale }: CountedPrompt, counts: readonly number[]): number {
  return formTokens + Math.round(scale * counts.reduce((sum, count) => sum + count, 0));
}

/** The answer is begun for the model. */
const endTokens = (model: string): number => (/(?:^|\/)gpt-(?:[5-9]|1\d)/.test(model) ? 2 : 3);

const vocabularyOf = (model: string): CountedPrompt["vocabulary"] =>
  /(?:^|\/)(?:gpt-3\.5|gpt-4(?![.o\d])|text-embedding)/.test(model) ? "cl100k" : "o200k";

function textsOf(part: Part): readonly string[] {
  switch (part.kind) {
    case "text":
    case "refusal":
    case "reasoning":
      return [part.text];
    case "tool-call":
      return [part.name, part.argumentsText];
    case "tool-result":
      return part.content.flatMap(textsOf);
    case "document":
      return part.source.kind === "text" ? [part.source.text] : [];
    default:
      return [];
  }
}

function textOfTool(tool: Tool): string {
  if (tool.kind === "opaque") return JSON.stringify(tool.raw);
  const { name, description = "" } = tool;
  const form = tool.kind === "function" ? tool.parameters : tool.format;
  return [name, description, form === undefined ? "" : JSON.stringify(form)].join("\n");
}

function sampleOf(texts: readonly string[]): { readonly sampled: readonly string[]; readonly scale: number } {
  const size = texts.reduce((sum, { length }) => sum + length, 0);
  if (size <= wholeMax) return { sampled: texts, scale: 1 };
  const whole = texts.join("\n");
  const step = (whole.length - sampleSize) / (samples - 1);
  const sampled = Array.from({ length: samples }, (_, index) => {
    const start = Math.round(index * step);
    return whole.slice(start, start + sampleSize);
  });
  return { sampled, scale: whole.length / (samples * sampleSize) };
}
