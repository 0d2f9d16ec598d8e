import type { Json } from "../../src/kernel/json.ts";
import type { Ask } from "../ask.ts";
import type { Writing } from "../dialect.ts";
import { printWide } from "./print.ts";
import { readPrompt } from "./read.ts";
import { message, violation } from "./reading.ts";
import { modelIn } from "./target.ts";

/**
 * Reads a request to count the tokens of a prompt: contents alone, or a whole request to generate.
 *
 * @throws Refusal as the Gemini API refuses it.
 */
export function readCount(body: Json, { url }: { readonly url: URL }): Ask {
  const model = modelIn(url, "countTokens") ?? "";
  const request = message(body, [], ["model", "contents", "generateContentRequest"]);
  const inner = request["generateContentRequest"];
  if (inner !== undefined && request["contents"] !== undefined)
    throw violation("contents", "Only one of `contents` and `generate_content_request` may be set.");
  const prompt = inner === undefined ? { contents: request["contents"] ?? [] } : inner;
  return { ...readPrompt(prompt, model), count: 0 };
}

/** How many tokens the same prompt costs as input of an answer. */
export function writeCount({ answer, usageFault }: Writing): string {
  const { input } = answer.usage;
  const totalTokens = usageFault === "wrong" ? input * 3 + 7 : input;
  const told = usageFault === "none" ? {} : { totalTokens };
  return `${printWide({ ...told, promptTokensDetails: [{ modality: "TEXT", tokenCount: input }] })}\n`;
}
