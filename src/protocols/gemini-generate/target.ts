import type { TargetFacts } from "../../exchange/codec.ts";

/** What the target of a Gemini request says. */
export interface GeminiTarget {
  /** `generateContent`, `streamGenerateContent`, `countTokens`, `embedContent`, `batchEmbedContents`, or a newer one. */
  readonly action: string;
  readonly facts: TargetFacts;
}

/** Google AI Studio: a model's name may hold slashes. */
const studioPath = /^\/(?:v1|v1beta|v1alpha)\/models\/(.+)$/;
/** Vertex AI, with a project or, in express mode, without. */
const vertexPath =
  /^\/(?:v1|v1beta1)\/(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/([^/]+)\/models\/(.+)$/;
/** A name with a slash is a whole resource to some of Google's clients, and ours are `provider/model`. */
const resourcePath = /^\/(?:v1|v1beta|v1alpha)\/(?!(?:models|tunedModels|projects|publishers)\/)([^:]+\/.+)$/;
/** `alt` is a system parameter, which Google also takes as `$alt`. */
const asksSse = /(?:^|&)(?:\$|%24)?alt=sse(?:$|[&;%])/i;

/**
 * Reads model, action and the form of a stream from the target of a request, without its mount; `undefined` for a path
 * that names no model. Models of other publishers than Google are named `publisher/model`, as Google's SDKs take them.
 */
export function geminiTarget(path: string, query: string): GeminiTarget | undefined {
  const [, publisher, atVertex] = vertexPath.exec(path) ?? [];
  const named = decodePercent(atVertex ?? studioPath.exec(path)?.[1] ?? resourcePath.exec(path)?.[1] ?? "");
  const colon = named?.lastIndexOf(":") ?? -1;
  const action = named?.slice(colon + 1) ?? "";
  if (named === undefined || colon < 1 || !/^[A-Za-z]+$/.test(action)) return undefined;
  const name = named.slice(0, colon);
  const model = publisher === undefined || publisher === "google" ? name : `${publisher}/${name}`;
  if (action !== "streamGenerateContent") return { action, facts: { model, isStream: false } };
  const streamForm = asksSse.test(query) ? "sse" : "json-array";
  return { action, facts: { model, isStream: true, streamForm } };
}

function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
