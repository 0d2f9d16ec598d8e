import type { StreamPart } from "../../exchange/part.ts";
import type { Json } from "../../kernel/json.ts";
import { eventsOf, frameOf, framesOf, streamPartsOf } from "./fixtures.test-support.ts";
import { tapResponsesStream } from "./tap.ts";

export type Members = { readonly [name: string]: Json };
export const event = (type: string, members: Members = {}): Json => ({
  type: `response.${type}`,
  ...members,
});
export const response = (members: Members = {}): Json => ({
  id: "resp_1",
  model: "m",
  created_at: 2,
  status: "in_progress",
  output: [],
  ...members,
});
export const created = event("created", { response: response() });
export const usage = { input_tokens: 3, output_tokens: 2, total_tokens: 5 };
export const completed = (output: readonly Json[], members: Members = {}): Json =>
  event("completed", { response: response({ status: "completed", output, usage, ...members }) });
export const added = (output_index: number, item: Json): Json =>
  event("output_item.added", { output_index, item });
export const done = (output_index: number, item: Json): Json =>
  event("output_item.done", { output_index, item });
export const delta = (item_id: string, words: string, members: Members = {}): Json =>
  event("output_text.delta", { item_id, output_index: 0, content_index: 0, delta: words, ...members });
export const message = (id: string, text: string, annotations: readonly Json[] = []): Json => ({
  id,
  type: "message",
  content: [{ type: "output_text", text, annotations }],
});
export const emptyMessage = (id: string): Json => ({ id, type: "message", content: [] });
export const call = (id: string, argumentsText: string, members: Members = {}): Json => ({
  id,
  type: "function_call",
  call_id: `call_${id}`,
  name: "f",
  arguments: argumentsText,
  ...members,
});
export const argumentsDelta = (item_id: string, output_index: number, words: string): Json =>
  event("function_call_arguments.delta", { item_id, output_index, delta: words });

export const partsOf = (...events: readonly Json[]): readonly StreamPart[] =>
  streamPartsOf(framesOf(eventsOf(events)));
export const tapOf = (...events: readonly (Json | string)[]) => {
  const tap = tapResponsesStream();
  const datas = events.map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
  return { tap, roles: datas.map((data) => tap.push(frameOf(data))) };
};
