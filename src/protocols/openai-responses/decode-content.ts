import type { CacheMark, MediaSource, Part } from "../../exchange/part.ts";
import { readAnnotation } from "./citations.ts";
import {
  blame,
  declareRest,
  objectsOf,
  optionalString,
  type Place,
  rawOf,
  requiredObject,
  requiredString,
} from "./fields.ts";

/** Reads the content of a message or the output of a tool: a string, or a list of parts. */
export function readContent(item: Place, member: "content" | "output"): readonly Part[] {
  const content = item.object[member];
  if (typeof content === "string") return content === "" ? [] : [{ kind: "text", text: content }];
  if (!Array.isArray(content)) {
    blame(item, member, "a string or an array of parts");
    return [];
  }
  return objectsOf(item, member).flatMap((place) => {
    const part = readPart(place);
    if (part === undefined) return [];
    const cache = readCacheMark(place);
    return [cache === undefined ? part : { ...part, cache }];
  });
}

/** The part of `place`; `undefined` when it is faulty. Types we do not know are kept as they are. */
function readPart(place: Place): Part | undefined {
  const type = requiredString(place, "type");
  switch (type) {
    case undefined:
      return undefined;
    case "input_text":
    case "output_text":
      return readText(place);
    case "refusal": {
      declareRest(place, known.refusal);
      const text = requiredString(place, "refusal");
      return text === undefined ? undefined : { kind: "refusal", text };
    }
    case "input_image":
      return readImage(place);
    case "input_file":
      return readFile(place);
    case "input_audio":
      return readAudio(place);
    default:
      return { kind: "opaque", type, origin: "openai-responses", raw: rawOf(place) };
  }
}

const marks = ["prompt_cache_breakpoint", "cache_control"];

/** The members of the parts that have a canonical form; `logprobs` are a report, not content. */
const known = {
  text: new Set(["type", "text", "annotations", "logprobs", ...marks]),
  refusal: new Set(["type", "refusal", ...marks]),
  image: new Set(["type", "image_url", "file_id", "detail", ...marks]),
  file: new Set(["type", "file_data", "file_id", "file_url", "filename", ...marks]),
  audio: new Set(["type", "input_audio", ...marks]),
} as const;

function readText(place: Place): Part | undefined {
  declareRest(place, known.text);
  const text = requiredString(place, "text");
  if (text === undefined) return undefined;
  const citations = objectsOf(place, "annotations").map(({ object }) => readAnnotation(object, text));
  return { kind: "text", text, ...(citations.length > 0 && { citations }) };
}

function readImage(place: Place): Part | undefined {
  declareRest(place, known.image);
  const detail = optionalString(place, "detail");
  const detailed = detail === undefined ? {} : { detail };
  const id = optionalString(place, "file_id");
  if (id !== undefined) return { kind: "image", source: { kind: "file", id }, ...detailed };
  const url = optionalString(place, "image_url");
  if (url === undefined) {
    // A member of another type is a fault already.
    return (place.object["image_url"] ?? undefined) === undefined
      ? blame(place, "image_url", "a URL, or a file_id beside it")
      : undefined;
  }
  return { kind: "image", ...mediaOf(url), ...detailed };
}

function readFile(place: Place): Part | undefined {
  declareRest(place, known.file);
  const title = optionalString(place, "filename");
  const named = title === undefined ? {} : { title };
  const id = optionalString(place, "file_id");
  if (id !== undefined) return { kind: "document", source: { kind: "file", id }, ...named };
  const url = optionalString(place, "file_url");
  if (url !== undefined) return { kind: "document", source: { kind: "url", url }, ...named };
  const data = requiredString(place, "file_data");
  if (data === undefined) return undefined;
  const media = /^data:/i.test(data) ? mediaOf(data) : { source: { kind: "base64" as const, data } };
  return { kind: "document", ...media, ...named };
}

function readAudio(place: Place): Part | undefined {
  declareRest(place, known.audio);
  const audio = requiredObject(place, "input_audio");
  const data = audio && requiredString(audio, "data");
  const format = audio && requiredString(audio, "format");
  if (data === undefined || format === undefined) return undefined;
  const mediaType = format === "mp3" ? "audio/mpeg" : `audio/${format}`;
  return { kind: "audio", source: { kind: "base64", data }, mediaType };
}

/** A `data:` URL with base64 as its bytes and type; any other as the URL it is. */
function mediaOf(url: string): { readonly source: MediaSource; readonly mediaType?: string } {
  const comma = url.slice(0, 5).toLowerCase() === "data:" ? url.indexOf(",") : -1;
  const head = url.slice(5, Math.max(comma, 5));
  if (comma < 0 || !/;\s*base64$/i.test(head)) return { source: { kind: "url", url } };
  const mediaType = head.slice(0, head.indexOf(";")).trim().toLowerCase();
  return { source: { kind: "base64", data: url.slice(comma + 1) }, ...(mediaType !== "" && { mediaType }) };
}

/** A prompt-cache mark: OpenAI's `prompt_cache_breakpoint`, or the `cache_control` that clients of other models set. */
function readCacheMark({ object }: Place): CacheMark | undefined {
  const mark = object["prompt_cache_breakpoint"] ?? object["cache_control"] ?? undefined;
  if (mark === undefined || mark === false) return undefined;
  const ttl = typeof mark === "object" && mark !== null && "ttl" in mark ? mark["ttl"] : undefined;
  if (ttl === "12h") return { ttl: "1h" };
  return ttl === "5m" || ttl === "1h" ? { ttl } : {};
}
