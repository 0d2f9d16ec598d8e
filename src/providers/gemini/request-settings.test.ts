import { describe, expect, it } from "vitest";
import type { Call, Tool } from "../../exchange/call.ts";
import { RawJson } from "../../kernel/json.ts";
import { chatCall } from "./fixtures.test-support.ts";
import { gemini } from "./index.ts";

const model = "gemini-3-flash-preview";

function written(changes: Partial<Call>, to = model, outputTokensMax?: number) {
  const context = { model: to, ...(outputTokensMax === undefined ? {} : { outputTokensMax }) };
  const encoded = gemini.encodeRequest(chatCall(changes), context);
  if (encoded.kind === "refused") throw encoded.error;
  return encoded;
}
const body = (changes: Partial<Call>, to = model) => JSON.parse(written(changes, to).body);
const warned = (changes: Partial<Call>, to = model) =>
  written(changes, to).warnings.map(({ kind, subject }) => `${kind} ${subject}`);
function refused(changes: Partial<Call>, to = model) {
  const encoded = gemini.encodeRequest(chatCall(changes), { model: to });
  return encoded.kind === "refused" ? [encoded.error.code, encoded.error.facts.param] : undefined;
}
const raw = (members: Readonly<Record<string, string>>) =>
  new Map(Object.entries(members).map(([name, value]) => [name, new RawJson(value)]));

describe("sampling", () => {
  it("rule 23: is written as Gemini's", () => {
    const sampling = {
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      stop: ["a", "\n"],
      seed: 7,
      choices: 1,
      outputTokensMax: 100,
      presencePenalty: 0.1,
      frequencyPenalty: -0.2,
    };
    expect(body({ sampling }).generationConfig).toEqual({
      maxOutputTokens: 100,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      stopSequences: ["a", "\n"],
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: -0.2,
    });
    expect(warned({ sampling })).toEqual([]);
    expect(body({})).not.toHaveProperty("generationConfig");
  });

  it("is clamped to what Gemini takes, declared", () => {
    const sampling = { temperature: 3, topP: 1.5, seed: 2 ** 40 };
    expect(body({ sampling }).generationConfig).toEqual({ temperature: 2, topP: 1 });
    expect(warned({ sampling })).toEqual(["clamped temperature", "clamped top_p", "dropped seed"]);
  });

  it("rule 24: takes five stop sequences; an empty list says nothing", () => {
    expect(body({ sampling: { stop: [] } })).not.toHaveProperty("generationConfig");
    expect(body({ sampling: { stop: ["a", ""] } }).generationConfig).toEqual({ stopSequences: ["a"] });
    expect(warned({ sampling: { stop: ["a", ""] } })).toEqual(["dropped stop"]);
    expect(refused({ sampling: { stop: ["a", "b", "c", "d", "e", "f"] } })).toEqual([
      "unsupported_parameter",
      "stop",
    ]);
  });

  it.for<[string, Call["sampling"]]>([
    ["n", { choices: 2 }],
    ["logit_bias", { logitBias: { 1: 5 } }],
  ])("rule 23: refuses %s", ([param, sampling]) => {
    expect(refused({ sampling })).toEqual(["unsupported_parameter", param]);
  });
});

describe("log probabilities", () => {
  it.for([
    { logprobs: 0, config: { responseLogprobs: true } },
    { logprobs: 3, config: { responseLogprobs: true, logprobs: 3 } },
  ])("of $logprobs alternatives", ({ logprobs, config }) => {
    expect(body({ sampling: { logprobs } }).generationConfig).toEqual(config);
  });
});

describe("output", () => {
  it("rule 19: is JSON by type and schema, never by a forced tool", () => {
    expect(body({ output: { kind: "json" } }).generationConfig).toEqual({
      responseMimeType: "application/json",
    });
    const schema = {
      type: "object",
      properties: { a: { $ref: "#/$defs/a" } },
      $defs: { a: { type: ["string", "null"] } },
    };
    expect(body({ output: { kind: "schema", name: "n", schema, strict: true } })).toEqual({
      contents: [{ role: "user", parts: [{ text: "hi" }] }],
      generationConfig: { responseMimeType: "application/json", responseJsonSchema: schema },
    });
  });
});

