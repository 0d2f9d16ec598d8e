import type { JsonObject } from "../../src/kernel/json.ts";
import type { Choice } from "../ask.ts";
import { asWritten, eventStream, type Frame, type Streamed, type Writing } from "../dialect.ts";
import { writeErrorFrame } from "./error.ts";
import { signThinking } from "./signature.ts";
import { messageId, printInput, printUsage, stopOf } from "./write.ts";

/** The events of a streamed message, with the members and order of the Anthropic API. */
export const writeStream = (writing: Writing): Streamed => ({
  frames: writeEvents(writing),
  isSse: true,
  contentType: eventStream,
  failure: (message) => [writeErrorFrame(message)],
  strange: 'event: sandbox_unexpected\ndata: {"type":"sandbox_unexpected","unexpected":true}\n\n',
  finish: asWritten,
});

function* writeEvents(writing: Writing): Iterable<Frame> {
  const { ask, answer, usageFault } = writing;
  const choice = answer.choices[0];
  const output = usageFault === "wrong" ? answer.usage.output * 3 + 7 : answer.usage.output;
  const start = printUsage(answer.usage, usageFault === "early" ? output : 1);
  const message = {
    model: ask.model,
    id: messageId(writing),
    type: "message",
    role: "assistant",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    ...(usageFault === "none" ? {} : { usage: start }),
  };
  yield event("open", { type: "message_start", message });
  if (choice) yield* writeBlocks(choice, () => `toolu_01${writing.dice.id(22)}`);
  const delta = stopOf(choice);
  const usage = { ...printInput(answer.usage), output_tokens: usageFault === "early" ? 0 : output };
  if (usageFault === "double") yield event("close", { type: "message_delta", delta: noStop, usage });
  yield event("close", { type: "message_delta", delta, ...(usageFault === "none" ? {} : { usage }) });
  yield event("done", { type: "message_stop" });
}

const noStop = { stop_reason: null, stop_sequence: null, stop_details: null };
const ping: Frame = { kind: "open", text: 'event: ping\ndata: {"type": "ping"}\n\n' };

interface Block {
  readonly start: JsonObject;
  readonly deltaType: "thinking_delta" | "text_delta" | "input_json_delta";
  readonly member: "thinking" | "text" | "partial_json";
  readonly tokens: readonly string[];
  readonly signature?: string;
}

function* writeBlocks(choice: Choice, callId: () => string): Iterable<Frame> {
  for (const [index, block] of blocksOf(choice, callId).entries()) {
    const isCall = block.deltaType === "input_json_delta";
    yield event(isCall ? "token" : "open", {
      type: "content_block_start",
      index,
      content_block: block.start,
    });
    if (index === 0) yield ping;
    const head =
      `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},` +
      `"delta":{"type":"${block.deltaType}","${block.member}":`;
    if (isCall) yield { kind: "open", text: `${head}""}}\n\n` };
    for (const token of block.tokens) yield { kind: "token", text: `${head}${JSON.stringify(token)}}}\n\n` };
    if (block.signature !== undefined) {
      const delta = { type: "signature_delta", signature: block.signature };
      yield event("open", { type: "content_block_delta", index, delta });
    }
    yield event("open", { type: "content_block_stop", index });
  }
}

function blocksOf(choice: Choice, callId: () => string): readonly Block[] {
  const blocks: Block[] = [];
  if (choice.reasoning.length > 0) {
    const start = { type: "thinking", thinking: "", signature: "" };
    const signature = signThinking(choice.reasoning.join(""));
    blocks.push({
      start,
      deltaType: "thinking_delta",
      member: "thinking",
      tokens: choice.reasoning,
      signature,
    });
  }
  if (choice.text.length > 0) {
    blocks.push({
      start: { type: "text", text: "" },
      deltaType: "text_delta",
      member: "text",
      tokens: choice.text,
    });
  }
  for (const call of choice.calls) {
    const start = { type: "tool_use", id: callId(), name: call.name, input: {}, caller: { type: "direct" } };
    const tokens = call.arguments.join("") === "{}" ? [] : call.arguments;
    blocks.push({ start, deltaType: "input_json_delta", member: "partial_json", tokens });
  }
  return blocks;
}

function event(kind: Frame["kind"], data: JsonObject & { readonly type: string }): Frame {
  return { kind, text: `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n` };
}
