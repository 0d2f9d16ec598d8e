import type { Json, JsonObject } from "../../src/kernel/json.ts";
import { eventStream, type Frame, type Streamed, type Writing } from "../dialect.ts";
import { printLogprob } from "../openai-chat/write.ts";
import { memberOf, type OutputItem, outputOf, printCall, printItem, printPart } from "./output.ts";
import { printResponse, printUsage, responseId, type Snapshot } from "./response.ts";
import { finalStatus, keep } from "./write.ts";

/** Stands where the number of an event will be: JSON never has this character as it is. */
const unnumbered = "\u0000";
/** A place in the order of members; the value comes when the event goes out. */
const number = 0;
const padding = "mN7pQ2xV9bK4tR8w";

/**
 * The events of a streamed answer, with the members and order of the OpenAI API. Events are numbered as they go out, so
 * that the numbers have no gap whatever the faults put in or take away.
 */
export function writeStream(writing: Writing): Streamed {
  const id = responseId(writing);
  const items = outputOf(writing);
  const done: JsonObject[] = [];
  keep(writing, id, items.map(printItem));
  let events = 0;
  return {
    frames: writeEvents(writing, { id, items, done }),
    isSse: true,
    contentType: eventStream,
    failure: (message) => failure(writing, { id, done }, message),
    strange: event("response.sandbox_unexpected", { sequence_number: number, unexpected: true }),
    finish: (text) => text.replace(unnumbered, String(events++)),
  };
}

interface Progress {
  readonly id: string;
  /** The items that are finished, as they were told. */
  readonly done: JsonObject[];
}

interface Plan extends Progress {
  readonly items: readonly OutputItem[];
}

function* writeEvents(writing: Writing, { id, items, done }: Plan): Iterable<Frame> {
  const { answer, usageFault } = writing;
  const usage = printUsage(answer.usage, usageFault);
  const isEarly = usageFault === "early" || usageFault === "double";
  const snapshot = (kind: Frame["kind"], type: string, told: Omit<Snapshot, "id">): Frame => ({
    kind,
    text: event(type, { response: printResponse(writing, { id, ...told }), sequence_number: number }),
  });
  const begun: Omit<Snapshot, "id"> = { status: "in_progress", output: [], usage: isEarly ? usage : null };
  yield snapshot("open", "response.created", begun);
  yield snapshot("open", "response.in_progress", begun);
  for (const [index, item] of items.entries()) {
    yield* itemEvents(item, index, writing.body);
    const printed = printItem(item);
    done.push(printed);
    yield open("response.output_item.done", { item: printed, output_index: index, sequence_number: number });
  }
  const isUntold = usageFault === "none" || usageFault === "early";
  const status = finalStatus(writing);
  yield snapshot("done", `response.${status}`, { status, output: done, usage: isUntold ? null : usage });
}

function itemEvents(item: OutputItem, index: number, body: Json): Iterable<Frame> {
  const isObfuscated = memberOf(memberOf(body, "stream_options"), "include_obfuscation") !== false;
  switch (item.kind) {
    case "reasoning":
      return reasoningEvents(item, index, isObfuscated);
    case "message":
      return messageEvents(item, index, isObfuscated);
    case "call":
      return callEvents(item, index, isObfuscated);
  }
}

type Reasoning = Extract<OutputItem, { readonly kind: "reasoning" }>;
type Message = Extract<OutputItem, { readonly kind: "message" }>;
type Call = Extract<OutputItem, { readonly kind: "call" }>;

function* reasoningEvents(item: Reasoning, output_index: number, isObfuscated: boolean): Iterable<Frame> {
  yield added({ ...printItem({ ...item, content: [] }), summary: [] }, output_index);
  for (let token = 0; token < item.hidden; token += 1) yield { kind: "token", text: "" };
  for (const [summary_index, tokens] of item.summary.entries()) {
    const place = { item_id: item.id, output_index };
    const end = { sequence_number: number, summary_index };
    const part = (text: string): JsonObject => ({ ...place, part: { type: "summary_text", text }, ...end });
    yield open("response.reasoning_summary_part.added", part(""));
    for (const [at, delta] of tokens.entries()) {
      const members = { delta, item_id: item.id, ...obfuscation(at, isObfuscated), output_index, ...end };
      yield token("response.reasoning_summary_text.delta", members);
    }
    const text = tokens.join("");
    yield open("response.reasoning_summary_text.done", { ...place, ...end, text });
    yield open("response.reasoning_summary_part.done", part(text));
  }
  if (item.content.length === 0) return;
  const place = { item_id: item.id, output_index };
  const part = (text: string): JsonObject => ({
    content_index: 0,
    ...place,
    part: { type: "reasoning_text", text },
    sequence_number: number,
  });
  yield open("response.content_part.added", part(""));
  for (const delta of item.content) {
    const members = { content_index: 0, delta, ...place, sequence_number: number };
    yield token("response.reasoning_text.delta", members);
  }
  const text = item.content.join("");
  yield open("response.reasoning_text.done", { content_index: 0, ...place, sequence_number: number, text });
  yield open("response.content_part.done", part(text));
}

