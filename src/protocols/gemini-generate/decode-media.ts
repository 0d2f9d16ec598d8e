import type { MediaSource, Part } from "../../exchange/part.ts";
import { RawJson } from "../../kernel/json.ts";
import { blame, declareRest, type Place, placeOf, requiredString, stringOf } from "./fields.ts";
import { standardBase64 } from "./seals.ts";

/** The media of `inlineData` or `fileData`; also those of a function's response. */
export function decodeMedia(place: Place, data: "inlineData" | "fileData"): readonly Part[] {
  const media = placeOf(place, data);
  if (media === undefined) return [];
  const mediaType = stringOf(media, "mimeType");
  // A file of which Google knows the type, a video of YouTube: no other provider could do anything with it.
  if (mediaType === undefined && data === "fileData") return [opaque(place, data)];
  const source = data === "inlineData" ? inlineSource(media) : fileSource(media);
  if (source === undefined || mediaType === undefined) {
    if (mediaType === undefined) blame(media, "mimeType", "a media type");
    return [];
  }
  declareRest(place, new Set([data]));
  declareRest(media, mediaMembers);
  const title = stringOf(media, "displayName");
  const kind = kindOf(mediaType);
  return kind === "document"
    ? [{ kind, source, mediaType, ...(title === undefined ? {} : { title }) }]
    : [{ kind, source, mediaType }];
}

const mediaMembers = new Set(["mimeType", "data", "fileUri", "displayName"]);

function kindOf(mediaType: string): "image" | "audio" | "video" | "document" {
  const family = mediaType.slice(0, mediaType.indexOf("/")).toLowerCase();
  return family === "image" || family === "audio" || family === "video" ? family : "document";
}

function inlineSource(media: Place): MediaSource | undefined {
  const data = requiredString(media, "data");
  return data === undefined ? undefined : { kind: "base64", data: standardBase64(data) };
}

/** Files that Google keeps are known by id, and to it alone; others by their URL. */
function fileSource(media: Place): MediaSource | undefined {
  const uri = requiredString(media, "fileUri");
  if (uri === undefined) return undefined;
  const isPublic =
    /^https?:\/\//i.test(uri) && !/^https:\/\/generativelanguage\.googleapis\.com\//i.test(uri);
  return isPublic ? { kind: "url", url: uri } : { kind: "file", id: uri };
}

/** A part that only this dialect knows. */
export function opaque(place: Place, type: string): Part {
  return {
    kind: "opaque",
    type,
    origin: "gemini-generate",
    raw: new RawJson(place.raw()?.text() ?? "null"),
  };
}
