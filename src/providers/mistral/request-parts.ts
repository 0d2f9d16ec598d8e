import type { CacheMark, Part } from "../../exchange/part.ts";
import type { Printable } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";

type TextPart = { readonly type: "text"; readonly text: string };
type Content = string | readonly Printable[];

/** Parts of a user message; blank text is left out. What the dialect has no chunk for is refused. */
export function userParts(parts: readonly Part[], ledger: Ledger): readonly Printable[] {
  return parts.flatMap((part) => userPart(part, ledger));
}

/** A single text as a string, several parts as a list; `undefined` for none. */
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

/** Declares a prompt-cache mark, for which there is no place. */
export function declareMark({ cache }: { readonly cache?: CacheMark }, ledger: Ledger): void {
  if (cache !== undefined) ledger.note({ kind: "dropped", subject: "cache_control" });
}

function userPart(part: Part, ledger: Ledger): readonly Printable[] {
  declareMark(part, ledger);
  switch (part.kind) {
    case "text":
      return textParts([part]);
    case "image":
      return imagePart(part, ledger);
    case "document":
      return documentPart(part, ledger);
    case "audio":
      if (part.source.kind !== "base64") return refuse("audio that is not sent inline", ledger);
      return [{ type: "input_audio", input_audio: part.source.data }];
    case "video":
      return refuse("video", ledger);
    case "opaque":
      return refuse(`content of type ${part.type}`, ledger);
    case "refusal":
    case "reasoning":
    case "tool-call":
    case "tool-result":
      return refuse(`a ${part.kind} in this place`, ledger);
  }
}

function refuse(what: string, ledger: Ledger): readonly Printable[] {
  ledger.refuse("unsupported_content", what, "messages");
  return [];
}

const details: ReadonlySet<string> = new Set(["auto", "low", "high"]);

function imagePart(part: Extract<Part, { kind: "image" }>, ledger: Ledger): readonly Printable[] {
  const { source, mediaType, detail } = part;
  if (source.kind === "file" || source.kind === "text") return refuse("an image by its file id", ledger);
  const url = source.kind === "url" ? source.url : dataUrl(mediaType ?? "image/png", source.data);
  const isKnown = detail !== undefined && details.has(detail);
  if (detail !== undefined && !isKnown) ledger.note({ kind: "dropped", subject: "image_url.detail" });
  return [{ type: "image_url", image_url: { url, ...(isKnown && { detail }) } }];
}

function documentPart(part: Extract<Part, { kind: "document" }>, ledger: Ledger): readonly Printable[] {
  const { source, title } = part;
  const named = title === undefined ? {} : { document_name: title };
  switch (source.kind) {
    case "text": {
      const text = title === undefined ? source.text : `${title}\n\n${source.text}`;
      return textParts([{ kind: "text", text }]);
    }
    case "url":
      return [{ type: "document_url", document_url: source.url, ...named }];
    case "base64": {
      const url = dataUrl(part.mediaType ?? "application/pdf", source.data);
      return [{ type: "document_url", document_url: url, ...named }];
    }
    case "file":
      return refuse("a document by its file id", ledger);
  }
}

function dataUrl(mediaType: string, data: string): string {
  return `data:${mediaType};base64,${data}`;
}
