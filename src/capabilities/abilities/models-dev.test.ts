import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differences, readModelsDev } from "./models-dev.ts";

/** In the form of models.dev's `api.json`, shortened. */
const sample = {
  anthropic: {
    id: "anthropic",
    env: ["ANTHROPIC_API_KEY"],
    models: {
      "claude-x": {
        id: "claude-x",
        attachment: true,
        reasoning: true,
        temperature: false,
        tool_call: true,
        structured_output: true,
        modalities: { input: ["text", "image", "pdf"], output: ["text"] },
        cost: { input: 3, output: 15 },
        limit: { context: 200_000, output: 64_000 },
      },
      unknowing: { limit: { context: 0, output: 0 }, modalities: { input: ["text", "smell"] } },
    },
  },
  empty: { models: {} },
};

describe("readModelsDev", () => {
  it("reads what is known of a model, and nothing where the catalogue does not know", () => {
    const models = readModelsDev(JSON.stringify(sample));
    expect([...(models?.keys() ?? [])]).toEqual(["anthropic"]);
    expect([...(models?.get("anthropic") ?? [])]).toEqual([
      [
        "claude-x",
        {
          contextTokens: 200_000,
          outputTokensMax: 64_000,
          inputs: ["text", "image", "document"],
          outputs: ["text"],
          tools: true,
          schema: true,
          reasoning: true,
          sampling: false,
        },
      ],
    ]);
  });

  it.for(["", "[]", "null", "{}", '{"a":{"models":[]}}', "<html>"])("takes %s for no catalogue", (text) => {
    expect(readModelsDev(text)).toBeUndefined();
  });

  it("never throws, whatever stands in it", () => {
    fc.assert(
      fc.property(fc.json(), fc.jsonValue(), (text, model) => {
        readModelsDev(text);
        readModelsDev(JSON.stringify({ p: { models: { m: model } } }));
      }),
    );
  });
});

describe("differences", () => {
  it("are told where the catalogue says something else, or something new", () => {
    const known = {
      contextTokens: { value: 100, source: "built in", asOf: null },
      inputs: { value: ["text"], source: "built in", asOf: null },
      tools: { value: true, source: "operator", asOf: null },
    } as const;
    const after = { contextTokens: 200, inputs: ["text"], reasoning: true } as const;
    expect(differences(known, after)).toEqual([
      { ability: "contextTokens", before: 100, after: 200 },
      { ability: "reasoning", before: undefined, after: true },
    ]);
  });
});
