import { isJsonObject, type Json, type JsonObject } from "../../src/kernel/json.ts";
import type { SeenImage } from "../ask.ts";
import { base64Size, type Path } from "../reading.ts";
import { Refusal } from "../refusal.ts";
import { invalidValue, message, reading, refuse } from "./reading.ts";

/** One part of a content. */
export interface Part {
  readonly kind: "text" | "thought" | "call" | "result" | "media" | "other";
  /** The text, or what a result says. */
  readonly text: string;
  /** The function that is called or has answered. */
  readonly name: string;
  readonly image?: SeenImage;
  readonly signature?: string;
  /** Everything in it that is counted, media apart. */
  readonly counted: string;
}

/** Of these a part has exactly one. */
const data = [
  "text",
  "inlineData",
  "fileData",
  "functionCall",
  "functionResponse",
  "executableCode",
  "codeExecutionResult",
  "toolCall",
  "toolResponse",
  "audioTranscription",
] as const;

/** Source: `Part` of @google/genai 3.3.0. */
const members: readonly string[] = [
  ...data,
  "thought",
  "thoughtSignature",
  "videoMetadata",
  "partMetadata",
  "mediaResolution",
  "mediaProcessing",
  "speechMetadata",
];

export function readPart(value: Json, path: Path): Part {
  const part = message(value, path, members);
  const given = data.filter((name) => part[name] !== undefined);
  const [kind, second] = given;
  if (kind === undefined)
    throw refuse([...path, "data"], "required oneof field 'data' must have one initialized field");
  if (second !== undefined)
    throw new Refusal(
      "invalid",
      `Invalid value at '${path.join(".")}' (oneof), oneof field 'data' is already set. Cannot set '${second}'`,
    );
  const signature = readSignature(part["thoughtSignature"], [...path, "thoughtSignature"]);
  const read = readData(part, kind, path);
  return { ...read, ...(signature === undefined ? {} : { signature }) };
}

function readSignature(value: Json | undefined, path: Path): string | undefined {
  const signature = reading.maybeText(value, path);
  if (signature === undefined || base64Size(signature) !== undefined) return signature;
  throw invalidValue(path, "TYPE_BYTES", signature);
}

function readData(part: JsonObject, kind: (typeof data)[number], path: Path): Part {
  const at = [...path, kind];
  switch (kind) {
    case "text": {
      const text = reading.text(part["text"], at);
      const isThought = reading.maybeBoolean(part["thought"], [...path, "thought"]) === true;
      return { kind: isThought ? "thought" : "text", text, name: "", counted: text };
    }
    case "inlineData":
      return readInline(message(part["inlineData"], at, ["mimeType", "data", "displayName"]), at);
    case "fileData": {
      const file = message(part["fileData"], at, ["mimeType", "fileUri", "displayName"]);
      reading.text(file["fileUri"], [...at, "fileUri"]);
      const mediaType = reading.maybeText(file["mimeType"], [...at, "mimeType"]) ?? "file";
      return { kind: "media", text: "", name: "", image: { mediaType, bytes: undefined }, counted: "" };
    }
    case "functionCall":
      return readCall(message(part["functionCall"], at, ["id", "name", "args"]), at);
    case "functionResponse":
      return readResult(message(part["functionResponse"], at, resultMembers), at);
    default:
      return { kind: "other", text: "", name: "", counted: JSON.stringify(part[kind]) };
  }
}

function readInline(blob: JsonObject, path: Path): Part {
  const mediaType = reading.text(blob["mimeType"], [...path, "mimeType"]);
  const encoded = reading.text(blob["data"], [...path, "data"]);
  const bytes = base64Size(encoded);
  if (bytes === undefined) throw invalidValue([...path, "data"], "TYPE_BYTES", encoded.slice(0, 40));
  if (!/^(image|audio|video|text|application)\/[\w.+-]+$/.test(mediaType))
    throw new Refusal("invalid", `Unsupported MIME type: ${mediaType}`);
  return { kind: "media", text: "", name: "", image: { mediaType, bytes }, counted: "" };
}

function readCall(call: JsonObject, path: Path): Part {
  const name = readName(call["name"], [...path, "name"]);
  const { args = {} } = call;
  if (!isJsonObject(args)) throw notStruct([...path, "args"], args);
  return { kind: "call", text: "", name, counted: `${name}${JSON.stringify(args)}` };
}

const resultMembers: readonly string[] = ["id", "name", "response", "parts", "scheduling", "willContinue"];

function readResult(result: JsonObject, path: Path): Part {
  const name = readName(result["name"], [...path, "name"]);
  const { response = {} } = result;
  if (!isJsonObject(response)) throw notStruct([...path, "response"], response);
  const told = response["result"] ?? response["output"] ?? response["content"];
  const text = typeof told === "string" ? told : JSON.stringify(told ?? response);
  const counted = `${JSON.stringify(response)}${result["parts"] === undefined ? "" : JSON.stringify(result["parts"])}`;
  return { kind: "result", text, name, counted };
}

function readName(value: Json | undefined, path: Path): string {
  const name = reading.maybeText(value, path) ?? "";
  if (name === "") throw refuse(path, "Name cannot be empty.");
  return name;
}

const notStruct = (path: Path, value: Json): Refusal =>
  invalidValue(path, "type.googleapis.com/google.protobuf.Struct", value);
