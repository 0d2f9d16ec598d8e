import { isJsonObject, type Json, type JsonObject } from "../../src/kernel/json.ts";
import type { Choice, Finish } from "../ask.ts";
import type { Writing } from "../dialect.ts";
import { printUsage } from "./usage.ts";

/** The members that every chunk and every whole answer share. */
export interface Envelope {
  readonly id: string;
  readonly model: string;
  readonly serviceTier: string;
  readonly fingerprint: string;
}

/** Draws the ids first, so that they are the same streamed and whole. */
export function envelopeOf({ ask, body, dice }: Writing): Envelope {
  const id = `chatcmpl-${dice.id(29)}`;
  const asked = isJsonObject(body) ? body["service_tier"] : undefined;
  const serviceTier = asked === "flex" || asked === "priority" ? asked : "default";
  return { id, model: ask.model, serviceTier, fingerprint: "fp_5a11790274" };
}

/** A whole `chat.completion`, with the members, order and indentation of the OpenAI API. */
export function writeWhole(writing: Writing): string {
  const { answer, created, usageFault } = writing;
  const envelope = envelopeOf(writing);
  const whole: JsonObject = {
    id: envelope.id,
    object: "chat.completion",
    created,
    model: envelope.model,
    choices: answer.choices.map((choice, index) => writeChoice(choice, index, writing)),
    ...(usageFault === "none" ? {} : { usage: printUsage(answer.usage, usageFault) }),
    service_tier: envelope.serviceTier,
    system_fingerprint: envelope.fingerprint,
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

function writeChoice(choice: Choice, index: number, { dice, reasoning, body }: Writing): JsonObject {
  const calls = choice.calls.map((call) => ({
    id: `call_${dice.id(24)}`,
    type: "function",
    function: { name: call.name, arguments: call.arguments.join("") },
  }));
  const isSilent = calls.length > 0 && choice.text.length === 0;
  return {
    index,
    message: {
      role: "assistant",
      content: isSilent || choice.isRefusal ? null : choice.text.join(""),
      ...(reasoning !== "hidden" && choice.reasoning.length > 0
        ? { reasoning_content: choice.reasoning.join("") }
        : {}),
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
      refusal: choice.isRefusal ? choice.text.join("") : null,
      annotations: [],
    },
    logprobs: wantsLogprobs(body) ? printLogprobs(choice.text, choice.isRefusal) : null,
    finish_reason: finishName(choice.finish),
  };
}

export const wantsLogprobs = (body: Json): boolean => isJsonObject(body) && body["logprobs"] === true;

/** The probabilities of the tokens, as text of the answer or of its refusal. */
export function printLogprobs(tokens: readonly string[], isRefusal: true | undefined): JsonObject {
  const printed = tokens.map(printLogprob);
  return isRefusal ? { content: null, refusal: printed } : { content: printed, refusal: null };
}

/** A token with a probability made from its length: only its shape is real. */
export function printLogprob(token: string): JsonObject {
  return {
    token,
    logprob: -0.01 * token.length,
    bytes: [...new TextEncoder().encode(token)],
    top_logprobs: [],
  };
}

export function finishName(finish: Finish): string {
  switch (finish.kind) {
    case "stop":
    case "stop-sequence":
      return "stop";
    case "length":
      return "length";
    case "tool-calls":
      return "tool_calls";
    case "content-filter":
      return "content_filter";
  }
}
