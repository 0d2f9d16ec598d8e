import type { Answer } from "../../exchange/answer.ts";
import type { Decoding, EncodedAnswer, Reading } from "../../exchange/codec.ts";
import { printJson } from "../../kernel/json.ts";
import { extensionsOf, invalid, parsed } from "./decode.ts";
import { printUsage } from "./encode.ts";
import { given, optionalNumber, optionalText, textIn, textsIn } from "./fields.ts";

/** Reads the routing facts of JSON of `ai.v1.EmbedRequest`. */
export function readEmbed(body: Uint8Array): Reading {
  const json = parsed(body);
  const model = json === undefined ? "" : textIn(json, "model");
  if (json === undefined || model === "")
    return invalid({ path: "model", expected: "a model name", got: "nothing" });
  if (textsIn(json, "inputs").length === 0)
    return invalid({ path: "inputs", expected: "a text", got: "none" });
  return { kind: "facts", facts: { model, isStream: false, wantsUsage: true } };
}

export function decodeEmbed(body: Uint8Array): Decoding {
  const json = parsed(body);
  if (json === undefined) return invalid({ path: "", expected: "a message", got: "something else" });
  const dimensions = optionalNumber(json, "dimensions");
  const embed = {
    inputs: textsIn(json, "inputs"),
    ...given({ dimensions, purpose: optionalText(json, "purpose") }),
  };
  const endUser = optionalText(json, "endUser");
  return {
    kind: "call",
    call: {
      source: "ai-v1-embed",
      model: textIn(json, "model"),
      instructions: [],
      turns: [],
      tools: [],
      sampling: {},
      embed,
      ...given({ endUser }),
      isStream: false,
      wantsUsage: true,
      extensions: extensionsOf(json),
    },
    warnings: [],
  };
}

/** Writes vectors as JSON of `ai.v1.EmbedResponse`. */
export function encodeEmbed({ model, vectors, usage }: Answer): EncodedAnswer {
  const body = printJson({
    model,
    vectors: vectors?.map((values) => ({ values })),
    usage: printUsage(usage),
  });
  return { body, warnings: [] };
}
