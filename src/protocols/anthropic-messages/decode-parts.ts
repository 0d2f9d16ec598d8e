import type { DecodeContext } from "../../exchange/codec.ts";
import type { CacheMark, MediaSource, Part } from "../../exchange/part.ts";
import type { JsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, type JsonObject, parseJson, RawJson } from "../../kernel/json.ts";
import { decodeCitations } from "./decode-citations.ts";
import { decodeSeal, placeSeals } from "./decode-seals.ts";
import { complain, declareRest, type Notes } from "./notes.ts";

/** A value of the body together with where it stands, for messages and for its raw text. */
export interface Located {
  readonly value: Json | undefined;
  /** In the client's own spelling: `messages[2].content`. */
  readonly path: string;
  /** Finds the raw text when it is needed. */
  readonly raw: () => JsonSlice | undefined;
}

/** What reading parts needs besides the value. */
export interface PartContext extends Pick<DecodeContext, "unwrap"> {
  readonly notes: Notes;
  /** Names of tools that declare a parameter called `arguments`: what stands there is theirs, not our wrapping. */
  readonly toolsWithArguments: ReadonlySet<string>;
}

/** `content` in either form: a string, or an array of blocks. */
export function decodeContent({ value, path, raw }: Located, context: PartContext): readonly Part[] {
  if (typeof value === "string") return [{ kind: "text", text: value }];
  if (!Array.isArray(value)) {
    complain(context.notes, path, { expected: "a string or an array of content blocks", got: value });
    return [];
  }
  return placeSeals(
    value.flatMap((item: Json, index) =>
      decodeBlock({ value: item, path: `${path}[${index}]`, raw: () => raw()?.element(index) }, context),
    ),
  );
}

function decodeBlock(block: Located, context: PartContext): readonly Part[] {
  const { value, path } = block;
  if (!isJsonObject(value) || typeof value["type"] !== "string") {
    complain(context.notes, path, { expected: "a content block with a type", got: value });
    return [];
  }
  const part = decodeKnown(value, value["type"], { block, context });
  if (part === undefined) return [];
  const cache = decodeCacheMark(value["cache_control"]);
  return [cache === undefined ? part : { ...part, cache }];
}

interface Surroundings {
  readonly block: Located;
  readonly context: PartContext;
}

/** One block; `undefined` when it is refused. A type we do not know becomes opaque. */
function decodeKnown(value: JsonObject, type: string, { block, context }: Surroundings): Part | undefined {
  const { path } = block;
  const { notes } = context;
  const text = (name: string): string => {
    const found = value[name];
    if (typeof found !== "string") complain(notes, `${path}.${name}`, { expected: "a string", got: found });
    return typeof found === "string" ? found : "";
  };
  const known = knownMembers[type];
  if (known === undefined) return opaque(block, type);
  switch (type) {
    case "text": {
      declareRest(notes, { object: value, known, path });
      const citations = decodeCitations(value["citations"]);
      return { kind: "text", text: text("text"), ...(citations.length > 0 && { citations }) };
    }
    case "image": {
      const media = decodeSource(value["source"], `${path}.source`, notes);
      declareRest(notes, { object: value, known, path });
      return media === undefined ? opaque(block, type) : { kind: "image", ...media };
    }
    case "document": {
      const media = decodeSource(value["source"], `${path}.source`, notes);
      if (media === undefined) return opaque(block, type);
      declareRest(notes, { object: value, known, path });
      const title = value["title"];
      return { kind: "document", ...media, ...(typeof title === "string" ? { title } : {}) };
    }
    case "thinking": {
      const seal =
        typeof value["signature"] === "string"
          ? decodeSeal(value["signature"], { ...context, path: `${path}.signature` })
          : undefined;
      const reasoning = { kind: "reasoning", text: text("thinking"), isRedacted: false } as const;
      return seal === undefined ? reasoning : { ...reasoning, seal };
    }
    case "redacted_thinking": {
      const seal = decodeSeal(text("data"), { ...context, path: `${path}.data` });
      return seal === undefined ? undefined : { kind: "reasoning", text: "", isRedacted: true, seal };
    }
    case "tool_use": {
      if (!isJsonObject(value["input"])) {
        complain(notes, `${path}.input`, { expected: "an object", got: value["input"] });
        return undefined;
      }
      const name = text("name");
      const wrapped = context.toolsWithArguments.has(name) ? undefined : unwrap(value["input"]);
      const argumentsText = wrapped ?? block.raw()?.member("input")?.text() ?? "{}";
      return { kind: "tool-call", id: text("id"), name, argumentsText };
    }
    case "tool_result": {
      const content: Located = {
        value: value["content"] ?? [],
        path: `${path}.content`,
        raw: () => block.raw()?.member("content"),
      };
      declareRest(notes, { object: value, known, path });
      return {
        kind: "tool-result",
        callId: text("tool_use_id"),
        isError: value["is_error"] === true,
        content: decodeContent(content, context),
      };
    }
  }
  return opaque(block, type);
}

/** The members of the blocks that have a canonical form; others are declared where they are lost. */
const knownMembers: Readonly<Record<string, ReadonlySet<string>>> = {
  text: new Set(["type", "text", "citations", "cache_control"]),
  image: new Set(["type", "source", "cache_control"]),
  document: new Set(["type", "source", "title", "cache_control"]),
  thinking: new Set(["type", "thinking", "signature"]),
  redacted_thinking: new Set(["type", "data"]),
  tool_use: new Set(["type", "id", "name", "input", "cache_control"]),
  tool_result: new Set(["type", "tool_use_id", "is_error", "content", "cache_control"]),
};

function opaque({ raw }: Located, type: string): Part {
  return { kind: "opaque", type, origin: "anthropic-messages", raw: new RawJson(raw()?.text() ?? "null") };
}

/**
 * Arguments that were no JSON object cross to this dialect as `{"arguments": "<text>"}`; here they come back.
 * `undefined` when `input` is not such a wrapping.
 */
function unwrap(input: JsonObject): string | undefined {
  const text = input["arguments"];
  if (typeof text !== "string" || Object.keys(input).length !== 1) return undefined;
  return isJsonObject(parseJson(text)) ? undefined : text;
}

/** The source of an image or document; `undefined` for a kind the canonical form does not have, or a faulty one. */
function decodeSource(
  value: Json | undefined,
  path: string,
  notes: Notes,
): { readonly source: MediaSource; readonly mediaType?: string } | undefined {
  if (!isJsonObject(value) || typeof value["type"] !== "string") {
    complain(notes, path, { expected: "a source with a type", got: value });
    return undefined;
  }
  const text = (name: string): string => {
    const found = value[name];
    if (typeof found !== "string") complain(notes, `${path}.${name}`, { expected: "a string", got: found });
    return typeof found === "string" ? found : "";
  };
  switch (value["type"]) {
    case "base64":
      return { source: { kind: "base64", data: text("data") }, mediaType: text("media_type") };
    case "text":
      return { source: { kind: "text", text: text("data") }, mediaType: "text/plain" };
    case "url":
      return { source: { kind: "url", url: text("url") } };
    case "file":
      return { source: { kind: "file", id: text("file_id") } };
    default:
      return undefined;
  }
}

/** A `cache_control`; `undefined` for none. */
export function decodeCacheMark(value: Json | undefined): CacheMark | undefined {
  if (!isJsonObject(value)) return undefined;
  const ttl = value["ttl"];
  return ttl === "5m" || ttl === "1h" ? { ttl } : {};
}
