import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";

/** A stretch of text inside an item: announced, grown by deltas, done. */
interface OpenText {
  readonly kind: "output_text" | "refusal" | "reasoning_text" | "summary_text" | "other";
  readonly text: string;
  readonly annotations: number;
  readonly isDone: boolean;
}

/** An item that was announced and is not done. */
export interface OpenItem {
  readonly type: string;
  readonly id: Json | undefined;
  /** How many contents, and how many summaries, have ended. */
  readonly contents: readonly Json[];
  readonly summaries: readonly Json[];
  readonly open: OpenText | undefined;
  /** Arguments of a call; `undefined` before their first event. */
  readonly arguments: { readonly text: string; readonly isDone: boolean } | undefined;
}

/** The item that an `output_item.added` announces, or what is wrong with it. */
export function openItem(item: Json | undefined): OpenItem | string {
  if (!isJsonObject(item) || typeof item["type"] !== "string") return "an item without a type";
  return {
    type: item["type"],
    id: item["id"],
    contents: [],
    summaries: [],
    open: undefined,
    arguments: undefined,
  };
}

/** The item after one of its events, or what is wrong with that. */
export function advanceItem(item: OpenItem, event: JsonObject): OpenItem | string {
  const type = typeOf(event);
  const owner = owners.get(type);
  if (owner !== undefined && !owner.includes(item.type)) return `${type} in an item of type ${item.type}`;
  if (owner === undefined) return isOwned(item.type) ? `${type} in an item of type ${item.type}` : item;
  switch (type) {
    case "response.content_part.added":
      return startText(item, event, "content_index");
    case "response.reasoning_summary_part.added":
      return startText(item, event, "summary_index");
    case "response.content_part.done":
      return endText(item, event, "content_index");
    case "response.reasoning_summary_part.done":
      return endText(item, event, "summary_index");
    case "response.output_text.annotation.added":
      return annotate(item, event);
    case "response.function_call_arguments.delta":
    case "response.custom_tool_call_input.delta":
      return growArguments(item, event);
    case "response.function_call_arguments.done":
      return finishArguments(item, event["arguments"]);
    case "response.custom_tool_call_input.done":
      return finishArguments(item, event["input"]);
    default:
      return type.endsWith(".delta") ? growText(item, event) : finishText(item, event);
  }
}

/** The done item as it must stand in the final output, or what is wrong with it. */
export function closeItem(item: OpenItem, done: Json | undefined): JsonObject | string {
  if (!isJsonObject(done)) return "output_item.done without an item";
  if (done["type"] !== item.type) return `an item of type ${item.type} is done as ${typeOf(done)}`;
  if (done["id"] !== item.id) return "the id of an item changed";
  if (item.open !== undefined) return "an item is done before its content";
  switch (item.type) {
    case "message":
      return sameJson(done["content"], item.contents)
        ? done
        : "the content of a message is not what was done";
    case "reasoning": {
      const { content = [], summary } = done;
      const isSame = sameJson(content, item.contents) && sameJson(summary, item.summaries);
      return isSame ? done : "the texts of a reasoning item are not what was done";
    }
    case "function_call":
    case "custom_tool_call": {
      const told = done[item.type === "function_call" ? "arguments" : "input"];
      if (item.arguments?.isDone !== true) return "a call is done before its arguments";
      return told === item.arguments.text ? done : "the arguments of a call are not its deltas";
    }
    default:
      return done;
  }
}

/** The events whose form is known, and the items they belong to. Items of other types may have any others. */
const owners: ReadonlyMap<string, readonly string[]> = new Map([
  ["response.content_part.added", ["message", "reasoning"]],
  ["response.content_part.done", ["message", "reasoning"]],
  ["response.output_text.delta", ["message"]],
  ["response.output_text.annotation.added", ["message"]],
  ["response.output_text.done", ["message"]],
  ["response.refusal.delta", ["message"]],
  ["response.refusal.done", ["message"]],
  ["response.function_call_arguments.delta", ["function_call"]],
  ["response.function_call_arguments.done", ["function_call"]],
  ["response.custom_tool_call_input.delta", ["custom_tool_call"]],
  ["response.custom_tool_call_input.done", ["custom_tool_call"]],
  ["response.reasoning_summary_part.added", ["reasoning"]],
  ["response.reasoning_summary_part.done", ["reasoning"]],
  ["response.reasoning_summary_text.delta", ["reasoning"]],
  ["response.reasoning_summary_text.done", ["reasoning"]],
  ["response.reasoning_text.delta", ["reasoning"]],
  ["response.reasoning_text.done", ["reasoning"]],
]);

function isOwned(type: string): boolean {
  return (
    type === "message" || type === "reasoning" || type === "function_call" || type === "custom_tool_call"
  );
}

/** The kind of text that an event of this type grows or ends. */
function kindOf(type: string): OpenText["kind"] {
  if (type.startsWith("response.output_text.")) return "output_text";
  if (type.startsWith("response.refusal.")) return "refusal";
  return type.startsWith("response.reasoning_text.") ? "reasoning_text" : "summary_text";
}

type Index = "content_index" | "summary_index";

