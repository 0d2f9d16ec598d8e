import type { CallShape } from "../../exchange/codec.ts";

/**
 * The path of a call: model, action and the form of the stream. A name that says which collection it is from is kept;
 * any other is one of `models`. What follows is one segment, whatever characters it has: no name leads elsewhere.
 *
 * Source: Gemini API reference, `models.generateContent` and `models.streamGenerateContent`.
 */
export function pathOf({ model, isStream, streamForm }: CallShape): string {
  const [, collection = "models", name = ""] = /^(?:(models|tunedModels)\/)?(.*)$/s.exec(model) ?? [];
  const action = isStream ? "streamGenerateContent" : "generateContent";
  const query = isStream && streamForm === "sse" ? "?alt=sse" : "";
  return `/v1beta/${collection}/${encodeURIComponent(name.toWellFormed())}:${action}${query}`;
}
