import type { Json } from "../../src/kernel/json.ts";
import type { Ask } from "../ask.ts";
import type { Asked, Writing } from "../dialect.ts";
import { readResponses } from "./read.ts";

/**
 * Reads the body of a request to count the tokens of a prompt.
 *
 * @throws Refusal as the OpenAI API refuses it.
 */
export const readCountRequest = (body: Json, asked: Asked): Ask => ({
  ...readResponses(body, asked),
  isStream: false,
  count: 0,
});

/** How many tokens the same prompt costs as input of an answer. */
export function writeCount({ answer, usageFault }: Writing): string {
  const { input } = answer.usage;
  const told = usageFault === "none" ? {} : { input_tokens: usageFault === "wrong" ? input * 3 + 7 : input };
  return `${JSON.stringify({ object: "response.input_tokens", ...told }, null, 2)}\n`;
}
