import type { Call, Turn } from "../../exchange/call.ts";
import type { DecodeContext, Decoding } from "../../exchange/codec.ts";
import type { Part } from "../../exchange/part.ts";
import { duplicateRoutingKey, scanObject } from "../../framing/json-scan.ts";
import { type JsonSlice, jsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, type JsonObject, parseJson, RawJson } from "../../kernel/json.ts";
import { decodeContent, type PartContext } from "./decode-parts.ts";
import { decodeOutput, decodeReasoning, decodeSampling } from "./decode-settings.ts";
import { decodeToolChoice, decodeTools, toolsWithArguments } from "./decode-tools.ts";
import { complain, declareRest, type Notes } from "./notes.ts";
import { jsonProblem } from "./read.ts";

/**
 * Reads a whole Messages request into the canonical form. Tool inputs and parts of unknown kinds keep their text;
 * unknown members go to `extensions`; members of known parts that have no canonical form are declared as dropped.
 */
export function decodeCall(body: Uint8Array, { unwrap }: Pick<DecodeContext, "unwrap"> = {}): Decoding {
  const scan = scanObject(body);
  if (scan.kind === "invalid") return { kind: "invalid", problems: [jsonProblem(body, scan)] };
  const doubled = duplicateRoutingKey(scan.members);
  if (doubled !== undefined) {
    return {
      kind: "invalid",
      problems: [{ path: doubled, expected: "to be given once", got: "two members of this name" }],
    };
  }
  const text = decodeUtf8(body);
  const value = text === undefined ? undefined : parseJson(text);
  if (text === undefined || !isJsonObject(value)) {
    const got =
      text === undefined ? "bytes that are not UTF-8" : "a string with a bad escape or control character";
    return { kind: "invalid", problems: [{ path: "", expected: "a JSON object in UTF-8", got }] };
  }
  const notes: Notes = { problems: [], warnings: [] };
  const call = readCall(value, jsonSlice(text), { notes, ...(unwrap !== undefined && { unwrap }) });
  return notes.problems.length > 0
    ? { kind: "invalid", problems: notes.problems }
    : { kind: "call", call, warnings: notes.warnings };
}

function decodeUtf8(body: Uint8Array): string | undefined {
  try {
    return utf8.decode(body);
  } catch {
    return undefined;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readCall(body: JsonObject, raw: JsonSlice, reading: Omit<PartContext, "toolsWithArguments">): Call {
  const { notes } = reading;
  const { model, stream, service_tier: tier } = body;
  if (typeof model !== "string" || model === "")
    complain(notes, "model", { expected: "a model's name", got: model });
  if (stream !== undefined && stream !== null && typeof stream !== "boolean") {
    complain(notes, "stream", { expected: "true or false", got: stream });
  }
  const tools = decodeTools(body["tools"], notes);
  const context: PartContext = { ...reading, toolsWithArguments: toolsWithArguments(tools) };
  const output = decodeOutput(body, notes);
  const reasoning = decodeReasoning(body, notes);
  const endUser = decodeEndUser(body["metadata"], notes);
  return {
    source: "anthropic-messages",
    model: typeof model === "string" ? model : "",
    instructions: decodeSystem(body["system"], raw, context),
    turns: decodeTurns(body["messages"], raw, context),
    tools,
    ...decodeToolChoice(body["tool_choice"], notes),
    ...(output === undefined ? {} : { output }),
    sampling: decodeSampling(body, notes),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(typeof tier === "string" ? { tier } : {}),
    ...(endUser === undefined ? {} : { endUser }),
    isStream: stream === true,
    wantsUsage: true,
    extensions: decodeExtensions(body, raw),
  };
}

function decodeSystem(value: Json | undefined, raw: JsonSlice, context: PartContext): readonly Part[] {
  if (value === undefined || value === null || value === "") return [];
  return decodeContent({ value, path: "system", raw: () => raw.member("system") }, context);
}

function decodeTurns(value: Json | undefined, raw: JsonSlice, context: PartContext): readonly Turn[] {
  if (!Array.isArray(value)) {
    complain(context.notes, "messages", { expected: "an array of messages", got: value });
    return [];
  }
  return value.flatMap((message: Json, index): readonly Turn[] => {
    const path = `messages[${index}]`;
    const role = isJsonObject(message) ? message["role"] : undefined;
    if (!isJsonObject(message) || (role !== "user" && role !== "assistant" && role !== "system")) {
      const expected = 'a message of role "user", "assistant" or "system"';
      complain(context.notes, path, { expected, got: message });
      return [];
    }
    declareRest(context.notes, { object: message, known: messageMembers, path });
    const content = () => raw.member("messages")?.element(index)?.member("content");
    return [
      {
        role,
        parts: decodeContent({ value: message["content"], path: `${path}.content`, raw: content }, context),
      },
    ];
  });
}

const messageMembers = new Set(["role", "content"]);

function decodeEndUser(metadata: Json | undefined, notes: Notes): string | undefined {
  if (metadata === undefined || metadata === null) return undefined;
  if (!isJsonObject(metadata)) {
    complain(notes, "metadata", { expected: "an object", got: metadata });
    return undefined;
  }
  declareRest(notes, { object: metadata, known: metadataMembers, path: "metadata" });
  const user = metadata["user_id"];
  return typeof user === "string" && user !== "" ? user : undefined;
}

const metadataMembers = new Set(["user_id"]);

/** Members that have a place in `Call`, and our own. */
const callMembers = new Set([
  "model",
  "messages",
  "system",
  "max_tokens",
  "stop_sequences",
  "temperature",
  "top_p",
  "top_k",
  "tools",
  "tool_choice",
  "thinking",
  "output_config",
  "output_format",
  "service_tier",
  "metadata",
  "stream",
  "sallyport",
]);

function decodeExtensions(body: JsonObject, raw: JsonSlice): ReadonlyMap<string, RawJson> {
  const extensions = new Map<string, RawJson>();
  for (const name of Object.keys(body)) {
    if (!callMembers.has(name)) extensions.set(name, new RawJson(raw.member(name)?.text() ?? "null"));
  }
  return extensions;
}
