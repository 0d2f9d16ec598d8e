import type { MediaSource, Part } from "../../exchange/part.ts";
import { type Json, printJson, RawJson } from "../../kernel/json.ts";
import { blame, objectsOf, optionalString, type Place, requiredObject, requiredString } from "./fields.ts";

/** Reads a message's `content`: a string, a list of parts, or nothing. */
export function readContent(message: Place): readonly Part[] {
  const content = message.object["content"] ?? undefined;
  if (content === undefined) return [];
  if (typeof content === "string") return content === "" ? [] : [{ kind: "text", text: content }];
  if (!Array.isArray(content)) {
    blame(message, "content", "a string or an array of parts");
    return [];
  }
  return objectsOf(message, "content").flatMap((place) => {
    const part = readPart(place);
    return part === undefined ? [] : [{ ...part, ...cacheOf(place) }];
  });
}

/** The part of `place`; `undefined` when it is faulty. Types we do not know are kept as they are. */
function readPart(place: Place): Part | undefined {
  const type = requiredString(place, "type");
  switch (type) {
    case undefined:
      return undefined;
    case "text": {
      const text = requiredString(place, "text");
      return text === undefined ? undefined : { kind: "text", text };
    }
    case "refusal": {
      const text = requiredString(place, "refusal");
      return text === undefined ? undefined : { kind: "refusal", text };
    }
    case "image_url":
      return readImage(place);
    case "input_audio":
      return readAudio(place);
    case "video_url":
      return readVideo(place);
    case "file":
      return readFile(place);
    default:
      return { kind: "opaque", type, origin: "openai-chat", raw: new RawJson(printJson(place.object)) };
  }
}

function readImage(place: Place): Part | undefined {
  const image = requiredObject(place, "image_url");
  const url = image && requiredString(image, "url");
  if (image === undefined || url === undefined) return undefined;
  const detail = optionalString(image, "detail");
  return { kind: "image", ...mediaOf(url), ...(detail !== undefined && { detail }) };
}

function readAudio(place: Place): Part | undefined {
  const audio = requiredObject(place, "input_audio");
  const data = audio && requiredString(audio, "data");
  const format = audio && requiredString(audio, "format");
  if (data === undefined || format === undefined) return undefined;
  return {
    kind: "audio",
    source: { kind: "base64", data },
    mediaType: audioTypes.get(format) ?? `audio/${format}`,
  };
}

/** OpenAI has no video; the form is that of the servers that do: OpenRouter, DashScope, vLLM. */
function readVideo(place: Place): Part | undefined {
  const video = requiredObject(place, "video_url");
  const url = video && requiredString(video, "url");
  if (url === undefined) return undefined;
  const { source, mediaType } = mediaOf(url);
  const extension = /\.(\w+)(?:[?#]|$)/.exec(url.slice(-200))?.[1]?.toLowerCase() ?? "";
  return { kind: "video", source, mediaType: mediaType ?? videoTypes.get(extension) ?? "video/mp4" };
}

const videoTypes: ReadonlyMap<string, string> = new Map([
  ["webm", "video/webm"],
  ["mov", "video/quicktime"],
  ["mpeg", "video/mpeg"],
]);

const audioTypes: ReadonlyMap<string, string> = new Map([["mp3", "audio/mpeg"]]);

function readFile(place: Place): Part | undefined {
  const file = requiredObject(place, "file");
  if (file === undefined) return undefined;
  const title = optionalString(file, "filename");
  const named = title === undefined ? {} : { title };
  const id = optionalString(file, "file_id");
  if (id !== undefined) return { kind: "document", source: { kind: "file", id }, ...named };
  const data = requiredString(file, "file_data");
  if (data === undefined) return undefined;
  if (/^(?:data:|https?:)/i.test(data)) return { kind: "document", ...mediaOf(data), ...named };
  return { kind: "document", source: { kind: "base64", data }, ...named };
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
function cacheOf(place: Place): { readonly cache?: { readonly ttl?: "5m" | "1h" } } {
  const mark: Json | undefined =
    place.object["cache_control"] ?? place.object["prompt_cache_breakpoint"] ?? undefined;
  if (mark === undefined || mark === false) return {};
  const ttl = typeof mark === "object" && mark !== null && "ttl" in mark ? mark["ttl"] : undefined;
  if (ttl === "12h") return { cache: { ttl: "1h" } };
  return { cache: ttl === "5m" || ttl === "1h" ? { ttl } : {} };
}
