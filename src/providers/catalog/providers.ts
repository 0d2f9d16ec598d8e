import { compatibleProviders } from "./compatible-providers.ts";
import { localProviders } from "./local-providers.ts";
import type { CatalogProvider } from "./provider.ts";
import { sandboxModelNames, sandboxProvider } from "./sandbox.ts";

/**
 * The known providers, in the order in which the environment is searched.
 * Source: the providers' API references; AI models specification, part 7, of 2026-11.
 */
export const catalogProviders: readonly CatalogProvider[] = [
  {
    id: "openai",
    dialects: ["openai-chat", "openai-responses"],
    baseUrl: "https://api.openai.com/v1",
    environment: ["OPENAI_API_KEY"],
    models: ["gpt-*", "chatgpt-*", "o1*", "o3*", "o4*", "text-embedding-*"],
    sampleModel: "gpt-5-mini",
  },
  {
    id: "anthropic",
    dialects: ["anthropic-messages"],
    baseUrl: "https://api.anthropic.com",
    environment: ["ANTHROPIC_API_KEY"],
    models: ["claude-*"],
    sampleModel: "claude-haiku-4-5",
  },
  {
    id: "gemini",
    modelsDevId: "google",
    // Its Chat endpoint is for those who name it: it knows less than Gemini's own dialect.
    dialects: ["gemini-generate"],
    baseUrl: "https://generativelanguage.googleapis.com",
    environment: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    models: ["gemini-*"],
    quirks: "gemini",
    sampleModel: "gemini-3.1-flash-lite",
    priceProvider: "google",
  },
  {
    id: "mistral",
    dialects: ["mistral-chat"],
    baseUrl: "https://api.mistral.ai/v1",
    environment: ["MISTRAL_API_KEY"],
    models: ["mistral-*", "ministral-*", "magistral-*", "codestral-*", "devstral-*", "pixtral-*"],
    sampleModel: "mistral-small-latest",
  },
  {
    id: "cohere",
    dialects: ["cohere-chat"],
    baseUrl: "https://api.cohere.com",
    environment: ["COHERE_API_KEY", "CO_API_KEY"],
    models: ["command-*", "embed-*"],
    sampleModel: "command-r7b-12-2024",
  },
  {
    id: "bedrock",
    modelsDevId: "amazon-bedrock",
    dialects: ["bedrock-converse"],
    baseUrl: "https://bedrock-runtime.{region}.amazonaws.com",
    environment: ["AWS_BEARER_TOKEN_BEDROCK"],
    takesAwsCredentials: true,
    models: ["amazon.*", "anthropic.*", "meta.*", "us.*", "eu.*", "apac.*", "global.*"],
    sampleModel: "amazon.nova-micro-v1:0",
    priceProvider: "aws",
  },
  ...compatibleProviders,
  ...localProviders,
  {
    id: sandboxProvider,
    dialects: ["openai-chat", "openai-responses", "anthropic-messages", "gemini-generate"],
    baseUrl: "http://127.0.0.1:7229/v1",
    environment: [],
    models: [],
    sampleModel: sandboxModelNames[0],
    forwards: ["x-sallyport-sandbox"],
  },
];
