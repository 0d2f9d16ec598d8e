import { isJsonObject, type JsonObject, parseJson } from "../../src/kernel/json.ts";
import type { AnsweredCall, Choice, Finish } from "../ask.ts";
import type { Writing } from "../dialect.ts";
import { configOf, readThinking, requestOf } from "./read.ts";
import { signThought } from "./seal.ts";

/** Whether thoughts are seen: when asked for or directed, never when directed otherwise. */
export function showsThoughts({ body, reasoning }: Writing): boolean {
  return reasoning === undefined ? readThinking(configOf(requestOf(body))).isShown : reasoning === "shown";
}

/** The signature on a call of `name` (or on text, ""): only answers that were thought about have them. */
export function signatureOf(choice: Choice, name: string): { readonly thoughtSignature?: string } {
  if (choice.reasoning.length === 0) return {};
  return { thoughtSignature: signThought(name, choice.reasoning.join("")) };
}

/** The calls as they are told: with an id and, on the first, a signature if the model thinks, as Gemini 3 does. */
export function callParts(choice: Choice, { dice }: Writing): readonly JsonObject[] {
  const isThinking = choice.reasoning.length > 0;
  return choice.calls.map((call, index) => ({
    functionCall: {
      name: call.name,
      args: argumentsOf(call),
      ...(isThinking ? { id: dice.id(8).toLowerCase() } : {}),
    },
    ...(index === 0 ? signatureOf(choice, call.name) : {}),
  }));
}

export function argumentsOf(call: AnsweredCall): JsonObject {
  const value = parseJson(call.arguments.join(""));
  return isJsonObject(value) ? value : {};
}

/** How a candidate ends, as its members behind the content. */
export const endOf = ({ finish }: Choice, index: number): JsonObject => ({
  finishReason: finishName(finish),
  index,
});

/** What is said at the end of a candidate that has calls, where the end comes with them. */
export const finishMessageOf = ({ finish }: Choice): JsonObject =>
  finish.kind === "tool-calls" ? { finishMessage: "Model generated function call(s)." } : {};

function finishName(finish: Finish): string {
  switch (finish.kind) {
    case "stop":
    case "stop-sequence":
    case "tool-calls":
      return "STOP";
    case "length":
      return "MAX_TOKENS";
    case "content-filter":
      return "SAFETY";
  }
}

/** The probabilities of `tokens`, made from their length, if they were asked for: only their shape is real. */
export function logprobsOf(tokens: readonly string[], body: Writing["body"]): JsonObject {
  if (configOf(requestOf(body))["responseLogprobs"] !== true || tokens.length === 0) return {};
  const chosen = tokens.map((token) => ({
    token,
    tokenId: token.charCodeAt(0),
    logProbability: -0.01 * token.length,
  }));
  const mean = chosen.reduce((sum, { logProbability }) => sum + logProbability, 0) / chosen.length;
  return { avgLogprobs: mean, logprobsResult: { chosenCandidates: chosen } };
}

/** What every answer says of itself behind all else. */
export const tailOf = ({ ask }: Writing, responseId: string): JsonObject => ({
  modelVersion: ask.model,
  responseId,
});

export const responseIdOf = ({ dice }: Writing): string => dice.id(23);

/** An answer to a prompt that was refused on policy: no candidates, and why. */
export const blocked = { promptFeedback: { blockReason: "PROHIBITED_CONTENT" } } as const;
