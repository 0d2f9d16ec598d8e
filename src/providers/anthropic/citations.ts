import type { Citation } from "../../exchange/part.ts";
import { isJsonObject, type Json } from "../../kernel/json.ts";

/**
 * The citations of a text block. They are of the whole block, and point into their source: a web page or a search result
 * with its address, a document of the request with its title.
 *
 * Source: Anthropic API reference, "Citations"; the five `…_location` types.
 */
export function citationsOf(value: Json | undefined): readonly Citation[] {
  const listed: readonly Json[] = Array.isArray(value) ? value : [];
  return listed.map((raw) => {
    const told = isJsonObject(raw) ? raw : {};
    const url = firstText(told["url"], addressIn(told["source"]));
    const title = firstText(told["title"], told["document_title"]);
    const quote = firstText(told["cited_text"]);
    return {
      ...(url !== undefined && { url }),
      ...(title !== undefined && { title }),
      ...(quote !== undefined && { quote }),
      raw,
      origin: "anthropic-messages",
    };
  });
}

/** What a search result of the client's own names as its source may be any text. */
function addressIn(source: Json | undefined): Json | undefined {
  return typeof source === "string" && /^https?:\/\//i.test(source) ? source : undefined;
}

function firstText(...values: readonly (Json | undefined)[]): string | undefined {
  return values.filter((value) => typeof value === "string").find((value) => value !== "");
}
