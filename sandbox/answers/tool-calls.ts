import type { AnsweredCall, Ask, AskedTool } from "../ask.ts";
import type { Dice } from "../seeded.ts";
import { tokenize } from "../tokens.ts";
import { instanceOf } from "./instance.ts";

const weightless = new Set([
  "get",
  "set",
  "do",
  "the",
  "a",
  "an",
  "of",
  "my",
  "to",
  "for",
  "fetch",
  "lookup",
  "tool",
]);

/**
 * The tools an answer calls: those the question names (or whose every telling word it uses), all at once if parallel calls
 * are allowed. A forced or eager call without a named tool goes to the first. After a tool's result, none but a forced one.
 */
export function toolsToCall(ask: Ask, isEager: boolean): readonly AskedTool[] {
  const { toolChoice, tools } = ask;
  if (toolChoice.kind === "none" || tools.length === 0) return [];
  if (toolChoice.kind === "named") return tools.filter((tool) => tool.name === toolChoice.name);
  if (ask.results.length > 0) return toolChoice.kind === "required" ? tools.slice(0, 1) : [];
  const mentioned = tools.filter((tool) => isMentioned(tool.name, ask.question));
  if (mentioned.length > 0) return ask.isParallel ? mentioned : mentioned.slice(0, 1);
  return toolChoice.kind === "required" || isEager ? tools.slice(0, 1) : [];
}

/**
 * A call of `tool` whose arguments are valid under its schema and use the question's words where a text is wanted.
 * A tool that takes plain text is given the question.
 */
export function callOf(tool: AskedTool, ask: Ask, dice: Dice): AnsweredCall {
  if (tool.isFreeform) return { name: tool.name, arguments: tokenize(ask.question), isFreeform: true };
  const instance = instanceOf(tool.schema, { dice, words: tellingWords(ask.question, ask.tools) });
  return { name: tool.name, arguments: tokenize(JSON.stringify(instance)) };
}

function isMentioned(name: string, question: string): boolean {
  if (hasWord(question, name)) return true;
  const parts = name
    .split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])/)
    .filter((part) => !weightless.has(part.toLowerCase()));
  return parts.length > 0 && parts.every((part) => part.length >= 3 && hasWord(question, part));
}

function hasWord(text: string, word: string): boolean {
  return new RegExp(`(?<![A-Za-z0-9_])${RegExp.escape(word)}(?![A-Za-z0-9_])`, "i").test(text);
}

/** Quoted texts, then names (words with a capital that do not begin a sentence), in the order they were said. */
export function tellingWords(question: string, tools: readonly AskedTool[] = []): readonly string[] {
  const head = question.slice(0, 4_096);
  const quoted = [...head.matchAll(/["“]([^"”]{1,80})["”]/g)].map((match) => match[1] ?? "");
  const named = [...head.matchAll(/(?<=[\p{L}\p{N},] )\p{Lu}[\p{L}\p{N}]+(?: \p{Lu}[\p{L}\p{N}]+)*/gu)].map(
    (match) => match[0],
  );
  const toolNames = new Set(tools.map((tool) => tool.name));
  return [...new Set([...quoted, ...named])].filter((word) => word !== "" && !toolNames.has(word));
}
