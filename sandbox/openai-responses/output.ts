import { isJsonObject, type Json, type JsonObject } from "../../src/kernel/json.ts";
import type { Choice } from "../ask.ts";
import type { Writing } from "../dialect.ts";
import { printLogprob } from "../openai-chat/write.ts";
import { sealReasoning } from "./seal.ts";

/** One item of the answer, with its tokens still apart. */
export type OutputItem =
  | {
      readonly kind: "reasoning";
      readonly id: string;
      /** The parts of the summary; empty unless one was asked for. */
      readonly summary: readonly (readonly string[])[];
      /** Reasoning in full, as servers of open models give it. */
      readonly content: readonly string[];
      /** Tokens that take their time and are not shown. */
      readonly hidden: number;
      readonly encrypted: string | undefined;
    }
  | {
      readonly kind: "message";
      readonly id: string;
      readonly status: "completed" | "incomplete";
      readonly part: "output_text" | "refusal";
      readonly tokens: readonly string[];
      readonly hasLogprobs: boolean;
    }
  | {
      readonly kind: "call";
      readonly id: string;
      readonly callId: string;
      readonly name: string;
      readonly tokens: readonly string[];
      readonly isFreeform: boolean;
    };

/** The items of the answer in their order; draws their ids. */
export function outputOf(writing: Writing): readonly OutputItem[] {
  const choice = writing.answer.choices[0];
  if (!choice) return [];
  const items: OutputItem[] = [];
  if (choice.reasoning.length > 0) items.push(reasoningOf(choice, writing));
  const isSilent = choice.text.length === 0 && (choice.calls.length > 0 || choice.finish.kind === "length");
  if (!isSilent) items.push(messageOf(choice, writing));
  for (const call of choice.calls) {
    const isFreeform = call.isFreeform === true;
    const id = `${isFreeform ? "ctc" : "fc"}_${writing.dice.id(48)}`;
    const callId = `call_${writing.dice.id(24)}`;
    items.push({ kind: "call", id, callId, name: call.name, tokens: call.arguments, isFreeform });
  }
  return items;
}

function reasoningOf({ reasoning }: Choice, { body, dice, reasoning: told }: Writing): OutputItem {
  const id = `rs_${dice.id(48)}`;
  const isOpen = told === "shown";
  const isSummed = told === undefined && memberOf(memberOf(body, "reasoning"), "summary") !== undefined;
  return {
    kind: "reasoning",
    id,
    summary: isSummed ? halves(reasoning) : [],
    content: isOpen ? reasoning : [],
    hidden: isOpen || isSummed ? 0 : reasoning.length,
    encrypted: includes(body, "reasoning.encrypted_content") ? sealReasoning(id) : undefined,
  };
}

/** Two parts, the second of which begins with a sentence; one where there is only one sentence. */
function halves(tokens: readonly string[]): readonly (readonly string[])[] {
  const end = tokens.findIndex((token, index) => token.endsWith(".") && index >= tokens.length / 3);
  if (end < 0 || end === tokens.length - 1) return [tokens];
  return [tokens.slice(0, end + 1), tokens.slice(end + 1)];
}

function messageOf(choice: Choice, { body, dice }: Writing): OutputItem {
  const { kind } = choice.finish;
  return {
    kind: "message",
    id: `msg_${dice.id(48)}`,
    status: kind === "length" || kind === "content-filter" ? "incomplete" : "completed",
    part: choice.isRefusal ? "refusal" : "output_text",
    tokens: choice.text,
    hasLogprobs: includes(body, "message.output_text.logprobs"),
  };
}

/** An item as it stands in the finished answer, with the members and order of the OpenAI API. */
export function printItem(item: OutputItem): JsonObject {
  switch (item.kind) {
    case "reasoning":
      return {
        id: item.id,
        type: "reasoning",
        ...(item.content.length > 0
          ? { content: [{ type: "reasoning_text", text: item.content.join("") }] }
          : {}),
        ...(item.encrypted === undefined ? {} : { encrypted_content: item.encrypted }),
        summary: item.summary.map((part) => ({ type: "summary_text", text: part.join("") })),
      };
    case "message":
      return {
        id: item.id,
        type: "message",
        status: item.status,
        content: [printPart(item.part, item.tokens, item.hasLogprobs)],
        phase: "final_answer",
        role: "assistant",
      };
    case "call":
      return printCall(item, "completed", item.tokens.join(""));
  }
}

/** A part of a message that has these tokens so far. */
export function printPart(
  part: "output_text" | "refusal",
  tokens: readonly string[],
  hasLogprobs: boolean,
): JsonObject {
  if (part === "refusal") return { type: "refusal", refusal: tokens.join("") };
  const logprobs = hasLogprobs ? tokens.map(printLogprob) : [];
  return { type: "output_text", annotations: [], logprobs, text: tokens.join("") };
}

export function printCall(
  { id, callId, name, isFreeform }: Extract<OutputItem, { readonly kind: "call" }>,
  status: string,
  said: string,
): JsonObject {
  if (isFreeform) return { id, type: "custom_tool_call", status, call_id: callId, input: said, name };
  return { id, type: "function_call", status, arguments: said, call_id: callId, name };
}

/** A member of an object that is neither missing nor null. */
export function memberOf(value: Json | undefined, name: string): Json | undefined {
  const member = isJsonObject(value) ? value[name] : undefined;
  return member === null ? undefined : member;
}

function includes(body: Json, what: string): boolean {
  const include = memberOf(body, "include");
  return Array.isArray(include) && include.includes(what);
}
