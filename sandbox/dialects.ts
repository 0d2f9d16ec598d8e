import type { IncomingMessage } from "node:http";
import { anthropicMessages } from "./anthropic-messages/index.ts";
import type { Dialect, Endpoint } from "./dialect.ts";
import { geminiGenerate } from "./gemini-generate/index.ts";
import { openaiChat } from "./openai-chat/index.ts";
import { openaiEmbeddings } from "./openai-embeddings/index.ts";
import { openaiResponses } from "./openai-responses/index.ts";

/** Every dialect the sandbox speaks. */
export const dialects: readonly Dialect[] = [
  openaiChat,
  openaiResponses,
  openaiEmbeddings,
  anthropicMessages,
  geminiGenerate,
];

/** The endpoint a path belongs to, and its dialect. */
export function endpointAt(url: URL): { readonly dialect: Dialect; readonly endpoint: Endpoint } | undefined {
  for (const dialect of dialects) {
    const endpoint = dialect.endpoints.find(({ claims }) => claims(url));
    if (endpoint) return { dialect, endpoint };
  }
  return undefined;
}

/**
 * The dialect in which a request is to be answered, right or wrong. Paths that several providers have in common go by
 * the headers: Anthropic's clients always send their version, Google's their own key.
 */
export function dialectOf(request: IncomingMessage, url: URL): Dialect {
  const own = endpointAt(url);
  if (own) return own.dialect;
  if (request.headers["anthropic-version"] !== undefined || url.pathname.startsWith("/v1/messages"))
    return anthropicMessages;
  const isGoogle =
    request.headers["x-goog-api-key"] !== undefined ||
    url.searchParams.has("key") ||
    url.pathname.startsWith("/v1beta/");
  return isGoogle ? geminiGenerate : openaiChat;
}
