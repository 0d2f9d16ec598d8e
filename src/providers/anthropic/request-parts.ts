import type { MediaSource, Part, Seal } from "../../exchange/part.ts";
import { isJsonObject, type Printable, parseJson, printJson, RawJson } from "../../kernel/json.ts";
import { type RequestNotes, refuse } from "./request-notes.ts";
import { emulatedInput } from "./request-tools.ts";

/** A block of a request's message. */
export type RequestBlock = RawJson | { readonly [member: string]: Printable | undefined };

/** Writes one part of a turn; no block for empty text, and for reasoning that this provider did not seal. */
export function encodePart(
  part: Part,
  role: "user" | "assistant",
  notes: RequestNotes,
): RequestBlock | undefined {
  switch (part.kind) {
    case "text":
      return encodeText(part, notes);
    case "refusal":
      if (part.text.trim() === "") return undefined;
      return { type: "text", text: part.text, ...notes.cacheControl(part.cache) };
    case "image":
    case "document":
      if (role === "assistant")
        return refuse("unsupported_content", "messages", `An assistant message cannot carry a ${part.kind}.`);
      return part.kind === "image" ? encodeImage(part, notes) : encodeDocument(part, notes);
    case "audio":
    case "video":
      return refuse("unsupported_content", "messages", `This model does not take ${part.kind}.`);
    case "reasoning":
      return encodeReasoning(part, notes);
    case "tool-call":
      dropSeal(part, notes);
      return {
        type: "tool_use",
        id: notes.toolId(part.id),
        name: part.name,
        input:
          part.isCustom === true
            ? emulatedInput(part.argumentsText)
            : encodeInput(part.argumentsText, part.name, notes),
        ...notes.cacheControl(part.cache),
      };
    case "tool-result":
      return encodeToolResult(part, notes);
    case "opaque":
      if (part.origin === "anthropic-messages") return part.raw;
      return refuse(
        "unsupported_content",
        "messages",
        `This model does not take content of type ${part.type}.`,
      );
  }
}

/** Writes parts in order, without those that give no block. */
export function encodeParts(
  parts: readonly Part[],
  role: "user" | "assistant",
  notes: RequestNotes,
): readonly RequestBlock[] {
  return parts.map((part) => encodePart(part, role, notes)).filter((block) => block !== undefined);
}

type PartOf<Kind extends Part["kind"]> = Extract<Part, { kind: Kind }>;

/** Text with the citations that are of this provider; those of others point into sources it does not know. */
function encodeText(part: PartOf<"text">, notes: RequestNotes): RequestBlock | undefined {
  dropSeal(part, notes);
  const { text, citations = [], cache } = part;
  if (text.trim() === "") return undefined;
  const own = citations.filter((citation) => citation.origin === "anthropic-messages");
  if (own.length < citations.length)
    notes.warnings.push({ kind: "dropped", subject: "citations", note: "they are not of this provider" });
  const cited = own.length === 0 ? {} : { citations: own.map(({ raw }) => raw) };
  return { type: "text", text, ...cited, ...notes.cacheControl(cache) };
}

/** This provider seals its thinking only: a seal on a text or a call is another's. */
function dropSeal({ seal }: { readonly seal?: Seal }, notes: RequestNotes): void {
  if (seal === undefined) return;
  notes.warnings.push({ kind: "dropped", subject: "seal", note: "it is of another provider" });
}

function encodeImage(
  { source, mediaType, detail, cache }: PartOf<"image">,
  notes: RequestNotes,
): RequestBlock {
  if (detail !== undefined && detail !== "auto")
    notes.warnings.push({ kind: "dropped", subject: "image_url.detail" });
  return { type: "image", source: encodeSource(source, mediaType, "image"), ...notes.cacheControl(cache) };
}

function encodeDocument(
  { source, mediaType, title, cache }: PartOf<"document">,
  notes: RequestNotes,
): RequestBlock {
  return {
    type: "document",
    source: encodeSource(source, mediaType, "document"),
    title,
    ...notes.cacheControl(cache),
  };
}

const imageTypes = new Set(["image/jpeg", "image/png", "image/gif", "image/webp"]);

function encodeSource(
  source: MediaSource,
  mediaType: string | undefined,
  kind: "image" | "document",
): Printable {
  switch (source.kind) {
    case "url":
      return { type: "url", url: source.url };
    case "text":
      return { type: "text", media_type: "text/plain", data: source.text };
    case "file":
      return refuse(
        "unsupported_content",
        "messages",
        "A file kept by another provider cannot be read by this model.",
      );
    case "base64": {
      if (kind === "image" && mediaType !== undefined && imageTypes.has(mediaType)) {
        return { type: "base64", media_type: mediaType, data: source.data };
      }
      if (kind === "document" && mediaType === "application/pdf") {
        return { type: "base64", media_type: mediaType, data: source.data };
      }
      if (kind === "document" && mediaType?.startsWith("text/") === true) {
        return { type: "text", media_type: "text/plain", data: decodeText(source.data) };
      }
      return refuse(
        "unsupported_content",
        "messages",
        `This model does not take a ${kind} of type ${mediaType ?? "unknown"}.`,
      );
    }
  }
}

function decodeText(base64: string): string {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuse("unsupported_content", "messages", "A text document is not base64 of UTF-8.");
  }
}

/** Thinking goes back only to the provider that sealed it; without its seal it would be refused. */
function encodeReasoning(
  { text, seal, isRedacted }: PartOf<"reasoning">,
  notes: RequestNotes,
): RequestBlock | undefined {
  if (seal?.origin !== "anthropic-messages") {
    notes.warnings.push({
      kind: "dropped",
      subject: "reasoning",
      note: "it has no signature of this provider",
    });
    return undefined;
  }
  return isRedacted
    ? { type: "redacted_thinking", data: seal.value }
    : { type: "thinking", thinking: text, signature: seal.value };
}

/** Arguments as an object: their own text if they are one, else wrapped, declared, and unwrapped on the way back. */
function encodeInput(text: string, tool: string, notes: RequestNotes): RawJson {
  if (text.trim() === "") return new RawJson("{}");
  if (isJsonObject(parseJson(text))) return new RawJson(text);
  const note = "its arguments are no JSON object and stand in the member arguments";
  notes.warnings.push({ kind: "changed", subject: `tool call ${tool}`, note });
  return new RawJson(printJson({ arguments: text }));
}

function encodeToolResult(part: PartOf<"tool-result">, notes: RequestNotes): RequestBlock {
  const content = encodeParts(part.content, "user", notes);
  return {
    type: "tool_result",
    tool_use_id: notes.toolId(part.callId),
    content: content.length === 0 ? undefined : content,
    is_error: part.isError ? true : undefined,
    ...notes.cacheControl(part.cache),
  };
}