describe("tools", () => {
  const f: Tool = {
    kind: "function",
    name: "f",
    description: "d",
    parameters: { type: "object", $defs: {} },
  };
  const g: Tool = { kind: "function", name: "g" };

  it("rule 40: are functions with their schema as it was", () => {
    expect(body({ tools: [f, g] }).tools).toEqual([
      {
        functionDeclarations: [
          { name: "f", description: "d", parametersJsonSchema: { type: "object", $defs: {} } },
          { name: "g" },
        ],
      },
    ]);
  });

  it("rule 44: of free input become functions of one string, declared", () => {
    const tools: readonly Tool[] = [{ kind: "custom", name: "sql", format: { type: "grammar" }, cache: {} }];
    expect(body({ tools }).tools[0].functionDeclarations).toEqual([
      {
        name: "sql",
        parametersJsonSchema: {
          type: "object",
          properties: { input: { type: "string" } },
          required: ["input"],
        },
      },
    ]);
    expect(warned({ tools })).toEqual([
      "dropped cache_control",
      "emulated tool sql",
      "dropped tool sql format",
    ]);
  });

  it.for<[Call["toolChoice"], unknown]>([
    [undefined, undefined],
    [{ kind: "auto" }, { mode: "AUTO" }],
    [{ kind: "none" }, { mode: "NONE" }],
    [{ kind: "any" }, { mode: "ANY" }],
    [
      { kind: "named", name: "f" },
      { mode: "ANY", allowedFunctionNames: ["f"] },
    ],
    [
      { kind: "among", names: ["f", "g"], isRequired: true },
      { mode: "ANY", allowedFunctionNames: ["f", "g"] },
    ],
    [
      { kind: "among", names: ["f"], isRequired: false },
      { mode: "VALIDATED", allowedFunctionNames: ["f"] },
    ],
  ])("are chosen: %j", ([toolChoice, expected]) => {
    const changes = toolChoice === undefined ? {} : { toolChoice };
    expect(body({ tools: [f, g], ...changes }).toolConfig?.functionCallingConfig).toEqual(expected);
    expect(body(changes)).not.toHaveProperty("toolConfig");
  });

  it("declare what is lost", () => {
    const tools: readonly Tool[] = [{ ...f, strict: true, cache: {} }];
    expect(warned({ tools, parallelTools: false })).toEqual([
      "dropped cache_control",
      "dropped tool f strict",
      "dropped parallel_tool_calls",
    ]);
  });

  it("rule 42: web search becomes Google Search, all else that a provider runs is refused", () => {
    const search: Tool = {
      kind: "opaque",
      type: "web_search_20250305",
      raw: { type: "web_search_20250305" },
    };
    const source = "anthropic-messages";
    expect(body({ source, tools: [search] })).toMatchObject({ tools: [{ googleSearch: {} }] });
    expect(warned({ source, tools: [search] })).toEqual(["changed web_search_20250305"]);
    expect(refused({ source, tools: [search, f] })).toEqual(["unsupported_parameter", "tools"]);
    const code: Tool = { kind: "opaque", type: "code_execution_20250522", raw: {} };
    expect(refused({ source, tools: [code] })).toEqual(["unsupported_parameter", "tools"]);
  });

  it("rule 42: so does a Chat client's member for it", () => {
    const extensions = raw({ web_search_options: '{"search_context_size":"low"}' });
    expect(body({ extensions }).tools).toEqual([{ googleSearch: {} }]);
    expect(warned({ extensions })).toEqual(["changed web_search_options"]);
  });

  it("of Gemini's own clients stay where they were", () => {
    const tools: readonly Tool[] = [{ kind: "opaque", type: "googleSearch", raw: { googleSearch: {} } }, f];
    expect(body({ source: "gemini-generate", tools }).tools).toMatchObject([
      { googleSearch: {} },
      { functionDeclarations: [{ name: "f" }] },
    ]);
  });
});

