import type { Citation, MediaSource, Part, RankedToken, Seal, TokenLogprob } from "../../exchange/part.ts";
import { base64Bytes, bytesOfBase64 } from "../../framing/base64.ts";
import { type JsonObject, type Printable, RawJson } from "../../kernel/json.ts";
import { type Blame, given, objectIn, objectsIn, optionalText, textIn } from "./fields.ts";

type Wrap = ((seal: Seal) => string) | undefined;
type Printed = { readonly [member: string]: Printable | undefined };

/** A part as `ai.v1.Part`. Without `wrap` seals are left out. */
export function printPart(part: Part, wrap: Wrap): Printed {
  const seal = "seal" in part && part.seal !== undefined ? wrap?.(part.seal) : undefined;
  const cache = part.cache === undefined ? undefined : (part.cache.ttl ?? "");
  return { ...kindOf(part, wrap), seal, cache };
}

function kindOf(part: Part, wrap: Wrap): Printed {
  switch (part.kind) {
    case "text":
      return {
        text: {
          text: part.text,
          citations: part.citations?.map(printCitation),
          logprobs: part.logprobs?.map(printLogprob),
        },
      };
    case "refusal":
      return { refusal: { text: part.text } };
    case "image":
      return { image: { ...sourceOf(part.source), mediaType: part.mediaType, detail: part.detail } };
    case "document":
      return { document: { ...sourceOf(part.source), mediaType: part.mediaType, title: part.title } };
    case "audio":
    case "video":
      return { [part.kind]: { ...sourceOf(part.source), mediaType: part.mediaType } };
    case "reasoning":
      return {
        reasoning: { text: part.text, isSummary: part.isSummary, isRedacted: part.isRedacted },
      };
    case "tool-call":
      return {
        toolCall: {
          id: part.id,
          name: part.name,
          arguments: part.argumentsText,
          isCustom: part.isCustom,
        },
      };
    case "tool-result":
      return {
        toolResult: {
          callId: part.callId,
          name: part.name,
          isError: part.isError,
          content: part.content.map((inner) => printPart(inner, wrap)),
        },
      };
    case "opaque":
      return { opaque: { type: part.type, origin: part.origin, json: part.raw.text } };
  }
}

function sourceOf(source: MediaSource): Printed {
  switch (source.kind) {
    case "base64":
      return { data: source.data };
    case "url":
      return { url: source.url };
    case "text":
      return { text: source.text };
    case "file":
      return { fileId: source.id };
  }
}

export const printCitation = ({ url, title, quote, start, end }: Citation): Printed => ({
  url,
  title,
  quote,
  start,
  end,
});

export const printLogprob = ({ top, ...chosen }: TokenLogprob): Printed => ({
  chosen: printToken(chosen),
  top: top.map(printToken),
});

const printToken = ({ token, logprob, bytes }: RankedToken): Printed => ({
  token,
  logprob,
  utf8:
    bytes === undefined ? undefined : new TextDecoder("latin1").decode(base64Bytes(Uint8Array.from(bytes))),
});

/** Reads an `ai.v1.Part` of a request. What it does not have is told at `path`. */
export function readPart(json: JsonObject, path: string, blame: Blame): Part | undefined {
  const found = readKind(json, path, blame);
  if (found === undefined) {
    blame.problems.push({ path, expected: "a part of one kind, with its source", got: "none" });
    return undefined;
  }
  const ttl = optionalText(json, "cache");
  if (ttl === undefined) return found;
  return { ...found, cache: ttl === "5m" || ttl === "1h" ? { ttl } : {} };
}

export const readParts = (list: readonly JsonObject[], path: string, blame: Blame): readonly Part[] =>
  list.flatMap((json, index) => readPart(json, `${path}[${index}]`, blame) ?? []);

function readKind(json: JsonObject, path: string, blame: Blame): Part | undefined {
  const of = (name: string): JsonObject | undefined => objectIn(json, name);
  const sealText = optionalText(json, "seal");
  const sealed = given({ seal: sealText === undefined ? undefined : blame.unwrap(sealText) });
  const [text, refusal, thought, call, result] = [
    of("text"),
    of("refusal"),
    of("reasoning"),
    of("toolCall"),
    of("toolResult"),
  ];
  if (text !== undefined) return { kind: "text", text: textIn(text, "text"), ...sealed };
  if (refusal !== undefined) return { kind: "refusal", text: textIn(refusal, "text") };
  if (thought !== undefined) {
    return {
      kind: "reasoning",
      text: textIn(thought, "text"),
      ...(thought["isSummary"] === true ? { isSummary: true } : {}),
      isRedacted: thought["isRedacted"] === true,
      ...sealed,
    };
  }
  if (call !== undefined) {
    return {
      kind: "tool-call",
      id: textIn(call, "id"),
      name: textIn(call, "name"),
      argumentsText: textIn(call, "arguments"),
      ...(call["isCustom"] === true ? { isCustom: true } : {}),
      ...sealed,
    };
  }
  if (result !== undefined) {
    return {
      kind: "tool-result",
      callId: textIn(result, "callId"),
      ...given({ name: optionalText(result, "name") }),
      isError: result["isError"] === true,
      content: readParts(objectsIn(result, "content"), `${path}.tool_result.content`, blame),
    };
  }
  return readMedia(json);
}

function readMedia(json: JsonObject): Part | undefined {
  for (const kind of ["image", "document", "audio", "video"] as const) {
    const media = objectIn(json, kind);
    if (media === undefined) continue;
    const source = readSource(media);
    const mediaType = optionalText(media, "mediaType");
    if (source === undefined) return undefined;
    if (kind === "image")
      return { kind, source, ...given({ mediaType, detail: optionalText(media, "detail") }) };
    if (kind === "document")
      return { kind, source, ...given({ mediaType, title: optionalText(media, "title") }) };
    return mediaType === undefined ? undefined : { kind, source, mediaType };
  }
  const opaque = objectIn(json, "opaque");
  const origin = origins.find((name) => name === opaque?.["origin"]);
  if (opaque === undefined || origin === undefined) return undefined;
  return { kind: "opaque", type: textIn(opaque, "type"), origin, raw: new RawJson(textIn(opaque, "json")) };
}

/** Whose parts may come back. */
const origins = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini-generate",
  "bedrock-converse",
  "cohere-chat",
  "mistral-chat",
] as const;

function readSource(media: JsonObject): MediaSource | undefined {
  const data = optionalText(media, "data");
  const url = optionalText(media, "url");
  const text = optionalText(media, "text");
  const id = optionalText(media, "fileId");
  if (data !== undefined) return bytesOfBase64(data) === undefined ? undefined : { kind: "base64", data };
  if (url !== undefined) return { kind: "url", url };
  if (text !== undefined) return { kind: "text", text };
  return id === undefined ? undefined : { kind: "file", id };
}
