import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Recorded, recordedTraffic } from "../../../test/support/recorded-traffic.ts";
import type { Call, Tool, Turn } from "../../exchange/call.ts";
import type { Frame } from "../../exchange/codec.ts";
import type { Part, StreamPart } from "../../exchange/part.ts";
import { createEventStreamReader, encodeEventStreamMessage } from "../../framing/aws-event-stream.ts";
import { type JsonSlice, jsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, type JsonObject, parseJson, RawJson } from "../../kernel/json.ts";
import { stringOf } from "./blocks.ts";

const traffic =
  process.env["SALLYPORT_TRAFFIC_DIR"] ?? join(import.meta.dirname, "../../../../shared/data/llm-traffic");
const folder = join(traffic, "vercel-ai-fixtures/packages/amazon-bedrock/src/__fixtures__");

/** Whether the public fixtures lie beside the project; under `CI=true` their absence is a failure. */
export function hasFixtures(): boolean {
  if (existsSync(folder)) return true;
  if (process.env["CI"] === "true") throw new Error(`the fixtures are missing: ${folder}`);
  console.warn(`SKIPPED: no fixtures at ${folder}`);
  return false;
}

/** Whole answers: name and bytes. */
export function wholeFixtures(): readonly { readonly name: string; readonly body: Buffer }[] {
  return globSync("*.json", { cwd: folder })
    .toSorted()
    .map((name) => ({ name, body: readFileSync(join(folder, name)) }));
}

/** Streams: one event a line, as an object of one member, `{"messageStart":{…}}`. */
export function streamFixtures(): readonly { readonly name: string; readonly events: readonly Event[] }[] {
  return globSync("*.chunks.txt", { cwd: folder })
    .toSorted()
    .map((name) => ({
      name,
      events: readFileSync(join(folder, name), "utf8")
        .split("\n")
        .filter((line) => line.trim() !== "")
        .flatMap((line) => Object.entries<object>(JSON.parse(line))),
    }));
}

/** Recorded exchanges; a stream's first byte is the high one of a length. */
export const recordedConverse = (): readonly Recorded[] => recordedTraffic("bedrock.converse");
export const isEventStream = ({ response }: Recorded): boolean => response[0] === 0;

/** An event's name and data. */
export type Event = readonly [name: string, data: object];

/** The frames of a whole stream. */
export function framesOf(stream: Uint8Array | readonly Event[]): readonly Frame[] {
  const reader = createEventStreamReader();
  const bytes = stream instanceof Uint8Array ? stream : Buffer.concat(stream.map(eventBytes));
  return [...reader.push(bytes), ...reader.end()];
}

function eventBytes([name, data]: Event): Uint8Array {
  const labels = name.startsWith("exception:")
    ? { ":exception-type": name.slice("exception:".length), ":message-type": "exception" }
    : { ":event-type": name, ":message-type": "event" };
  return encodeEventStreamMessage({ ...labels, ":content-type": "application/json" }, JSON.stringify(data));
}

/** The parts that a stream told, put together. */
export function assemble(parts: readonly StreamPart[]): readonly Part[] {
  const whole = new Map<number, Part>();
  for (const part of parts) {
    if (part.kind === "text-start") whole.set(part.part, { kind: "text", text: "" });
    if (part.kind === "reasoning-start")
      whole.set(part.part, { kind: "reasoning", text: "", isRedacted: false });
    if (part.kind === "tool-input-start")
      whole.set(part.part, { kind: "tool-call", id: part.id, name: part.name, argumentsText: "" });
    if (part.kind === "whole") whole.set(part.part, part.value);
    const before = "part" in part ? whole.get(part.part) : undefined;
    if (before === undefined || !("part" in part)) continue;
    if ("text" in part && "text" in before)
      whole.set(part.part, { ...before, text: before.text + part.text });
    if (part.kind === "tool-input-delta" && before.kind === "tool-call")
      whole.set(part.part, { ...before, argumentsText: before.argumentsText + part.argumentsText });
    if (part.kind === "citation" && before.kind === "text")
      whole.set(part.part, { ...before, citations: [...(before.citations ?? []), part.citation] });
    if (part.kind === "reasoning-end" && part.seal !== undefined && before.kind === "reasoning")
      whole.set(part.part, { ...before, seal: part.seal });
  }
  return [...whole.entries()].toSorted(([left], [right]) => left - right).map(([, part]) => part);
}

