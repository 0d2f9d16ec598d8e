import type { Json, JsonObject } from "../../src/kernel/json.ts";
import type { Ask, PromptUnit, SeenImage } from "../ask.ts";
import { base64Size, type Path } from "../reading.ts";
import { Refusal } from "../refusal.ts";
import { countTokens } from "../tokens.ts";
import { printPath, reading } from "./reading.ts";

/** What of an `Ask` the conversation tells. */
export type Conversation = Pick<Ask, "question" | "results" | "images" | "turnsTaken" | "prefill" | "prompt">;

const imageTokens = 85;
const turnTokens = 3;

interface Content {
  readonly text: string;
  readonly images: readonly SeenImage[];
}

/** Reads the conversation and holds tool calls and their results against each other, as the OpenAI API does. */
export function readMessages(messages: readonly Json[]): Conversation {
  if (messages.length === 0) {
    const message =
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.";
    throw new Refusal("invalid", message, { param: "messages", code: "empty_array" });
  }
  let question: Content = { text: "", images: [] };
  let results: readonly string[] = [];
  let turnsTaken = 0;
  let prefill = "";
  let open: ReadonlySet<string> = new Set();
  const prompt: PromptUnit[] = [];
  for (const [index, value] of messages.entries()) {
    const path = ["messages", index];
    const message = reading.object(value, path);
    const role = readRole(message, path);
    const content = readContent(message["content"], [...path, "content"]);
    if (role === "tool") open = answerCall(message, open, path);
    else refuseUnanswered(open, index - 1);
    if (role === "user") question = content;
    if (role === "user" || role === "assistant") results = [];
    if (role === "tool") results = [...results, content.text];
    prefill = role === "assistant" ? content.text : "";
    let calls = "";
    if (role === "assistant") {
      turnsTaken += 1;
      const called = reading.maybeList(message["tool_calls"], [...path, "tool_calls"]);
      open = new Set(called.map((call, at) => readCallId(call, [...path, "tool_calls", at])));
      if (called.length > 0) calls = JSON.stringify(called);
      if (called.length === 0 && message["content"] === undefined && message["refusal"] === undefined) {
        throw missing([...path, "content"]);
      }
    }
    const text = `${role}\n${content.text}${calls}${content.images.map((image) => image.mediaType).join()}`;
    const tokens =
      countTokens(content.text) + countTokens(calls) + content.images.length * imageTokens + turnTokens;
    prompt.push({ text, tokens, isMarked: false });
  }
  refuseUnanswered(open, messages.length - 1);
  return { question: question.text, images: question.images, results, turnsTaken, prefill, prompt };
}

const roles: readonly string[] = ["system", "developer", "user", "assistant", "tool", "function"];

function readRole(message: JsonObject, path: Path): string {
  const role = reading.text(message["role"], [...path, "role"]);
  if (roles.includes(role)) return role;
  const param = printPath([...path, "role"]);
  const supported = "'system', 'assistant', 'user', 'function', 'tool', and 'developer'";
  throw new Refusal("invalid", `Invalid value: '${role}'. Supported values are: ${supported}.`, {
    param,
    code: "invalid_value",
  });
}

function readContent(value: Json | undefined, path: Path): Content {
  if (typeof value === "string") return { text: value, images: [] };
  const texts: string[] = [];
  const images: SeenImage[] = [];
  for (const [index, item] of reading.maybeList(value, path).entries()) {
    const part = reading.object(item, [...path, index]);
    const type = reading.text(part["type"], [...path, index, "type"]);
    if (type === "text") texts.push(reading.text(part["text"], [...path, index, "text"]));
    if (type === "refusal") texts.push(reading.text(part["refusal"], [...path, index, "refusal"]));
    if (type === "image_url") images.push(readImage(part, [...path, index, "image_url"]));
  }
  return { text: texts.join("\n"), images };
}

function readImage(part: JsonObject, path: Path): SeenImage {
  const url = reading.text(reading.object(part["image_url"], path)["url"], [...path, "url"]);
  if (/^https?:\/\//.test(url)) return { mediaType: "image at a URL", bytes: undefined };
  const data = /^data:([^;,]*);base64,/.exec(url);
  if (!data) {
    const message =
      "Invalid image URL. Expected a valid URL or a base64-encoded data URL, but got a value without either.";
    throw new Refusal("invalid", message, { param: printPath([...path, "url"]), code: "invalid_image_url" });
  }
  const bytes = base64Size(url.slice(data[0].length));
  const mediaType = data[1] ?? "";
  if (bytes !== undefined && /^image\/(png|jpe?g|gif|webp)$/.test(mediaType)) return { mediaType, bytes };
  const message =
    "You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp'].";
  throw new Refusal("invalid", message, { code: "invalid_image_format" });
}

function readCallId(value: Json, path: Path): string {
  const call = reading.object(value, path);
  const described = call["type"] === "custom" ? call["custom"] : call["function"];
  const member = call["type"] === "custom" ? "custom" : "function";
  const called = reading.object(described, [...path, member]);
  reading.text(called["name"], [...path, member, "name"]);
  if (member === "function") reading.text(called["arguments"], [...path, member, "arguments"]);
  return reading.text(call["id"], [...path, "id"]);
}

function answerCall(message: JsonObject, open: ReadonlySet<string>, path: Path): ReadonlySet<string> {
  const id = reading.text(message["tool_call_id"], [...path, "tool_call_id"]);
  if (open.has(id)) return new Set([...open].filter((other) => other !== id));
  const text =
    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
  throw new Refusal("invalid", text, { param: printPath([...path, "role"]) });
}

function refuseUnanswered(open: ReadonlySet<string>, index: number): void {
  if (open.size === 0) return;
  const text =
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
    `The following tool_call_ids did not have response messages: ${[...open].join(", ")}`;
  throw new Refusal("invalid", text, { param: printPath(["messages", index, "role"]) });
}

function missing(path: Path): Refusal {
  const param = printPath(path);
  return new Refusal("invalid", `Missing required parameter: '${param}'.`, {
    param,
    code: "missing_required_parameter",
  });
}
