import type { Part, StreamPart } from "../../exchange/part.ts";
import { jsonSlice } from "../../framing/json-slices.ts";
import {
  isJsonObject,
  type Json,
  type JsonObject,
  type Printable,
  parseJson,
  printJson,
  RawJson,
} from "../../kernel/json.ts";
import { imagePart, opaque, redacted, stringOf } from "./blocks.ts";

/** A content block of a stream that has begun. */
export type OpenBlock = { readonly part: number } & (
  | { readonly kind: "text" | "tool" }
  | { readonly kind: "reasoning"; signature: string }
  /** What is told in one piece at its end: the bytes of redacted reasoning or of an image, in base64. */
  | { readonly kind: "redacted"; readonly pieces: string[] }
  | { readonly kind: "image"; readonly pieces: string[]; readonly format: string | undefined }
  /** A kind without a canonical form; `begun` and the pieces are JSON, `begun` is `""` without a start. */
  | { readonly kind: "other"; readonly type: string; readonly begun: string; readonly pieces: string[] }
);

/** The parts that end a block. */
export function close(block: OpenBlock): readonly StreamPart[] {
  const { part } = block;
  switch (block.kind) {
    case "text":
      return [{ kind: "text-end", part }];
    case "tool":
      return [{ kind: "tool-input-end", part }];
    case "reasoning": {
      const seal = { origin: "bedrock-converse", value: block.signature } as const;
      return [{ kind: "reasoning-end", part, ...(block.signature === "" ? {} : { seal }) }];
    }
    case "redacted":
      return [{ kind: "whole", part, value: redacted(joinBase64(block.pieces)) }];
    case "image":
      if (block.pieces.length === 0) return [];
      return [{ kind: "whole", part, value: imagePart(joinBase64(block.pieces), block.format) }];
    case "other":
      return [{ kind: "whole", part, value: wholeOf(block) }];
  }
}

/** A block without a canonical form, put together as it stands in a whole answer. */
function wholeOf({ type, begun, pieces }: Extract<OpenBlock, { kind: "other" }>): Part {
  switch (type) {
    case "toolUse": {
      const input = pieces.map((piece) => stringOf(objectOf(piece), "input")).join("");
      const given = isJsonObject(parseJson(input)) ? input : printJson({ arguments: input });
      const whole = { ...rawMembers(begun), input: new RawJson(input === "" ? "{}" : given) };
      return opaque("server_tool_use", printJson({ toolUse: whole }));
    }
    case "toolResult": {
      const content = pieces.flatMap((piece) => elementsOf(piece));
      return opaque(type, printJson({ toolResult: { ...rawMembers(begun), content } }));
    }
    default: {
      const known = begun === "" ? [] : [begun];
      return opaque(type, printJson({ [type]: [...known, ...pieces].map((piece) => new RawJson(piece)) }));
    }
  }
}

function objectOf(json: string): JsonObject {
  const value = parseJson(json);
  return isJsonObject(value) ? value : {};
}

function rawMembers(json: string): { readonly [member: string]: Printable } {
  const raw = jsonSlice(json);
  return Object.fromEntries(
    Object.keys(objectOf(json)).map((name) => [name, new RawJson(raw.member(name)?.text() ?? "null")]),
  );
}

function elementsOf(json: string): readonly RawJson[] {
  const value = parseJson(json);
  const raw = jsonSlice(json);
  const items: readonly Json[] = Array.isArray(value) ? value : [];
  return items.flatMap((_, index) => {
    const element = raw.element(index);
    return element === undefined ? [] : [new RawJson(element.text())];
  });
}

/** Pieces of bytes in base64 as one: not their texts one after the other, for each may have its own padding. */
function joinBase64(pieces: readonly string[]): string {
  const [only = ""] = pieces;
  if (pieces.length <= 1) return only;
  try {
    return btoa(pieces.map((piece) => atob(piece)).join(""));
  } catch {
    return pieces.join("");
  }
}
