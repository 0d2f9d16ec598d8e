import type { UpstreamDialect } from "../../exchange/dialect.ts";
import { compatibleProviders } from "./compatible-providers.ts";
import { localProviders } from "./local-providers.ts";
import type { CatalogProvider } from "./provider.ts";
import { sandboxModelNames, sandboxProvider } from "./sandbox.ts";

const chat = ["openai-chat"] as const satisfies readonly UpstreamDialect[];
const messages = ["anthropic-messages"] as const satisfies readonly UpstreamDialect[];

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
    models: ["gpt-*", "chatgpt-*", "o1*", "o3*", "o4*"],
    sampleModel: "gpt-5-mini",
  },
  {
    id: "anthropic",
    dialects: messages,
    baseUrl: "https://api.anthropic.com",
    environment: ["ANTHROPIC_API_KEY"],
    models: ["claude-*"],
    sampleModel: "claude-haiku-4-5",
  },
  {
    id: "gemini",
    dialects: chat,
    baseUrl: "https://generativelanguage.googleapis.com/v1beta/openai",
    environment: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    models: ["gemini-*"],
    quirks: "gemini",
    sampleModel: "gemini-3.1-flash-lite",
    priceProvider: "google",
  },
  {
    id: "mistral",
    dialects: chat,
    baseUrl: "https://api.mistral.ai/v1",
    environment: ["MISTRAL_API_KEY"],
    models: ["mistral-*", "ministral-*", "magistral-*", "codestral-*", "devstral-*", "pixtral-*"],
    sampleModel: "mistral-small-latest",
  },
  ...compatibleProviders,
  ...localProviders,
  {
    id: sandboxProvider,
    dialects: ["openai-chat", "anthropic-messages"],
    baseUrl: "http://127.0.0.1:7229/v1",
    environment: [],
    models: [],
    sampleModel: sandboxModelNames[0],
    forwards: ["x-sallyport-sandbox"],
  },
];