const endedOf = (item: OpenItem, index: Index): readonly Json[] =>
  index === "content_index" ? item.contents : item.summaries;

function indexOf(kind: OpenText["kind"]): Index {
  return kind === "summary_text" ? "summary_index" : "content_index";
}

function startText(item: OpenItem, event: JsonObject, index: Index): OpenItem | string {
  if (item.open !== undefined) return "a content begins inside another";
  if (event[index] !== endedOf(item, index).length) return `${index} out of order`;
  if (index === "summary_index" && item.contents.length > 0) return "a summary after the reasoning";
  const { part } = event;
  if (!isJsonObject(part)) return "a content without a part";
  const kind = partKinds.find((known) => known === part["type"]) ?? "other";
  if (kind !== "other" && textOf(part) !== "") return "a content that does not begin empty";
  return { ...item, open: { kind, text: "", annotations: 0, isDone: false } };
}

const partKinds = ["output_text", "refusal", "reasoning_text", "summary_text"] as const;

function textOf(part: JsonObject): Json | undefined {
  return part["type"] === "refusal" ? part["refusal"] : part["text"];
}

function growText(item: OpenItem, event: JsonObject): OpenItem | string {
  const { delta } = event;
  const open = openFor(item, event);
  if (typeof open === "string") return open;
  if (open.isDone) return "a delta after its text was done";
  if (typeof delta !== "string") return "a delta without text";
  return { ...item, open: { ...open, text: open.text + delta } };
}

function finishText(item: OpenItem, event: JsonObject): OpenItem | string {
  const open = openFor(item, event);
  if (typeof open === "string") return open;
  const told = open.kind === "refusal" ? event["refusal"] : event["text"];
  if (open.isDone) return "a text that is done twice";
  if (told !== open.text) return "a done text that is not its deltas";
  return { ...item, open: { ...open, isDone: true } };
}

/** The open text that an event means. */
function openFor({ open, ...item }: OpenItem, event: JsonObject): OpenText | string {
  const kind = kindOf(typeOf(event));
  if (open === undefined) return `${typeOf(event)} outside of a content`;
  if (open.kind !== kind) return `${typeOf(event)} in a content of type ${open.kind}`;
  const index = indexOf(kind);
  return event[index] === endedOf({ ...item, open }, index).length ? open : `${index} out of order`;
}

function annotate(item: OpenItem, event: JsonObject): OpenItem | string {
  const { open } = item;
  if (open?.kind !== "output_text" || open.isDone) return "an annotation outside of a text";
  if (event["content_index"] !== item.contents.length) return "content_index out of order";
  if (event["annotation_index"] !== open.annotations) return "annotation_index out of order";
  return { ...item, open: { ...open, annotations: open.annotations + 1 } };
}

function endText(item: OpenItem, event: JsonObject, index: Index): OpenItem | string {
  const { open } = item;
  const { part } = event;
  if (open === undefined || !isJsonObject(part)) return "a content ends that did not begin";
  if (event[index] !== endedOf(item, index).length || indexOf(open.kind) !== index)
    return `${index} out of order`;
  if (open.kind !== "other") {
    if (part["type"] !== open.kind) return "a content ends as another type";
    if (!open.isDone) return "a content ends before its text is done";
    if (textOf(part) !== open.text) return "a done content that is not its text";
  }
  return index === "content_index"
    ? { ...item, open: undefined, contents: [...item.contents, part] }
    : { ...item, open: undefined, summaries: [...item.summaries, part] };
}

function growArguments(item: OpenItem, { delta }: JsonObject): OpenItem | string {
  if (typeof delta !== "string") return "a delta without text";
  if (item.arguments?.isDone === true) return "a delta after its arguments were done";
  return { ...item, arguments: { text: (item.arguments?.text ?? "") + delta, isDone: false } };
}

function finishArguments(item: OpenItem, told: Json | undefined): OpenItem | string {
  const text = item.arguments?.text ?? "";
  if (item.arguments?.isDone === true) return "arguments that are done twice";
  return told === text
    ? { ...item, arguments: { text, isDone: true } }
    : "done arguments that are not their deltas";
}

/** The `type` of an event, an item or a part; `""` when it has none. */
export function typeOf({ type }: JsonObject): string {
  return typeof type === "string" ? type : "";
}

/** Members that are encrypted: the API does it anew for the final output. */
const encrypted: ReadonlySet<string> = new Set(["encrypted_content", "fingerprint"]);

/** Whether the final output is what was done, apart from what is encrypted. */
export function sameOutput(told: Json | undefined, done: readonly JsonObject[]): boolean {
  const readable = (item: Json): Json =>
    isJsonObject(item)
      ? Object.fromEntries(
          Object.entries(item).map(([name, value]) => [
            name,
            encrypted.has(name) && typeof value === "string" ? "" : value,
          ]),
        )
      : item;
  return Array.isArray(told) && sameJson(told.map(readable), done.map(readable));
}

/** Whether two JSON values are equal, whatever the order of their members. */
export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item: Json, index) => sameJson(item, right[index]))
    );
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && sameJson(left[name], right[name]))
  );
}
