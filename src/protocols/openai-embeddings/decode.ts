import type { Embedding } from "../../exchange/call.ts";
import type { Decoding, Problem } from "../../exchange/codec.ts";
import { jsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, parseJson, RawJson } from "../../kernel/json.ts";

const known: ReadonlySet<string> = new Set([
  "model",
  "input",
  "encoding_format",
  "dimensions",
  "user",
  "input_type",
  "sallyport",
]);

/** Reads a whole embeddings request into the canonical form. */
export function decodeEmbeddings(body: Uint8Array): Decoding {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
  const value = parseJson(text);
  if (!isJsonObject(value)) {
    return { kind: "invalid", problems: [{ path: "", expected: "a JSON object", got: "something else" }] };
  }
  const problems: Problem[] = [];
  const inputs = inputsOf(value["input"]);
  if (inputs === undefined || inputs.length === 0) {
    const expected = "a text, a list of texts, or token ids";
    problems.push({
      path: "input",
      expected,
      got: inputs === undefined ? "something else" : "an empty list",
    });
  }
  const { model, dimensions, user, input_type: purpose } = value;
  if (typeof model !== "string") problems.push({ path: "model", expected: "a model name", got: "nothing" });
  const isCount = typeof dimensions === "number" && Number.isSafeInteger(dimensions) && dimensions > 0;
  if (dimensions !== undefined && dimensions !== null && !isCount) {
    problems.push({
      path: "dimensions",
      expected: "an integer of at least 1",
      got: JSON.stringify(dimensions),
    });
  }
  if (problems.length > 0 || typeof model !== "string") return { kind: "invalid", problems };
  const embed: Embedding = {
    inputs: inputs ?? [],
    ...(isCount ? { dimensions } : {}),
    ...(typeof purpose === "string" ? { purpose } : {}),
  };
  const raw = jsonSlice(text);
  const extensions = new Map(
    Object.keys(value)
      .filter((name) => !known.has(name))
      .map((name) => [name, new RawJson(raw.member(name)?.text() ?? "null")]),
  );
  return {
    kind: "call",
    call: {
      source: "openai-embeddings",
      model,
      instructions: [],
      turns: [],
      tools: [],
      sampling: {},
      embed,
      ...(typeof user === "string" && user !== "" ? { endUser: user } : {}),
      isStream: false,
      wantsUsage: true,
      extensions,
    },
    warnings: [],
  };
}

function inputsOf(value: Json | undefined): Embedding["inputs"] | undefined {
  if (typeof value === "string") return [value];
  if (!Array.isArray(value)) return undefined;
  const tokens = tokensOf(value);
  if (tokens !== undefined) return [tokens];
  const inputs = value.map((input: Json) => (typeof input === "string" ? input : tokensOf(input)));
  return inputs.includes(undefined) ? undefined : inputs.filter((input) => input !== undefined);
}

function tokensOf(value: Json): readonly number[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.every((token): token is number => typeof token === "number") ? value : undefined;
}