describe("rule 18: reasoning", () => {
  const flash25 = "gemini-2.5-flash";
  const pro25 = "gemini-2.5-pro";
  const pro3 = "gemini-3-pro-preview";
  type Case = {
    readonly to: string;
    readonly reasoning: Call["reasoning"];
    readonly limit?: number;
    readonly source?: Call["source"];
    readonly config: unknown;
    readonly warns?: readonly string[];
  };
  it.for<Case>([
    { to: flash25, reasoning: undefined, config: undefined },
    { to: flash25, reasoning: { show: "omitted" }, config: undefined },
    { to: flash25, reasoning: { show: "summary" }, config: { includeThoughts: true } },
    {
      to: flash25,
      reasoning: { effort: "low" },
      limit: 20_000,
      config: { thinkingBudget: 4000, includeThoughts: true },
    },
    {
      to: flash25,
      reasoning: { effort: "high" },
      limit: 20_000,
      config: { thinkingBudget: 16_000, includeThoughts: true },
    },
    { to: flash25, reasoning: { effort: "high" }, config: { thinkingBudget: 24_576, includeThoughts: true } },
    {
      to: flash25,
      reasoning: { effort: "minimal" },
      limit: 2000,
      config: { thinkingBudget: 1024, includeThoughts: true },
    },
    {
      to: flash25,
      reasoning: { effort: "medium" },
      limit: 1024,
      config: undefined,
      warns: ["dropped reasoning"],
    },
    { to: flash25, reasoning: { effort: "none" }, config: { thinkingBudget: 0 } },
    { to: flash25, reasoning: { budgetTokens: 0 }, config: { thinkingBudget: 0 } },
    { to: flash25, reasoning: { budgetTokens: 500 }, config: { thinkingBudget: 500, includeThoughts: true } },
    {
      to: flash25,
      reasoning: { budgetTokens: 90_000 },
      config: { thinkingBudget: 24_576, includeThoughts: true },
      warns: ["clamped budget_tokens"],
    },
    { to: flash25, reasoning: { adaptive: true, show: "omitted" }, config: { thinkingBudget: -1 } },
    {
      to: pro25,
      reasoning: { effort: "none" },
      config: { thinkingBudget: 128 },
      warns: ["changed reasoning_effort"],
    },
    {
      to: pro3,
      reasoning: { effort: "none" },
      config: { thinkingLevel: "LOW" },
      warns: ["changed reasoning_effort"],
    },
    {
      to: pro3,
      reasoning: { effort: "medium" },
      config: { thinkingLevel: "LOW", includeThoughts: true },
      warns: ["changed reasoning_effort"],
    },
    { to: pro3, reasoning: { effort: "high", show: "omitted" }, config: { thinkingLevel: "HIGH" } },
    { to: pro3, reasoning: { adaptive: true }, config: { includeThoughts: true } },
    {
      to: model,
      reasoning: { effort: "minimal" },
      config: { thinkingLevel: "MINIMAL", includeThoughts: true },
    },
    {
      to: model,
      reasoning: { effort: "none" },
      config: { thinkingLevel: "MINIMAL" },
      warns: ["changed reasoning_effort"],
    },
    {
      to: model,
      reasoning: { effort: "xhigh" },
      config: { thinkingLevel: "HIGH", includeThoughts: true },
      warns: ["changed reasoning_effort"],
    },
    {
      to: model,
      reasoning: { budgetTokens: 5000 },
      limit: 10_000,
      config: { thinkingLevel: "MEDIUM", includeThoughts: true },
      warns: ["changed budget_tokens"],
    },
    {
      to: model,
      reasoning: { budgetTokens: 5000, show: "omitted" },
      source: "gemini-generate",
      config: { thinkingBudget: 5000 },
    },
    {
      to: "gemini-2.0-flash",
      reasoning: { effort: "high" },
      config: undefined,
      warns: ["dropped reasoning"],
    },
    { to: "gemini-2.0-flash", reasoning: { effort: "none" }, config: undefined },
  ])(
    "of $to: $reasoning with $limit becomes $config",
    ({ to, reasoning, limit, source, config, warns = [] }) => {
      const changes = {
        sampling: limit === undefined ? {} : { outputTokensMax: limit },
        ...(reasoning === undefined ? {} : { reasoning }),
        ...(source === undefined ? {} : { source }),
      };
      expect(body(changes, to).generationConfig?.thinkingConfig).toEqual(config);
      expect(warned(changes, to)).toEqual(warns);
    },
  );

  it("takes its share of the catalogue's limit where the client sets none", () => {
    const { body: text } = written({ reasoning: { effort: "low" } }, flash25, 10_000);
    expect(JSON.parse(text).generationConfig.thinkingConfig.thinkingBudget).toBe(2000);
  });
});

