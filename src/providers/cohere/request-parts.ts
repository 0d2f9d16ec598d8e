import type { Part } from "../../exchange/part.ts";
import type { Printable } from "../../kernel/json.ts";
import type { Ledger } from "./ledger.ts";

type TextPart = { readonly type: "text"; readonly text: string };
type Content = string | readonly Printable[];

/** Parts of a user message: text and images; blank text is left out. What the dialect has no part for is refused. */
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
    case "video":
      return refuse(part.kind, ledger);
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
  const url = source.kind === "url" ? source.url : `data:${mediaType ?? "image/png"};base64,${source.data}`;
  const isKnown = detail !== undefined && details.has(detail);
  if (detail !== undefined && !isKnown) ledger.note({ kind: "dropped", subject: "image_url.detail" });
  return [{ type: "image_url", image_url: { url, ...(isKnown && { detail }) } }];
}

/** There is no part for files: a document of text is told as text, headed by its title. */
function documentPart(part: Extract<Part, { kind: "document" }>, ledger: Ledger): readonly Printable[] {
  const text = textOf(part);
  if (text === undefined) {
    const what = part.source.kind === "base64" ? (part.mediaType ?? "unknown type") : part.source.kind;
    return refuse(`a document that is not told as text (${what})`, ledger);
  }
  return textParts([{ kind: "text", text: part.title === undefined ? text : `${part.title}\n\n${text}` }]);
}

function textOf({ source, mediaType }: Extract<Part, { kind: "document" }>): string | undefined {
  if (source.kind === "text") return source.text;
  if (source.kind !== "base64" || mediaType?.startsWith("text/") !== true) return undefined;
  try {
    const bytes = Uint8Array.from(atob(source.data), (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
