import type { Citation } from "../../exchange/part.ts";
import { isJsonObject, type Json } from "../../kernel/json.ts";

/**
 * The citations of a text block that a client sends back. One whose place in the provider's results is empty is none of
 * the provider's: it came from elsewhere, and its address is all it has.
 */
export function decodeCitations(value: Json | undefined): readonly Citation[] {
  const listed: readonly Json[] = Array.isArray(value) ? value : [];
  return listed.map((raw) => {
    const told = isJsonObject(raw) ? raw : {};
    const text = (name: string): string | undefined => {
      const found = told[name];
      return typeof found === "string" && found !== "" ? found : undefined;
    };
    const url = text("url");
    const title = text("title") ?? text("document_title");
    const quote = text("cited_text");
    const isForeign = told["type"] === "web_search_result_location" && told["encrypted_index"] === "";
    return {
      ...(url !== undefined && { url }),
      ...(title !== undefined && { title }),
      ...(quote !== undefined && { quote }),
      raw,
      origin: isForeign ? "openai-chat" : "anthropic-messages",
    };
  });
}
