import { describe, expect, it } from "vitest";
import { compileRateCard, priceOf } from "../capabilities/pricing/index.ts";
import { epochMs, tokens } from "../kernel/units.ts";
import { catalogProviders } from "../providers/catalog/index.ts";
import { catalogFacts } from "./catalog.ts";

const facts = catalogFacts({ refreshed: () => undefined, setRows: () => [] });
const compiled = compileRateCard(facts.rows, facts.baseRates);
const usage = {
  input: { total: tokens(1_000_000), uncached: tokens(1_000_000) },
  output: { total: tokens(0) },
  basis: "reported" as const,
};
const price = (provider: string, model: string) =>
  compiled.kind === "card"
    ? priceOf(compiled.card, { provider, model, at: epochMs(Date.UTC(2026, 10, 25)) }, usage)
    : undefined;

describe("the price book without any configuration", () => {
  it("has the published price of a well-known model, in whole nano-dollars, and says where it is from", () => {
    // Source: OpenAI's price of gpt-4o-mini, 0.15 dollars per million input tokens.
    expect(price("openai", "gpt-4o-mini")).toMatchObject({
      nanoUsd: 150_000_000,
      source: expect.stringContaining("genai-prices"),
    });
  });
  it("knows the list's other names for our providers", () => {
    expect(price("gemini", "gemini-2.0-flash")?.nanoUsd).toBeGreaterThan(0);
  });
  it("says that a local model is free, and that an unknown one has no price: never 0", () => {
    for (const server of ["ollama", "lmstudio", "vllm", "llama-cpp", "sglang", "localai"])
      expect(price(server, "llama3")?.nanoUsd, server).toBe(0);
    expect(price("openai", "gpt-nobody-knows")?.nanoUsd).toBeNull();
    expect(price("my-own", "gpt-4o-mini")?.nanoUsd).toBeNull();
  });
  it("prices the sandbox as invented", () => {
    expect(price("sandbox", "swift")).toMatchObject({
      nanoUsd: 500_000_000,
      source: expect.stringContaining("invented"),
    });
  });
  it.for(
    catalogProviders.flatMap(({ id, sampleModel }) =>
      sampleModel === undefined ? [] : [{ id, sampleModel }],
    ),
  )(
    "knows what $id/$sampleModel costs, and that it is cheap: it is what the printed `curl` asks for",
    ({ id, sampleModel }) => {
      const nanoUsd = price(id, sampleModel)?.nanoUsd ?? undefined;
      expect(nanoUsd).toBeGreaterThan(0);
      // A dollar per million tokens, and what some ask for each call.
      expect(nanoUsd).toBeLessThanOrEqual(1_100_000_000);
    },
  );
  it("has no sample where only the server knows its models, or where the price list knows none of its cheap ones", () => {
    const without = catalogProviders.filter(({ sampleModel }) => sampleModel === undefined);
    const isOwnPlace = ({ baseUrl, endpointVariable }: (typeof catalogProviders)[number]) =>
      endpointVariable !== undefined || baseUrl.startsWith("http://127.0.0.1");
    expect(without.filter((provider) => !isOwnPlace(provider)).map(({ id }) => id)).toEqual([
      "nvidia-nim",
      "dashscope",
      "siliconflow",
      "volcengine",
      "huggingface",
      "deepinfra",
      "sambanova",
      "nebius",
      "github-models",
      "vercel",
      "scaleway",
    ]);
  });
});
