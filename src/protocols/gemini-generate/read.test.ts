import { describe, expect, it } from "vitest";
import { readFacts } from "./read.ts";

const read = (body: string, target: Parameters<typeof readFacts>[1] = { model: "m" }) =>
  readFacts(new TextEncoder().encode(body), target);
const facts = (more: object = {}) => ({
  kind: "facts",
  facts: { model: "m", isStream: false, wantsUsage: true, ...more },
});

describe("readFacts", () => {
  it("takes model, stream and its form from the target, the output limit from the body", () => {
    const target = { model: "gemini-x", isStream: true, streamForm: "json-array" } as const;
    expect(read('{"contents":[],"generationConfig":{"maxOutputTokens":9}}', target)).toEqual(
      facts({ model: "gemini-x", isStream: true, streamForm: "json-array", outputTokensMax: 9 }),
    );
  });

  it.for([
    { name: "no settings", body: '{"contents":[]}', limit: undefined },
    { name: "snake case", body: '{"contents":[],"generation_config":{"max_output_tokens":7}}', limit: 7 },
    {
      name: "a number as a string",
      body: '{"contents":[],"generationConfig":{"maxOutputTokens":"7"}}',
      limit: 7,
    },
    { name: "null", body: '{"contents":[],"generationConfig":{"maxOutputTokens":null}}', limit: undefined },
    { name: "a lone content", body: '{"contents":{"parts":{"text":"hi"}}}', limit: undefined },
    {
      name: "escaped names",
      body: String.raw`{"contents":[],"generation\u0043onfig":{"maxOutputTokens":3}}`,
      limit: 3,
    },
  ])("reads a body with $name", ({ body, limit }) => {
    expect(read(body)).toEqual(facts(limit === undefined ? {} : { outputTokensMax: limit }));
  });

  it("reads how many answers are wanted", () => {
    const body = (count: unknown) =>
      JSON.stringify({ contents: [], generation_config: { candidate_count: count } });
    expect(read(body(8))).toEqual(facts({ choices: 8 }));
    expect(read(body("8"))).toEqual(facts({ choices: 8 }));
    expect(read(body(1))).toEqual(facts({}));
  });

  it("takes the model from the body where the target names none", () => {
    expect(read('{"contents":[],"model":"models/a"}', {})).toEqual(facts({ model: "a" }));
  });

  it("reads nothing inside contents", () => {
    expect(read('{"contents":[{"role":7,"parts":"no"}]}').kind).toBe("facts");
  });

  it.for([
    { body: "[]", path: "", got: "line 1, column 1: expected an object" },
    { body: '{"contents":[}', path: "", got: "line 1, column 14: expected a value or ]" },
    { body: "{}", path: "contents", got: "nothing" },
    { body: '{"contents":"hi"}', path: "contents", got: 'the string "hi"' },
    { body: '{"contents":[],"tools":[],"tools":[]}', path: "tools", got: "two members of this name" },
    {
      body: '{"contents":[],"generationConfig":{},"generation_config":{}}',
      path: "generation_config",
      got: "two members of this name",
    },
    { body: '{"contents":[],"generationConfig":[]}', path: "generationConfig", got: "an empty array" },
    {
      body: '{"contents":[],"generation_config":{"max_output_tokens":0}}',
      path: "generation_config.max_output_tokens",
      got: "the number 0",
    },
    {
      body: '{"contents":[],"generationConfig":{"maxOutputTokens":"many"}}',
      path: "generationConfig.maxOutputTokens",
      got: 'the string "many"',
    },
  ])("refuses $body at $path", ({ body, path, got }) => {
    expect(read(body)).toMatchObject({ kind: "invalid", problems: [{ path, got }] });
  });

  it("refuses a call that names no model anywhere", () => {
    expect(read('{"contents":[]}', {})).toMatchObject({ kind: "invalid", problems: [{ path: "model" }] });
  });
});
