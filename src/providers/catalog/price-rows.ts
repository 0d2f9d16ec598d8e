/** A factor for calls of a kind that price lists have no prices of. */
interface PriceFactor {
  readonly match: {
    readonly provider: string;
    readonly model?: string;
    readonly tier?: string;
    readonly region?: string;
    readonly isBatch?: boolean;
  };
  readonly multiply: string;
  readonly source: string;
}

const openai = "OpenAI, Pricing and Priority processing, 2026-11";
const google = "Gemini API, Optimization and inference, 2026-11";
const anthropic = "Anthropic, Pricing and Data residency, 2026-11";
const aws = "Amazon Bedrock, Capacity, limits and cost optimization, 2026-11";

/**
 * What service tiers, batches and places add to the price list beneath, each as its provider publishes it. A tier that is
 * not here keeps the list's price, and its cost is marked approximate.
 */
export const priceFactors: readonly PriceFactor[] = [
  { match: { provider: "openai", isBatch: true }, multiply: "1/2", source: openai },
  { match: { provider: "openai", tier: "flex" }, multiply: "1/2", source: openai },
  ...priority("5/2", ["gpt-5.5*"]),
  ...priority("2/1", ["gpt-5", "gpt-5-2*", "gpt-5-codex*", "gpt-5.1*", "gpt-5.2*", "gpt-5.4*"]),
  ...priority("9/5", ["gpt-5-mini*"]),
  ...priority("7/4", ["gpt-4.1", "gpt-4.1-2*"]),
  { match: { provider: "gemini", isBatch: true }, multiply: "1/2", source: google },
  { match: { provider: "gemini", tier: "flex" }, multiply: "1/2", source: google },
  { match: { provider: "anthropic", isBatch: true }, multiply: "1/2", source: anthropic },
  { match: { provider: "anthropic", tier: "batch" }, multiply: "1/2", source: anthropic },
  ...[
    "claude-opus-4-6*",
    "claude-opus-4-7*",
    "claude-opus-4-8*",
    "claude-sonnet-4-6*",
    "claude-opus-5*",
    "claude-sonnet-5*",
    "claude-haiku-5*",
    "claude-fable-*",
  ].map((model) => ({
    match: { provider: "anthropic", region: "us", model },
    multiply: "11/10",
    source: anthropic,
  })),
  { match: { provider: "bedrock", isBatch: true }, multiply: "1/2", source: aws },
];

function priority(multiply: string, models: readonly string[]): readonly PriceFactor[] {
  return models.map((model) => ({
    match: { provider: "openai", tier: "priority", model },
    multiply,
    source: openai,
  }));
}
