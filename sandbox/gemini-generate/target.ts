import { decoded } from "../control.ts";

/** What can be asked of a model. */
export type Method =
  | "generateContent"
  | "streamGenerateContent"
  | "countTokens"
  | "embedContent"
  | "batchEmbedContents";

/** Where a request for `method` names its model, as `/v1beta/models/{model}:{method}`; `undefined` on other paths. */
export function modelIn({ pathname }: URL, method: Method): string | undefined {
  const found = /^\/v1(?:beta)?\/models\/(.+):([a-zA-Z]+)$/.exec(decoded(pathname));
  return found?.[2] === method ? found[1] : undefined;
}

/** Whether a path asks for `method`. */
export const claiming =
  (method: Method) =>
  (url: URL): boolean =>
    modelIn(url, method) !== undefined;

/** How an answer comes: at once, as events, or as one array of JSON that grows. */
export function formOf(url: URL): "whole" | "sse" | "array" {
  if (modelIn(url, "streamGenerateContent") === undefined) return "whole";
  return url.searchParams.get("alt") === "sse" ? "sse" : "array";
}