describe("the rest of a call", () => {
  it.for<[string, string | undefined, readonly string[]]>([
    ["auto", undefined, []],
    ["default", "standard", []],
    ["standard_only", "standard", []],
    ["flex", "flex", []],
    ["priority", "priority", []],
    ["scale", undefined, ["dropped service_tier"]],
    ["constructor", undefined, ["dropped service_tier"]],
  ])("takes the tier %s as %s", ([tier, own, warns]) => {
    expect(body({ tier }).serviceTier).toBe(own);
    expect(warned({ tier })).toEqual(warns);
  });

  it("declares account data, and refuses to go on from state kept elsewhere", () => {
    const changes = { endUser: "u", metadata: { a: "b" }, isStored: true };
    expect(warned(changes)).toEqual(["dropped user", "dropped metadata", "dropped store"]);
    expect(warned({ isStored: false })).toEqual([]);
    expect(refused({ continues: { answer: "r" } })).toEqual([
      "unsupported_parameter",
      "previous_response_id",
    ]);
    expect(refused({ continues: { conversation: "c" } })).toEqual(["unsupported_parameter", "conversation"]);
  });

  it("rule 03: members of another dialect are declared by name, those that ask for another kind of answer refuse", () => {
    expect(warned({ extensions: raw({ verbosity: '"low"', logprobs: "false" }) })).toEqual([
      "dropped verbosity",
      "dropped logprobs",
    ]);
    for (const [name, value] of Object.entries({
      modalities: '["audio"]',
      audio: "{}",
      container: '"c"',
      background: "true",
    })) {
      expect(refused({ extensions: raw({ [name]: value }) }), name).toEqual(["unsupported_parameter", name]);
    }
  });

  it("rule 03: members of Gemini's own clients go where they were, their text kept", () => {
    const extensions = raw({
      safetySettings: "[ 1.0 ]",
      cachedContent: '"cachedContents/a"',
      "generationConfig.speechConfig": '{"n": 9007199254740993}',
      "generationConfig.temperature": "9",
      "toolConfig.retrievalConfig": "{}",
      toString: "1",
    });
    const { body: text, warnings } = written({
      source: "gemini-generate",
      extensions,
      sampling: { temperature: 1 },
      tier: "flex",
      metadata: { a: "b" },
    });
    expect(text).toBe(
      '{"contents":[{"role":"user","parts":[{"text":"hi"}]}],"toolConfig":{"retrievalConfig":{}},' +
        '"generationConfig":{"temperature":1,"speechConfig":{"n": 9007199254740993}},"serviceTier":"flex",' +
        '"labels":{"a":"b"},"safetySettings":[ 1.0 ],"cachedContent":"cachedContents/a","toString":1}',
    );
    expect(warnings).toEqual([]);
  });
});
