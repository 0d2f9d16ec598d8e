import { isJsonObject, type JsonObject } from "../../src/kernel/json.ts";
import { packed, vectorOf } from "../answers/vector.ts";
import type { Writing } from "../dialect.ts";
import { dimensionsOf } from "./read.ts";

/** A whole list of embeddings, with the members, order and indentation of the OpenAI API. */
export function writeWhole({ ask, answer, seed, usageFault, ...writing }: Writing): string {
  const body: JsonObject = isJsonObject(writing.body) ? writing.body : {};
  const dimensions = dimensionsOf(body);
  const isPacked = body["encoding_format"] === "base64";
  const { input } = answer.usage;
  const list = {
    object: "list",
    data: ask.prompt.map(({ text }, index) => {
      const vector = vectorOf(text, { seed, dimensions });
      return { object: "embedding", index, embedding: isPacked ? packed(vector) : vector };
    }),
    model: ask.model,
    ...(usageFault === "none"
      ? {}
      : { usage: { prompt_tokens: usageFault === "wrong" ? input * 3 + 7 : input, total_tokens: input } }),
  };
  return `${JSON.stringify(list, null, 2)}\n`;
}
