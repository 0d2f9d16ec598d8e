import type { JsonObject } from "../../src/kernel/json.ts";
import type { Choice } from "../ask.ts";
import type { Writing } from "../dialect.ts";
import {
  blocked,
  callParts,
  endOf,
  finishMessageOf,
  logprobsOf,
  responseIdOf,
  showsThoughts,
  signatureOf,
  tailOf,
} from "./parts.ts";
import { printWide } from "./print.ts";
import { allTold, printUsage } from "./usage.ts";

/** A whole answer, with the members, order and indentation of the Gemini API. */
export function writeWhole(writing: Writing): string {
  const responseId = responseIdOf(writing);
  const { choices } = writing.answer;
  const candidates = choices.map((choice, index) => candidateOf(choice, index, writing));
  return `${printWide({
    ...(candidates.length > 0 ? { candidates } : blocked),
    ...(writing.usageFault === "none" ? {} : { usageMetadata: printUsage(writing, allTold(writing)) }),
    ...tailOf(writing, responseId),
  })}\n`;
}

function candidateOf(choice: Choice, index: number, writing: Writing): JsonObject {
  const parts: JsonObject[] = [];
  if (choice.reasoning.length > 0 && showsThoughts(writing))
    parts.push({ text: choice.reasoning.join(""), thought: true });
  if (choice.text.length > 0) parts.push({ text: choice.text.join(""), ...signatureOf(choice, "") });
  parts.push(...callParts(choice, writing));
  // An answer that ends before its first visible token has no parts at all.
  const content = parts.length > 0 ? { parts, role: "model" } : { role: "model" };
  const end = { ...endOf(choice, index), ...finishMessageOf(choice) };
  return { content, ...end, ...logprobsOf(choice.text, writing.body) };
}
