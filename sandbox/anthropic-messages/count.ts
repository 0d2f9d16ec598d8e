import type { Json } from "../../src/kernel/json.ts";
import type { Ask } from "../ask.ts";
import type { Writing } from "../dialect.ts";
import { readPrompt } from "./read.ts";
import { reading, refuse } from "./reading.ts";

/** What a request for an answer may say and a request to count may not. */
const unknownToCounting = [
  "max_tokens",
  "stream",
  "temperature",
  "top_p",
  "top_k",
  "stop_sequences",
  "metadata",
];

/**
 * Reads the body of a request to count the tokens of a prompt.
 *
 * @throws Refusal as the Anthropic API refuses it.
 */
export function readCountRequest(value: Json): Ask {
  const body = reading.object(value, ["body"]);
  for (const name of unknownToCounting) {
    if (body[name] !== undefined) throw refuse([name], "Extra inputs are not permitted");
  }
  return { ...readPrompt(body), isStream: false, count: 0 };
}

/** How many tokens the same prompt costs as input of an answer. */
export const writeCount = ({ answer, usageFault }: Writing): string =>
  JSON.stringify(usageFault === "none" ? {} : { input_tokens: countTold(answer.usage.input, usageFault) });

const countTold = (tokens: number, fault: Writing["usageFault"]): number =>
  fault === "wrong" ? tokens * 3 + 7 : tokens;
