import type { ClientCodec, UpstreamCodec } from "../exchange/codec.ts";
import type { ClientDialect, UpstreamDialect } from "../exchange/dialect.ts";
import { aiChat, aiEmbed } from "../protocols/ai-v1/index.ts";
import { anthropicCount, anthropicMessages } from "../protocols/anthropic-messages/index.ts";
import { geminiGenerate } from "../protocols/gemini-generate/index.ts";
import { openaiChat } from "../protocols/openai-chat/index.ts";
import { createOpenaiEmbeddings } from "../protocols/openai-embeddings/index.ts";
import { openaiResponses } from "../protocols/openai-responses/index.ts";
import { anthropic, anthropicCountUpstream } from "../providers/anthropic/index.ts";
import { bedrockConverse } from "../providers/bedrock/index.ts";
import { cohere, cohereEmbeddings } from "../providers/cohere/index.ts";
import { gemini, geminiEmbeddings } from "../providers/gemini/index.ts";
import { mistral } from "../providers/mistral/index.ts";
import { openaiResponsesUpstream } from "../providers/openai/index.ts";
import {
  createOpenaiCompatible,
  openaiCompatible,
  openaiEmbeddings,
  quirksOf,
} from "../providers/openai-compatible/index.ts";

/** All dialects of clients. */
export const clientCodecs: Readonly<Record<ClientDialect, ClientCodec>> = {
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
  "anthropic-messages": anthropicMessages,
  "gemini-generate": geminiGenerate,
  "openai-embeddings": createOpenaiEmbeddings(openaiChat),
  "anthropic-count": anthropicCount,
  "ai-v1": aiChat,
  "ai-v1-embed": aiEmbed,
};

/** All dialects of upstreams. */
const upstreamCodecs: Readonly<Record<UpstreamDialect, UpstreamCodec>> = {
  "openai-chat": openaiCompatible,
  "openai-responses": openaiResponsesUpstream,
  "anthropic-messages": anthropic,
  "gemini-generate": gemini,
  "bedrock-converse": bedrockConverse,
  "cohere-chat": cohere,
  "mistral-chat": mistral,
  "openai-embeddings": openaiEmbeddings,
  "gemini-embeddings": geminiEmbeddings,
  "cohere-embeddings": cohereEmbeddings,
  "anthropic-count": anthropicCountUpstream,
};

/** How a dialect is spoken to an upstream; `quirks` names the server's own ways within OpenAI's family. */
export function upstreamCodecOf(dialect: UpstreamDialect, quirks?: string): UpstreamCodec {
  return dialect === "openai-chat" && quirks !== undefined
    ? createOpenaiCompatible(quirksOf(quirks))
    : upstreamCodecs[dialect];
}

export const isUpstreamDialect = (name: string): name is UpstreamDialect =>
  Object.hasOwn(upstreamCodecs, name);
export const upstreamDialects: readonly string[] = Object.keys(upstreamCodecs);
