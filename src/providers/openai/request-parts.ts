import type { CacheMark, MediaSource, Part } from "../../exchange/part.ts";
import type { Printable } from "../../kernel/json.ts";
import type { Writing } from "./request-writing.ts";

/** A content part of a message, or of a tool's output. */
export type ContentPart = Printable;
type TextContent = { readonly type: "input_text"; readonly text: string };

/** What stands in a message or an output: a single unmarked text is a string, all else a list of parts. */
export function contentOf(parts: readonly ContentPart[]): string | readonly ContentPart[] {
  const [first] = parts;
  if (first === undefined) return "";
  return parts.length === 1 && isPlainText(first) ? first.text : parts;
}

function isPlainText(part: ContentPart): part is TextContent {
  return (
    typeof part === "object" &&
    part !== null &&
    "type" in part &&
    part["type"] === "input_text" &&
    !("prompt_cache_breakpoint" in part)
  );
}

/** Writes parts in order; blank text is left out. What the dialect has no part for is refused. */
export function inputParts(parts: readonly Part[], writing: Writing): readonly ContentPart[] {
  return parts.flatMap((part) => inputPart(part, writing));
}

/** Whether an opaque part is content of a message, and not an item of its own. */
export function isContentType(type: string): boolean {
  return /^(?:input|output)_/.test(type);
}

function inputPart(part: Part, writing: Writing): readonly ContentPart[] {
  const { ledger } = writing;
  switch (part.kind) {
    case "text":
    case "refusal":
      return textPart(part.text, part.cache, writing);
    case "image":
      return imagePart(part, writing);
    case "document":
      return documentPart(part, writing);
    case "audio":
    case "video":
      ledger.refuse("unsupported_content", part.kind);
      return [];
    case "opaque":
      if (part.origin === "openai-responses" && isContentType(part.type)) return [part.raw];
      ledger.refuse("unsupported_content", `content of type ${part.type}`);
      return [];
    case "reasoning":
    case "tool-call":
    case "tool-result":
      ledger.refuse("unsupported_content", `a ${part.kind} in this place`);
      return [];
  }
}

function textPart(text: string, cache: CacheMark | undefined, { markFor }: Writing): readonly ContentPart[] {
  return text.trim() === "" ? [] : [{ type: "input_text", text, ...markFor(cache) }];
}

type PartOf<Kind extends Part["kind"]> = Extract<Part, { kind: Kind }>;

function imagePart(part: PartOf<"image">, writing: Writing): readonly ContentPart[] {
  const source = imageSource(part.source, part.mediaType, writing);
  if (source === undefined) return [];
  return [{ type: "input_image", detail: part.detail ?? "auto", ...source, ...writing.markFor(part.cache) }];
}

function imageSource(
  source: MediaSource,
  mediaType: string | undefined,
  { ledger, knowsFiles }: Writing,
): { readonly image_url: string } | { readonly file_id: string } | undefined {
  switch (source.kind) {
    case "url":
      return { image_url: source.url };
    case "base64":
      return { image_url: dataUrl(mediaType ?? "image/png", source.data) };
    case "file":
      if (knowsFiles) return { file_id: source.id };
      ledger.refuse("unsupported_content", "an image by the file id of another provider");
      return undefined;
    case "text":
      ledger.refuse("unsupported_content", "an image that is text");
      return undefined;
  }
}

function documentPart(part: PartOf<"document">, writing: Writing): readonly ContentPart[] {
  const { source, title, cache } = part;
  const named = title === undefined ? {} : { filename: title };
  switch (source.kind) {
    case "text":
      return textPart(title === undefined ? source.text : `${title}\n\n${source.text}`, cache, writing);
    case "url":
      return [{ type: "input_file", file_url: source.url, ...writing.markFor(cache) }];
    case "base64": {
      const mediaType = part.mediaType ?? "application/pdf";
      const filename = title ?? (mediaType === "application/pdf" ? "document.pdf" : "document");
      const file = { filename, file_data: dataUrl(mediaType, source.data) };
      return [{ type: "input_file", ...file, ...writing.markFor(cache) }];
    }
    case "file":
      if (writing.knowsFiles)
        return [{ type: "input_file", file_id: source.id, ...named, ...writing.markFor(cache) }];
      writing.ledger.refuse("unsupported_content", "a document by the file id of another provider");
      return [];
  }
}

function dataUrl(mediaType: string, data: string): string {
  return `data:${mediaType};base64,${data}`;
}
