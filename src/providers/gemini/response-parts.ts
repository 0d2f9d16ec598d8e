import type { Part, Seal } from "../../exchange/part.ts";
import type { JsonSlice } from "../../framing/json-slices.ts";
import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";
import { isJsonObject, type JsonObject, RawJson } from "../../kernel/json.ts";
import { stringOf } from "./candidate.ts";

/** One part of an answer, as far as whole answers and streams read it alike. */
export type ReadPart =
  | {
      readonly kind: "words";
      readonly block: "text" | "reasoning";
      readonly text: string;
      readonly seal: Seal | undefined;
    }
  | { readonly kind: "call"; readonly call: JsonObject; readonly seal: Seal | undefined }
  /** `losesSeal`: it came with a signature, for which the canonical form has no place there. */
  | { readonly kind: "whole"; readonly value: Part; readonly losesSeal: boolean };

/** Reads a part; `raw` finds its text when that is needed. */
export function readPart(part: JsonObject, raw: () => JsonSlice | undefined): ReadPart {
  const signature = stringOf(part, "thoughtSignature");
  const seal = signature === "" ? undefined : ({ origin: "gemini-generate", value: signature } as const);
  const { functionCall, inlineData, text, thought } = part;
  if (isJsonObject(functionCall)) return { kind: "call", call: functionCall, seal };
  if (typeof text === "string" || isOnlySigned(part)) {
    const block = thought === true ? "reasoning" : "text";
    return { kind: "words", block, text: typeof text === "string" ? text : "", seal };
  }
  // A picture that was only thought of is not part of the answer.
  const isMedia = isJsonObject(inlineData) && thought !== true;
  const value = isMedia ? mediaOf(inlineData) : opaqueOf(part, raw);
  return { kind: "whole", value, losesSeal: seal !== undefined && value.kind !== "opaque" };
}

/** The text of a call's arguments as it was written; `""` when there are none. */
export function argumentsOf(call: JsonObject, part: JsonSlice | undefined): string {
  if (!isJsonObject(call["args"])) return "";
  return part?.member("functionCall")?.member("args")?.text() ?? "";
}

/** The call's id. Gemini gives none before version 3: then it is a hash of the answer's id and the place in it. */
export function callIdOf(
  call: JsonObject,
  place: { readonly answerId: string; readonly ordinal: number },
): string {
  const own = stringOf(call, "id");
  if (own !== "") return own;
  const { answerId, ordinal } = place;
  return `call_${base62(fingerprint128(`${answerId}:${ordinal}:${stringOf(call, "name")}`))}`;
}

function isOnlySigned(part: JsonObject): boolean {
  return Object.keys(part).every((name) => name === "thoughtSignature" || name === "thought");
}

function mediaOf(blob: JsonObject): Part {
  const mediaType = stringOf(blob, "mimeType");
  const source = { kind: "base64", data: stringOf(blob, "data") } as const;
  switch (mediaType.slice(0, mediaType.indexOf("/"))) {
    case "image":
      return { kind: "image", source, mediaType };
    case "audio":
      return { kind: "audio", source, mediaType };
    case "video":
      return { kind: "video", source, mediaType };
    default:
      return { kind: "document", source, mediaType };
  }
}

const notTypes: ReadonlySet<string> = new Set(["thoughtSignature", "partMetadata", "mediaResolution"]);

function opaqueOf(part: JsonObject, raw: () => JsonSlice | undefined): Part {
  const names = Object.keys(part).filter((name) => !notTypes.has(name));
  return {
    kind: "opaque",
    type: names[0] ?? "part",
    origin: "gemini-generate",
    raw: new RawJson(raw()?.text() ?? "null"),
  };
}
