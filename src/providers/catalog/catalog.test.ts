import { describe, expect, it } from "vitest";
import { quirksOf } from "../openai-compatible/index.ts";
import { quirkIds } from "../openai-compatible/quirks.ts";
import { catalogProviders, modelAbilitiesOf, sandboxModelNames, sandboxPrices } from "./index.ts";

describe("catalogProviders", () => {
  it("names each provider, variable and family of models once, so that none is found twice", () => {
    for (const names of [
      catalogProviders.map(({ id }) => id),
      catalogProviders.flatMap(({ environment }) => environment),
      catalogProviders.flatMap(({ models }) => models),
    ]) {
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("reaches every provider by https, except those on this machine, and ends no base URL in a slash", () => {
    for (const { id, baseUrl, endpointVariable } of catalogProviders) {
      // Where the operator's own resource goes before it, it is a path.
      const { protocol, hostname } = new URL(
        endpointVariable === undefined ? baseUrl : `https://own.example${baseUrl}`,
      );
      expect(protocol, id).toBe(hostname === "127.0.0.1" ? "http:" : "https:");
      expect(baseUrl, id).not.toMatch(/\/$/);
    }
  });

  it("asks a key of every provider that is not on this machine", () => {
    const keyless = catalogProviders.filter(({ environment }) => environment.length === 0);
    expect(keyless.every(({ baseUrl }) => baseUrl.startsWith("http://127.0.0.1"))).toBe(true);
  });
});

describe("the providers of the OpenAI-compatible family", () => {
  it("each have a profile that exists, their own or the common core", () => {
    for (const { id, quirks } of catalogProviders) {
      if (quirks !== undefined) expect(quirksOf(quirks).id, id).toBe(quirks);
    }
    const known = new Set(catalogProviders.map(({ quirks }) => quirks ?? "default"));
    // Gemini's own dialect is spoken to Gemini: its Chat endpoint is for those who name it.
    expect(quirkIds.filter((id) => !known.has(id) && id !== "gemini")).toEqual([]);
  });

  it("speak both dialects where OpenAI's own models are", () => {
    const both = catalogProviders.filter(({ dialects }) => dialects.includes("openai-responses"));
    expect(both.map(({ id }) => id)).toEqual(["openai", "azure-openai", "sandbox"]);
  });

  it("are asked by the header and at the address that Azure wants", () => {
    expect(catalogProviders.find(({ id }) => id === "azure-openai")).toMatchObject({
      baseUrl: "/openai/v1",
      endpointVariable: "AZURE_OPENAI_ENDPOINT",
      environment: ["AZURE_OPENAI_API_KEY"],
      credentialHeader: "api-key",
    });
  });
});

describe("modelAbilitiesOf", () => {
  it.for([
    { model: "claude-3-haiku-20240307", outputTokensMax: 4096 },
    { model: "claude-opus-4-1-20250805", outputTokensMax: 32_000 },
    { model: "claude-opus-4-5-20251101", outputTokensMax: 64_000 },
    { model: "gpt-5", outputTokensMax: undefined },
    { model: "my-claude-3-haiku", outputTokensMax: undefined },
  ])("knows the output limit of $model, the later family over the earlier", ({ model, outputTokensMax }) => {
    expect(modelAbilitiesOf(model).outputTokensMax).toBe(outputTokensMax);
  });

  it.for(["gpt-4o", "gpt-4-turbo", "o3", "o4-mini", "command-a-vision-07-2025", "mistral-small-latest"])(
    "takes %s for no model of text alone",
    (model) => {
      expect(modelAbilitiesOf(model).inputs).toBeUndefined();
    },
  );

  it.for(["gpt-3.5-turbo", "o3-mini-2025-01-31", "openai/gpt-oss-20b", "claude-2.1", "deepseek-chat"])(
    "knows that %s takes text alone",
    (model) => {
      expect(modelAbilitiesOf(model).inputs).toEqual(["text"]);
    },
  );
});

describe("the sandbox's prices", () => {
  it("have one for every model, and one of its own for the model that reasons", () => {
    const prices = (name: string) =>
      sandboxPrices.filter(({ model }) => model === "*" || name.endsWith(model.slice(1)));
    expect(sandboxModelNames.map((name) => [name, prices(name).length])).toEqual(
      sandboxModelNames.map((name) => [name, name === "deep" ? 2 : 1]),
    );
  });
});
