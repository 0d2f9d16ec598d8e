import type { MediaSource, Part } from "../../exchange/part.ts";
import type { Printable } from "../../kernel/json.ts";
import { type RequestNotes, refuse } from "./request-notes.ts";

type PartOf<Kind extends Part["kind"]> = Extract<Part, { kind: Kind }>;
type Media = PartOf<"image" | "document" | "audio" | "video">;

/** Writes a part of a turn, calls and results of tools apart; nothing for empty text and for foreign reasoning. */
export function encodePart(part: Part, notes: RequestNotes): readonly Printable[] {
  if (part.cache !== undefined) notes.warn({ kind: "dropped", subject: "cache_control" });
  switch (part.kind) {
    case "text":
      return encodeText(part, notes);
    case "refusal":
      return part.text.trim() === "" ? [] : [{ text: part.text }];
    case "image":
    case "document":
    case "audio":
    case "video":
      return encodeMedia(part, notes);
    case "reasoning":
      return encodeThought(part, notes);
    case "opaque":
      if (part.origin === "gemini-generate") return [part.raw];
      return refuse(
        "unsupported_content",
        "messages",
        `This model does not take content of type ${part.type}.`,
      );
    case "tool-call":
    case "tool-result":
      return refuse("unsupported_content", "messages", `A ${part.kind} cannot stand in this place.`);
  }
}

/** Text; blank text is left out unless it brings a signature. */
function encodeText({ text, seal, citations }: PartOf<"text">, notes: RequestNotes): readonly Printable[] {
  if (citations !== undefined && citations.length > 0) notes.warn({ kind: "dropped", subject: "citations" });
  const signature = ownSeal(seal, notes);
  if (signature === undefined) return text.trim() === "" ? [] : [{ text }];
  return [{ text, thoughtSignature: signature }];
}

/** Thoughts go back to the provider they are from; one vendor's state is nothing to another. */
function encodeThought(
  { text, seal, isRedacted }: PartOf<"reasoning">,
  notes: RequestNotes,
): readonly Printable[] {
  const isOwn = seal === undefined ? notes.source === "gemini-generate" : seal.origin === "gemini-generate";
  if (!isOwn || isRedacted) {
    notes.warn({ kind: "dropped", subject: "reasoning", note: "it is not of this provider" });
    return [];
  }
  return [{ text, thought: true, thoughtSignature: seal?.value }];
}

function ownSeal(seal: PartOf<"text">["seal"], notes: RequestNotes): string | undefined {
  if (seal === undefined || seal.origin === "gemini-generate") return seal?.value;
  notes.warn({ kind: "dropped", subject: "reasoning", note: "it is not of this provider" });
  return undefined;
}

/** Writes media: their bytes, or where to get them. A document that is text becomes text. */
export function encodeMedia(part: Media, notes: RequestNotes): readonly Printable[] {
  const { source } = part;
  const title = part.kind === "document" ? part.title : undefined;
  if (part.kind === "image" && part.detail !== undefined && part.detail !== "auto") {
    notes.warn({ kind: "dropped", subject: "image_url.detail" });
  }
  switch (source.kind) {
    case "text":
      return [{ text: title === undefined ? source.text : `${title}\n\n${source.text}` }];
    case "base64": {
      if (title !== undefined) notes.warn({ kind: "dropped", subject: "title" });
      return [
        {
          inlineData: { mimeType: part.mediaType ?? typeOfBytes(source.data, part.kind), data: source.data },
        },
      ];
    }
    case "url":
    case "file": {
      if (title !== undefined) notes.warn({ kind: "dropped", subject: "title" });
      const fileUri = uriOf(source, part.kind, notes);
      return [{ fileData: { mimeType: part.mediaType ?? typeOfPath(fileUri), fileUri } }];
    }
  }
}

const ownFile = /^https:\/\/generativelanguage\.googleapis\.com\//;
const video = /^https:\/\/(?:(?:www|m)\.)?(?:youtube\.com|youtu\.be)\//;

/**
 * An address that the model may read from: Google's own file store, YouTube, and from Gemini 2.5 on any `https` one.
 * Gemini's own clients know what they name.
 */
function uriOf(
  source: Extract<MediaSource, { kind: "url" | "file" }>,
  kind: Media["kind"],
  { source: client, abilities }: RequestNotes,
): string {
  const uri = source.kind === "url" ? source.url : source.id;
  const isFetched = abilities.fetchesUrls && source.kind === "url" && /^https:\/\//i.test(uri);
  if (client === "gemini-generate" || ownFile.test(uri) || isFetched) return uri;
  if (kind === "video" && video.test(uri)) return uri;
  return refuse(
    "unsupported_content",
    "messages",
    source.kind === "file"
      ? "A file kept by another provider cannot be read by this model."
      : `This model does not read ${kind === "audio" ? "" : "a "}${kind} from such an address: send its bytes.`,
  );
}

const extensions: ReadonlyMap<string, string> = new Map([
  ["jpg", "image/jpeg"],
  ["jpeg", "image/jpeg"],
  ["png", "image/png"],
  ["webp", "image/webp"],
  ["gif", "image/gif"],
  ["heic", "image/heic"],
  ["pdf", "application/pdf"],
  ["mp4", "video/mp4"],
  ["mp3", "audio/mp3"],
  ["wav", "audio/wav"],
]);

/** The type that an address ends in; `undefined` when it tells none: then it is Gemini that finds out. */
function typeOfPath(uri: string): string | undefined {
  const extension = /\.([a-z0-9]+)(?:[?#]|$)/i.exec(uri.slice(uri.indexOf("//") + 2))?.[1];
  return extension === undefined ? undefined : extensions.get(extension.toLowerCase());
}

const magic: readonly (readonly [start: string, mediaType: string])[] = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
  ["JVBERi0", "application/pdf"],
];

/** The type of bytes whose sender told none: by what they begin with. */
function typeOfBytes(base64: string, kind: Media["kind"]): string {
  const found = magic.find(([start]) => base64.startsWith(start));
  return found?.[1] ?? (kind === "image" ? "image/png" : "application/pdf");
}
