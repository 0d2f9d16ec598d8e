import type { Json, JsonObject } from "../../src/kernel/json.ts";
import { parseJson } from "../../src/kernel/json.ts";
import type { AnswerUsage, Choice, Finish } from "../ask.ts";
import type { Writing } from "../dialect.ts";
import { signThinking } from "./signature.ts";

/** A whole `message`, with the members and order of the Anthropic API. */
export function writeWhole(writing: Writing): string {
  const { ask, answer, dice, usageFault } = writing;
  const id = messageId(writing);
  const choice = answer.choices[0];
  const usage = printUsage(
    answer.usage,
    usageFault === "wrong" ? answer.usage.output * 3 + 7 : answer.usage.output,
  );
  return JSON.stringify({
    model: ask.model,
    id,
    type: "message",
    role: "assistant",
    content: choice ? blocksOf(choice, () => dice.id(22)) : [],
    ...stopOf(choice),
    ...(usageFault === "none" ? {} : { usage }),
  });
}

export const messageId = ({ dice }: Writing): string => `msg_01${dice.id(22)}`;

function blocksOf(choice: Choice, id: () => string): readonly JsonObject[] {
  const blocks: JsonObject[] = [];
  const thinking = choice.reasoning.join("");
  if (thinking !== "") blocks.push({ type: "thinking", thinking, signature: signThinking(thinking) });
  if (choice.text.length > 0) blocks.push({ type: "text", text: choice.text.join("") });
  for (const call of choice.calls) {
    const input: Json = parseJson(call.arguments.join("")) ?? {};
    blocks.push({
      type: "tool_use",
      id: `toolu_01${id()}`,
      name: call.name,
      input,
      caller: { type: "direct" },
    });
  }
  return blocks;
}

/** Why the message stopped, as its members. */
export function stopOf(choice: Choice | undefined): JsonObject {
  const finish: Finish = choice?.finish ?? { kind: "stop" };
  const isRefused =
    finish.kind === "content-filter" || (choice?.isRefusal === true && finish.kind === "stop");
  return {
    stop_reason: isRefused ? "refusal" : stopReason(finish),
    stop_sequence: finish.kind === "stop-sequence" ? finish.sequence : null,
    stop_details: isRefused
      ? { type: "refusal", category: "general_harms", explanation: "Simulated refusal." }
      : null,
  };
}

function stopReason(finish: Finish): string {
  switch (finish.kind) {
    case "stop":
      return "end_turn";
    case "stop-sequence":
      return "stop_sequence";
    case "length":
      return "max_tokens";
    case "tool-calls":
      return "tool_use";
    case "content-filter":
      return "refusal";
  }
}

/** Usage in Anthropic's convention: `input_tokens` is what neither came from the cache nor went into it. */
export function printUsage(usage: AnswerUsage, output: number): JsonObject {
  return {
    ...printInput(usage),
    cache_creation: { ephemeral_5m_input_tokens: usage.cacheWrite, ephemeral_1h_input_tokens: 0 },
    output_tokens: output,
    service_tier: "standard",
    inference_geo: "not_available",
  };
}

export const printInput = (usage: AnswerUsage): JsonObject => ({
  input_tokens: usage.input - usage.cacheRead - usage.cacheWrite,
  cache_creation_input_tokens: usage.cacheWrite,
  cache_read_input_tokens: usage.cacheRead,
});