/** A call of a Chat client. */
export function chatCall(changes: Partial<Call> = {}): Call {
  return {
    source: "openai-chat",
    model: "m",
    instructions: [],
    turns: [{ role: "user", parts: [{ kind: "text", text: "hi" }] }],
    tools: [],
    sampling: {},
    isStream: false,
    wantsUsage: false,
    extensions: new Map(),
    ...changes,
  };
}

/**
 * The call that a recorded Converse request comes from: what a decoder of this dialect would make, if clients spoke it.
 * Blocks that have no canonical form stand as they are.
 */
export function callOf(request: Buffer): Call {
  const text = request.toString("utf8");
  const value = parseJson(text);
  if (!isJsonObject(value)) throw new Error("a recorded request is no JSON object");
  const raw = jsonSlice(text);
  const inference = objectIn(value, "inferenceConfig");
  const stop = listIn(inference, "stopSequences").filter((item) => typeof item === "string");
  return chatCall({
    instructions: listIn(value, "system").map((_, index) => partOf(raw.member("system")?.element(index))),
    turns: listIn(value, "messages").map((message, index): Turn => {
      if (!isJsonObject(message)) throw new Error("a recorded message is no object");
      const content = raw.member("messages")?.element(index)?.member("content");
      return {
        role: message["role"] === "assistant" ? "assistant" : "user",
        parts: listIn(message, "content").map((_block, at) => partOf(content?.element(at))),
      };
    }),
    tools: listIn(objectIn(value, "toolConfig"), "tools").map(toolOf),
    sampling: {
      ...numberIn(inference, "maxTokens", "outputTokensMax"),
      ...numberIn(inference, "temperature", "temperature"),
      ...numberIn(inference, "topP", "topP"),
      ...(stop.length === 0 ? {} : { stop }),
    },
  });
}

function partOf(raw: JsonSlice | undefined): Part {
  const json = raw?.text() ?? "null";
  const block = parseJson(json);
  if (!isJsonObject(block)) throw new Error("a recorded block is no object");
  const { text, toolUse, toolResult } = block;
  if (typeof text === "string") return { kind: "text", text };
  if (isJsonObject(toolUse)) {
    return {
      kind: "tool-call",
      id: stringOf(toolUse, "toolUseId"),
      name: stringOf(toolUse, "name"),
      argumentsText: raw?.member("toolUse")?.member("input")?.text() ?? "",
    };
  }
  if (isJsonObject(toolResult)) {
    const content = raw?.member("toolResult")?.member("content");
    return {
      kind: "tool-result",
      callId: stringOf(toolResult, "toolUseId"),
      isError: toolResult["status"] === "error",
      content: listIn(toolResult, "content").map((_, index) => partOf(content?.element(index))),
    };
  }
  const [type = ""] = Object.keys(block);
  return { kind: "opaque", type, origin: "bedrock-converse", raw: new RawJson(json) };
}

function toolOf(tool: Json): Tool {
  const spec = isJsonObject(tool) ? objectIn(tool, "toolSpec") : {};
  const description = spec["description"];
  return {
    kind: "function",
    name: stringOf(spec, "name"),
    parameters: objectIn(objectIn(spec, "inputSchema"), "json"),
    ...(typeof description === "string" ? { description } : {}),
  };
}

function objectIn(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isJsonObject(value) ? value : {};
}

function listIn(object: JsonObject, name: string): readonly Json[] {
  const value = object[name];
  return Array.isArray(value) ? value : [];
}

function numberIn(object: JsonObject, name: string, as: string): { readonly [member: string]: number } {
  const value = object[name];
  return typeof value === "number" ? { [as]: value } : {};
}
