import { isJsonObject, type Json, type JsonObject } from "../../src/kernel/json.ts";
import type { Ask, PromptUnit, SeenImage } from "../ask.ts";
import { base64Size, type Path } from "../reading.ts";
import { countTokens } from "../tokens.ts";
import { reading, refuse } from "./reading.ts";
import { signThinking } from "./signature.ts";

/** What of an `Ask` the conversation tells. */
export type Conversation = Pick<Ask, "question" | "results" | "images" | "turnsTaken" | "prefill" | "prompt">;

const imageTokens = 85;
const turnTokens = 3;

interface Turn {
  readonly text: string;
  readonly images: readonly SeenImage[];
  readonly results: readonly { readonly id: string; readonly text: string }[];
  readonly calls: readonly string[];
  readonly units: readonly PromptUnit[];
}

/** Reads the conversation; calls, results and seals are checked as the Anthropic API checks them. */
export function readMessages(messages: readonly Json[]): Conversation {
  if (messages.length === 0) throw refuse(["messages"], "at least one message is required");
  let asked: Turn = { text: "", images: [], results: [], calls: [], units: [] };
  let turnsTaken = 0;
  let prefill = "";
  let open: readonly string[] = [];
  const prompt: PromptUnit[] = [];
  for (const [index, value] of messages.entries()) {
    const message = reading.object(value, ["messages", index]);
    const role = reading.text(message["role"], ["messages", index, "role"]);
    if (role !== "user" && role !== "assistant" && role !== "system") {
      throw refuse(["messages"], `Unexpected role "${role}". Allowed roles are "user" or "assistant".`);
    }
    const turn = readTurn(message, role, index);
    checkResults(open, turn, index);
    open = turn.calls;
    if (role === "user") asked = turn;
    if (role === "assistant") turnsTaken += 1;
    prefill = role === "assistant" ? turn.text : "";
    prompt.push({ text: role, tokens: turnTokens, isMarked: false }, ...turn.units);
  }
  if (open.length > 0) throw unanswered(open, messages.length - 1);
  if (prefill !== prefill.trimEnd()) {
    throw refuse(["messages"], "final assistant content cannot end with trailing whitespace");
  }
  const results = asked.results.map(({ text }) => text);
  return { question: asked.text, results, images: asked.images, turnsTaken, prefill, prompt };
}

function readTurn(message: JsonObject, role: string, index: number): Turn {
  const path = ["messages", index, "content"];
  const content = message["content"];
  if (content === "" && role !== "assistant")
    throw refuse(["messages", index], "user messages must have non-empty content");
  const blocks =
    content === ""
      ? []
      : typeof content === "string"
        ? [{ type: "text", text: content }]
        : reading.list(content, path);
  const texts: string[] = [];
  const images: SeenImage[] = [];
  const results: { id: string; text: string }[] = [];
  const calls: string[] = [];
  const units: PromptUnit[] = [];
  for (const [at, value] of blocks.entries()) {
    const where = [...path, at];
    const block = reading.object(value, where);
    const type = reading.text(block["type"], [...where, "type"]);
    let counted = "";
    let pictures: readonly SeenImage[] = [];
    if (type === "text") {
      counted = readText(block, where);
      texts.push(counted);
    } else if (type === "image") {
      pictures = [readImage(block, where)];
    } else if (type === "tool_use") {
      calls.push(readCallId(block, [...where, "tool_use", "id"]));
      counted = `${reading.text(block["name"], [...where, "tool_use", "name"])}${JSON.stringify(reading.object(block["input"], [...where, "tool_use", "input"]))}`;
    } else if (type === "tool_result") {
      const read = readResult(block, where);
      ({ text: counted, images: pictures } = read);
      results.push({
        id: reading.text(block["tool_use_id"], [...where, "tool_result", "tool_use_id"]),
        text: read.text,
      });
    } else if (type === "thinking") {
      counted = readThinkingBlock(block, where);
    } else {
      counted = JSON.stringify(block);
    }
    images.push(...pictures);
    const isMarked = isJsonObject(block["cache_control"]);
    const shown = pictures.map((image) => `${image.mediaType} ${image.bytes ?? ""}`).join();
    const tokens = countTokens(counted) + pictures.length * imageTokens;
    units.push({ text: `${type}\n${counted}${shown}`, tokens, isMarked });
  }
  return { text: texts.join("\n"), images, results, calls, units };
}

