import type { Citation, Part } from "../../exchange/part.ts";
import { type JsonSlice, jsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, type JsonObject, RawJson } from "../../kernel/json.ts";

/**
 * Reads one content block of an answer; `raw` finds its text when that is needed. A block is an object with one member,
 * whose name is its kind.
 */
export function decodeBlock(block: JsonObject, raw: () => JsonSlice | undefined): readonly Part[] {
  const { text, toolUse, reasoningContent, citationsContent, image } = block;
  if (typeof text === "string") return [{ kind: "text", text }];
  if (isJsonObject(toolUse) && !isServerTool(toolUse)) {
    const argumentsText = raw()?.member("toolUse")?.member("input")?.text() ?? "";
    return [
      {
        kind: "tool-call",
        id: stringOf(toolUse, "toolUseId"),
        name: stringOf(toolUse, "name"),
        argumentsText,
      },
    ];
  }
  if (isJsonObject(reasoningContent)) {
    const part = decodeReasoning(reasoningContent);
    if (part !== undefined) return [part];
  }
  if (isJsonObject(citationsContent)) return [decodeCited(citationsContent)];
  if (isJsonObject(image)) {
    const part = decodeImage(image);
    if (part !== undefined) return [part];
  }
  return [opaque(kindOf(block), raw()?.text() ?? "null")];
}

/** A tool that the provider runs: its calls and results are no business of the client's. */
export function isServerTool({ type }: JsonObject): boolean {
  return type === "server_tool_use";
}

function decodeReasoning({ reasoningText, redactedContent }: JsonObject): Part | undefined {
  if (typeof redactedContent === "string") return redacted(redactedContent);
  if (!isJsonObject(reasoningText)) return undefined;
  const signature = stringOf(reasoningText, "signature");
  return {
    kind: "reasoning",
    text: stringOf(reasoningText, "text"),
    isRedacted: false,
    ...(signature === "" ? {} : { seal: { origin: "bedrock-converse", value: signature } }),
  };
}

/** Reasoning that the provider shows to nobody; `data` in base64. */
export function redacted(data: string): Part {
  return {
    kind: "reasoning",
    text: "",
    isRedacted: true,
    seal: { origin: "bedrock-converse", value: data },
  };
}

/** A text with the sources it has its knowledge from. */
function decodeCited({ content, citations }: JsonObject): Part {
  const texts: readonly Json[] = Array.isArray(content) ? content : [];
  const sources: readonly Json[] = Array.isArray(citations) ? citations : [];
  const text = texts.map((piece) => (isJsonObject(piece) ? stringOf(piece, "text") : "")).join("");
  const found = sources.flatMap((source) => (isJsonObject(source) ? [decodeCitation(source)] : []));
  return { kind: "text", text, ...(found.length === 0 ? {} : { citations: found }) };
}

/** A citation; it is of the whole text it stands by. */
export function decodeCitation(citation: JsonObject): Citation {
  const { sourceContent, location } = citation;
  const quotes: readonly Json[] = Array.isArray(sourceContent) ? sourceContent : [];
  const quote = quotes.map((piece) => (isJsonObject(piece) ? stringOf(piece, "text") : "")).join("");
  const web = isJsonObject(location) ? location["web"] : undefined;
  const url = isJsonObject(web) ? stringOf(web, "url") : "";
  const title = stringOf(citation, "title");
  return {
    ...(url === "" ? {} : { url }),
    ...(title === "" ? {} : { title }),
    ...(quote === "" ? {} : { quote }),
    raw: citation,
    origin: "bedrock-converse",
  };
}

function decodeImage({ source, format }: JsonObject): Part | undefined {
  const bytes = isJsonObject(source) ? source["bytes"] : undefined;
  return typeof bytes === "string"
    ? imagePart(bytes, typeof format === "string" ? format : undefined)
    : undefined;
}

/** An image by its bytes in base64 and Converse's word for their format. */
export function imagePart(data: string, format: string | undefined): Part {
  const mediaType = format === undefined ? {} : { mediaType: `image/${format}` };
  return { kind: "image", source: { kind: "base64", data }, ...mediaType };
}

/** A block that has no canonical form. */
export function opaque(type: string, json: string): Part {
  return { kind: "opaque", type, origin: "bedrock-converse", raw: new RawJson(jsonSlice(json).text()) };
}

/** A block's kind; the name that a server tool's call has is its type. */
function kindOf(block: JsonObject): string {
  const [name] = Object.keys(block).filter((member) => member !== "type");
  const { toolUse } = block;
  return isJsonObject(toolUse) && isServerTool(toolUse) ? "server_tool_use" : (name ?? "");
}

/** A member that is text; `""` when it is not. */
export function stringOf(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === "string" ? value : "";
}
