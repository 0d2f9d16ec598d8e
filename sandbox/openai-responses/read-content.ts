import type { Json, JsonObject } from "../../src/kernel/json.ts";
import type { SeenImage } from "../ask.ts";
import { printPath, reading } from "../openai-chat/reading.ts";
import { base64Size, type Path } from "../reading.ts";
import { Refusal } from "../refusal.ts";

/** What a message or a tool's output says. */
export interface Content {
  readonly text: string;
  readonly images: readonly SeenImage[];
  /** What else there is, as text to be counted. */
  readonly other: string;
}

const told = {
  input: ["input_text", "input_image", "input_file", "input_audio"],
  output: ["output_text", "refusal"],
} as const;

/** Reads a text or a list of parts; the model's own messages have other parts than those of everybody else. */
export function readContent(value: Json | undefined, path: Path, side: "input" | "output"): Content {
  if (typeof value === "string") return { text: value, images: [], other: "" };
  const texts: string[] = [];
  const images: SeenImage[] = [];
  let other = "";
  for (const [index, item] of reading.list(value, path).entries()) {
    const where = [...path, index];
    const part = reading.object(item, where);
    const type = reading.text(part["type"], [...where, "type"]);
    const known: readonly string[] = told[side];
    if (!known.includes(type)) throw wrongValue([...where, "type"], type, known);
    if (type === "input_text" || type === "output_text")
      texts.push(reading.text(part["text"], [...where, "text"]));
    else if (type === "refusal") texts.push(reading.text(part["refusal"], [...where, "refusal"]));
    else if (type === "input_image") images.push(readImage(part, where));
    else other += JSON.stringify(part);
  }
  return { text: texts.join("\n"), images, other };
}

function readImage(part: JsonObject, path: Path): SeenImage {
  if (typeof part["file_id"] === "string") return { mediaType: "image file", bytes: undefined };
  const at = [...path, "image_url"];
  const url = reading.text(part["image_url"], at);
  if (/^https?:\/\//.test(url)) return { mediaType: "image at a URL", bytes: undefined };
  const data = /^data:([^;,]*);base64,/.exec(url);
  const bytes = data ? base64Size(url.slice(data[0].length)) : undefined;
  const mediaType = data?.[1] ?? "";
  if (bytes !== undefined && /^image\/(png|jpe?g|gif|webp)$/.test(mediaType)) return { mediaType, bytes };
  const message =
    bytes === undefined
      ? `Invalid '${printPath(at)}'. Expected a valid URL or a base64-encoded data URL, but got a value without either.`
      : "The image data you provided does not represent a valid image. Please check your input and try again with one of the supported image formats: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'].";
  throw new Refusal("invalid", message, { param: printPath(at), code: "invalid_value" });
}

/** The refusal of a word that is not among the known ones. */
export function wrongValue(path: Path, value: string, known: readonly string[]): Refusal {
  const names = known.map((name) => `'${name}'`);
  const list = names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names.join("");
  return new Refusal("invalid", `Invalid value: '${value}'. Supported values are: ${list}.`, {
    param: printPath(path),
    code: "invalid_value",
  });
}