function readText(block: JsonObject, path: Path): string {
  const text = reading.text(block["text"], [...path, "text", "text"]);
  if (text === "") throw refuse(path.slice(0, 1), "text content blocks must be non-empty");
  if (text.trim() === "")
    throw refuse(path.slice(0, 1), "text content blocks must contain non-whitespace text");
  return text;
}

function readImage(block: JsonObject, path: Path): SeenImage {
  const at = [...path, "image", "source"];
  const source = reading.object(block["source"], at);
  const type = reading.text(source["type"], [...at, "type"]);
  if (type === "url") {
    reading.text(source["url"], [...at, "url", "url"]);
    return { mediaType: "image at a URL", bytes: undefined };
  }
  if (type !== "base64") return { mediaType: "image file", bytes: undefined };
  const mediaType = reading.text(source["media_type"], [...at, "base64", "media_type"]);
  if (!["image/jpeg", "image/png", "image/gif", "image/webp"].includes(mediaType)) {
    const message = "Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'";
    throw refuse([...at, "base64", "media_type"], message);
  }
  const bytes = base64Size(reading.text(source["data"], [...at, "base64", "data"]));
  if (bytes === undefined) throw refuse([...at, "base64", "data"], "Invalid base64 data");
  return { mediaType, bytes };
}

function readResult(
  block: JsonObject,
  path: Path,
): { readonly text: string; readonly images: readonly SeenImage[] } {
  const content = block["content"];
  if (typeof content === "string") return { text: content, images: [] };
  const texts: string[] = [];
  const images: SeenImage[] = [];
  const at = [...path, "tool_result", "content"];
  for (const [index, value] of reading.maybeList(content, at).entries()) {
    const part = reading.object(value, [...at, index]);
    if (part["type"] === "image") images.push(readImage(part, [...at, index]));
    else if (part["type"] === "text") texts.push(reading.text(part["text"], [...at, index, "text", "text"]));
    else texts.push(JSON.stringify(part));
  }
  return { text: texts.join("\n"), images };
}

function readThinkingBlock(block: JsonObject, path: Path): string {
  const thinking = reading.text(block["thinking"], [...path, "thinking", "thinking"]);
  const signature = reading.text(block["signature"], [...path, "thinking", "signature"]);
  if (signature !== signThinking(thinking)) throw refuse(path, "Invalid `signature` in `thinking` block");
  return thinking;
}

function readCallId(block: JsonObject, path: Path): string {
  const id = reading.text(block["id"], path);
  if (!/^[a-zA-Z0-9_-]+$/.test(id)) throw refuse(path, "String should match pattern '^[a-zA-Z0-9_-]+$'");
  return id;
}

function checkResults(open: readonly string[], turn: Turn, index: number): void {
  const answered = new Set(turn.results.map(({ id }) => id));
  const missing = open.filter((id) => !answered.has(id));
  if (missing.length > 0) throw unanswered(missing, index - 1);
  for (const [at, { id }] of turn.results.entries()) {
    if (open.includes(id)) continue;
    const message =
      `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. ` +
      "Each `tool_result` block must have a corresponding `tool_use` block in the previous message.";
    throw refuse(["messages", index, "content", at], message);
  }
}

const unanswered = (ids: readonly string[], index: number) =>
  refuse(
    ["messages", index],
    `\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids.join(", ")}. ` +
      "Each `tool_use` block must have a corresponding `tool_result` block in the next message.",
  );
