import type { MediaSource, Part } from "../../exchange/part.ts";
import type { Printable } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";

export type TextPart = { readonly type: "text"; readonly text: string };
type Content = string | readonly Printable[];

/** Parts of a user message; blank text is left out. What Chat has no part for is refused. */
export function userParts(parts: readonly Part[], ledger: Ledger): readonly Printable[] {
  return parts.flatMap((part) => userPart(part, ledger));
}

/** A single text as a string, several parts as a list: the form that every server takes where it can. */
export function contentOf(parts: readonly Printable[]): Content | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  return parts.length === 1 && isTextPart(first) ? first.text : parts;
}

function isTextPart(part: Printable): part is TextPart {
  return typeof part === "object" && part !== null && "type" in part && part["type"] === "text";
}

/** The texts of instructions or results; blank ones are left out. */
export function textParts(parts: readonly Part[]): readonly TextPart[] {
  return parts.flatMap((part) =>
    part.kind === "text" && part.text.trim() !== "" ? [{ type: "text" as const, text: part.text }] : [],
  );
}

function userPart(part: Part, ledger: Ledger): readonly Printable[] {
  if (part.cache !== undefined) ledger.note({ kind: "dropped", subject: "cache_control" });
  switch (part.kind) {
    case "text":
      return textParts([part]);
    case "image":
      return imagePart(part, ledger);
    case "document":
      return documentPart(part, ledger);
    case "audio":
      return audioPart({ source: part.source, mediaType: part.mediaType }, ledger);
    case "video":
      ledger.refuse("unsupported_content", "video");
      return [];
    case "opaque":
      if (part.origin === "openai-chat") return [part.raw];
      ledger.refuse("unsupported_content", `content of type ${part.type}`);
      return [];
    case "refusal":
    case "reasoning":
    case "tool-call":
    case "tool-result":
      ledger.refuse("unsupported_content", `a ${part.kind} in this place`);
      return [];
  }
}

function imagePart(part: Extract<Part, { kind: "image" }>, ledger: Ledger): readonly Printable[] {
  const { source, detail } = part;
  const kept = detail === undefined ? {} : { detail };
  switch (source.kind) {
    case "url":
      return [{ type: "image_url", image_url: { url: source.url, ...kept } }];
    case "base64":
      return [
        {
          type: "image_url",
          image_url: { url: dataUrl(part.mediaType ?? "image/png", source.data), ...kept },
        },
      ];
    case "text":
    case "file":
      ledger.refuse("unsupported_content", "an image by its file id");
      return [];
  }
}

function documentPart(part: Extract<Part, { kind: "document" }>, ledger: Ledger): readonly Printable[] {
  const { source, title } = part;
  switch (source.kind) {
    case "text":
      return textParts([
        { kind: "text", text: title === undefined ? source.text : `${title}\n\n${source.text}` },
      ]);
    case "base64": {
      const mediaType = part.mediaType ?? "application/pdf";
      const filename = title ?? (mediaType === "application/pdf" ? "document.pdf" : "document");
      return [{ type: "file", file: { filename, file_data: dataUrl(mediaType, source.data) } }];
    }
    case "url":
      ledger.refuse("unsupported_content", "a document by its URL");
      return [];
    case "file":
      ledger.refuse("unsupported_content", "a document by its file id");
      return [];
  }
}

function audioPart(
  part: { readonly source: MediaSource; readonly mediaType: string },
  ledger: Ledger,
): readonly Printable[] {
  if (part.source.kind !== "base64") {
    ledger.refuse("unsupported_content", "audio that is not sent inline");
    return [];
  }
  const format =
    part.mediaType === "audio/mpeg" ? "mp3" : part.mediaType.slice(part.mediaType.indexOf("/") + 1);
  return [{ type: "input_audio", input_audio: { data: part.source.data, format } }];
}

function dataUrl(mediaType: string, data: string): string {
  return `data:${mediaType};base64,${data}`;
}
