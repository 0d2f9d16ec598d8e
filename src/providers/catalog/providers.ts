import type { UpstreamDialect } from "../../exchange/dialect.ts";
import { sandboxModelNames, sandboxProvider } from "./sandbox.ts";

/** A provider that needs nothing but its key. */
export interface CatalogProvider {
  readonly id: string;
  readonly dialects: readonly UpstreamDialect[];
  /** As the OpenAI SDK would take it. */
  readonly baseUrl: string;
  /** Environment variables that hold its key, the usual one first; empty: it takes none. */
  readonly environment: readonly string[];
  /** Globs of the bare model names it serves: families that belong to it alone. */
  readonly models: readonly string[];
  /** What the price list calls it, where that is another name. */
  readonly priceProvider?: string;
  /** A current, cheap model for the printed `curl`; absent where only the server itself knows what it has. */
  readonly sampleModel?: string;
  /** Client headers that mean something to it alone and are sent on to it; lower-case. */
  readonly forwards?: readonly string[];
}

const chat = ["openai-chat"] as const satisfies readonly UpstreamDialect[];
const messages = ["anthropic-messages"] as const satisfies readonly UpstreamDialect[];

/**
 * The known providers, in the order in which the environment is searched.
 * Source: the providers' API references; AI models specification, part 7, of 2026-11.
 */
export const catalogProviders: readonly CatalogProvider[] = [
  {
    id: "openai",
    dialects: chat,
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
  {
    id: "deepseek",
    dialects: chat,
    baseUrl: "https://api.deepseek.com",
    environment: ["DEEPSEEK_API_KEY"],
    models: ["deepseek-*"],
    sampleModel: "deepseek-v4-flash",
  },
  {
    id: "xai",
    dialects: chat,
    baseUrl: "https://api.x.ai/v1",
    environment: ["XAI_API_KEY"],
    models: ["grok-*"],
    sampleModel: "grok-4-1-fast-non-reasoning",
    priceProvider: "x-ai",
  },
  {
    id: "groq",
    dialects: chat,
    baseUrl: "https://api.groq.com/openai/v1",
    environment: ["GROQ_API_KEY"],
    models: [],
    sampleModel: "openai/gpt-oss-20b",
  },
  {
    id: "openrouter",
    dialects: chat,
    baseUrl: "https://openrouter.ai/api/v1",
    environment: ["OPENROUTER_API_KEY"],
    models: [],
    sampleModel: "openai/gpt-5-mini",
  },
  {
    id: "together",
    dialects: chat,
    baseUrl: "https://api.together.xyz/v1",
    environment: ["TOGETHER_API_KEY"],
    models: [],
    sampleModel: "meta-llama/Llama-3.3-70B-Instruct-Turbo",
  },
  {
    id: "fireworks",
    dialects: chat,
    baseUrl: "https://api.fireworks.ai/inference/v1",
    environment: ["FIREWORKS_API_KEY"],
    models: ["accounts/fireworks/*"],
    sampleModel: "accounts/fireworks/models/gpt-oss-20b",
  },
  {
    id: "perplexity",
    dialects: chat,
    baseUrl: "https://api.perplexity.ai",
    environment: ["PERPLEXITY_API_KEY"],
    models: ["sonar*"],
    sampleModel: "sonar",
  },
  {
    id: "cerebras",
    dialects: chat,
    baseUrl: "https://api.cerebras.ai/v1",
    environment: ["CEREBRAS_API_KEY"],
    models: [],
    sampleModel: "gpt-oss-120b",
  },
  { id: "ollama", dialects: chat, baseUrl: "http://127.0.0.1:11434/v1", environment: [], models: [] },
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
