import type { MediaSource, Part } from "../../exchange/part.ts";
import type { Printable } from "../../kernel/json.ts";
import { type Block, type RequestNotes, refuse } from "./request-notes.ts";

type MediaPart = Extract<Part, { kind: "image" | "document" | "audio" | "video" }>;

/** Writes an image, a document, a sound or a film, by its bytes or by its place in S3. */
export function encodeMedia(part: MediaPart, notes: RequestNotes): Block {
  switch (part.kind) {
    case "image": {
      if (part.detail !== undefined && part.detail !== "auto") notes.drop("image_url.detail");
      const format = formatOf(imageFormats, "image", part.mediaType ?? typeOfName(part.source));
      return { image: { format, source: sourceOf(part.source, "image") } };
    }
    case "document":
      return encodeDocument(part, notes);
    case "audio":
      return {
        audio: {
          format: formatOf(audioFormats, "audio", part.mediaType),
          source: sourceOf(part.source, "audio"),
        },
      };
    case "video":
      return {
        video: {
          format: formatOf(videoFormats, "video", part.mediaType),
          source: sourceOf(part.source, "video"),
        },
      };
  }
}

function encodeDocument(
  { source, mediaType, title }: Extract<Part, { kind: "document" }>,
  notes: RequestNotes,
): Block {
  const format = source.kind === "text" ? "txt" : documentFormat(mediaType, notes);
  return { document: { format, name: notes.documentName(title), source: sourceOf(source, "document") } };
}

/** Text of any other kind is sent as plain text. */
function documentFormat(mediaType: string | undefined, notes: RequestNotes): string {
  const type = essence(mediaType);
  const format = documentFormats.get(type);
  if (format !== undefined) return format;
  if (!/^text\/|^application\/(?:json|xml|yaml|x-yaml|javascript)$/.test(type))
    return unknownType("document", type);
  notes.note({ kind: "changed", subject: "document", note: `${type} is sent as plain text` });
  return "txt";
}

function sourceOf(source: MediaSource, kind: MediaPart["kind"]): Printable {
  switch (source.kind) {
    case "base64":
      return { bytes: source.data };
    case "url":
      // The one kind of address that Bedrock reads itself.
      if (source.url.startsWith("s3://")) return { s3Location: { uri: source.url } };
      return refuse(
        "unsupported_content",
        "messages",
        `This model takes no ${kind} by its URL, only its bytes.`,
      );
    case "text":
      return { bytes: base64Of(source.text) };
    case "file":
      return refuse(
        "unsupported_content",
        "messages",
        "A file kept by another provider cannot be read by this model.",
      );
  }
}

function formatOf(
  formats: ReadonlyMap<string, string>,
  kind: MediaPart["kind"],
  mediaType: string | undefined,
): string {
  const type = essence(mediaType);
  return formats.get(type) ?? unknownType(kind, type);
}

function unknownType(kind: MediaPart["kind"], type: string): never {
  const shown = type === "" ? "unknown type" : `type ${type}`;
  return refuse("unsupported_content", "messages", `This model does not take a ${kind} of ${shown}.`);
}

/** A media type without its parameters. */
function essence(mediaType: string | undefined): string {
  return mediaType?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** An object in S3 has its type in its name. */
function typeOfName(source: MediaSource): string | undefined {
  const extension = source.kind === "url" ? /\.([a-z]+)$/i.exec(source.url)?.[1] : undefined;
  return extension === undefined ? undefined : `image/${extension}`;
}

function base64Of(text: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Formats by media type. Sources: Amazon Bedrock API reference, `ImageBlock`, `DocumentBlock`, `AudioBlock`, `VideoBlock`. */
const imageFormats: ReadonlyMap<string, string> = new Map([
  ["image/jpeg", "jpeg"],
  ["image/jpg", "jpeg"],
  ["image/png", "png"],
  ["image/gif", "gif"],
  ["image/webp", "webp"],
]);
const documentFormats: ReadonlyMap<string, string> = new Map([
  ["application/pdf", "pdf"],
  ["text/csv", "csv"],
  ["application/msword", "doc"],
  ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"],
  ["application/vnd.ms-excel", "xls"],
  ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"],
  ["text/html", "html"],
  ["text/plain", "txt"],
  ["text/markdown", "md"],
]);
const audioFormats: ReadonlyMap<string, string> = new Map([
  ["audio/mpeg", "mp3"],
  ["audio/mp3", "mp3"],
  ["audio/wav", "wav"],
  ["audio/x-wav", "wav"],
  ["audio/wave", "wav"],
  ["audio/flac", "flac"],
  ["audio/ogg", "ogg"],
  ["audio/opus", "opus"],
  ["audio/aac", "aac"],
  ["audio/mp4", "mp4"],
  ["audio/m4a", "m4a"],
  ["audio/x-m4a", "m4a"],
  ["audio/webm", "webm"],
  ["audio/pcm", "pcm"],
]);
const videoFormats: ReadonlyMap<string, string> = new Map([
  ["video/mp4", "mp4"],
  ["video/quicktime", "mov"],
  ["video/x-matroska", "mkv"],
  ["video/webm", "webm"],
  ["video/x-flv", "flv"],
  ["video/mpeg", "mpeg"],
  ["video/x-ms-wmv", "wmv"],
  ["video/3gpp", "three_gp"],
]);