function* messageEvents(item: Message, output_index: number, isObfuscated: boolean): Iterable<Frame> {
  yield added({ ...printItem(item), status: "in_progress", content: [] }, output_index);
  const place = { item_id: item.id, output_index };
  const part = (tokens: readonly string[]): JsonObject => ({
    content_index: 0,
    ...place,
    part: printPart(item.part, tokens, item.hasLogprobs),
    sequence_number: number,
  });
  yield open("response.content_part.added", part([]));
  const isText = item.part === "output_text";
  const type = isText ? "response.output_text" : "response.refusal";
  for (const [at, delta] of item.tokens.entries()) {
    yield token(`${type}.delta`, {
      content_index: 0,
      delta,
      item_id: item.id,
      ...(isText ? { logprobs: item.hasLogprobs ? [streamedLogprob(delta)] : [] } : {}),
      ...obfuscation(at, isObfuscated),
      output_index,
      sequence_number: number,
    });
  }
  const text = item.tokens.join("");
  const logprobs = item.hasLogprobs ? item.tokens.map(streamedLogprob) : [];
  const end = isText
    ? { content_index: 0, item_id: item.id, logprobs, output_index, sequence_number: number, text }
    : { content_index: 0, ...place, refusal: text, sequence_number: number };
  yield open(`${type}.done`, end);
  yield open("response.content_part.done", part(item.tokens));
}

function* callEvents(item: Call, output_index: number, isObfuscated: boolean): Iterable<Frame> {
  // The name costs a token, and comes with the announcement.
  yield { ...added(printCall(item, "in_progress", ""), output_index), kind: "token" };
  const type = item.isFreeform ? "response.custom_tool_call_input" : "response.function_call_arguments";
  for (const [at, delta] of item.tokens.entries()) {
    const place = { item_id: item.id, ...obfuscation(at, isObfuscated), output_index };
    yield token(`${type}.delta`, { delta, ...place, sequence_number: number });
  }
  const said = item.tokens.join("");
  const place = { item_id: item.id, output_index, sequence_number: number };
  yield open(`${type}.done`, item.isFreeform ? { input: said, ...place } : { arguments: said, ...place });
}

function failure(writing: Writing, { id, done }: Progress, message: string): readonly string[] {
  const error = { type: "server_error", code: "server_error", message, param: null };
  const response = printResponse(writing, {
    id,
    status: "failed",
    output: done,
    usage: null,
    error: { code: "server_error", message },
  });
  return [
    event("error", { error, sequence_number: number }),
    event("response.failed", { response, sequence_number: number }),
  ];
}

/** The members of a logprob in a delta: no bytes there. */
function streamedLogprob(text: string): JsonObject {
  const { bytes: _bytes, ...rest } = printLogprob(text);
  return rest;
}

const obfuscation = (at: number, isObfuscated: boolean): JsonObject =>
  isObfuscated ? { obfuscation: padding.slice(0, 1 + ((at * 7) % 15)) } : {};

const added = (item: JsonObject, output_index: number): Frame =>
  open("response.output_item.added", { item, output_index, sequence_number: number });

const open = (type: string, members: JsonObject): Frame => ({ kind: "open", text: event(type, members) });

const token = (type: string, members: JsonObject): Frame => ({ kind: "token", text: event(type, members) });

function event(type: string, members: JsonObject): string {
  const printed = Object.entries({ type, ...members }).map(([name, value]) =>
    name === "sequence_number"
      ? `"sequence_number":${unnumbered}`
      : `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  );
  return `event: ${type}\ndata: {${printed.join(",")}}\n\n`;
}
