import { describe, expect, it } from "vitest";
import type { Call } from "../../exchange/call.ts";
import { written } from "./request.test-support.ts";

describe("settings", () => {
  it("rules 20, 21: names the output limit, and drops what a reasoning model does not take", () => {
    const sampling = { outputTokensMax: 90, temperature: 0.5, topP: 0.9 };
    expect(written({ sampling }).body).toMatchObject({ max_output_tokens: 90, temperature: 0.5, top_p: 0.9 });
    const reasoning = written({ sampling }, "openai/o3-mini");
    expect(reasoning.body).toMatchObject({ max_output_tokens: 90 });
    expect(reasoning.body).not.toHaveProperty("temperature");
    expect(reasoning.body).not.toHaveProperty("top_p");
    expect(reasoning.declared).toEqual(["dropped temperature", "dropped top_p"]);
    expect(written({ sampling: { temperature: 1, topP: 1 } }, "gpt-5").declared).toEqual([]);
  });

  it("raises an output limit that the provider would refuse, and says so by the client's name", () => {
    expect(written({ sampling: { outputTokensMax: 1 } })).toMatchObject({
      body: { max_output_tokens: 16 },
      declared: ["clamped max_completion_tokens"],
    });
    expect(written({ source: "anthropic-messages", sampling: { outputTokensMax: 1 } }).declared).toEqual([
      "clamped max_tokens",
    ]);
    expect(written({ sampling: { outputTokensMax: 16 } })).toMatchObject({
      body: { max_output_tokens: 16 },
      declared: [],
    });
  });

  it("leaves limit, penalties and stop sequences to a client of this dialect: other servers take them", () => {
    const sampling = { outputTokensMax: 1, presencePenalty: 0.1, frequencyPenalty: 0.2, stop: ["x"] };
    expect(written({ source: "openai-responses", sampling })).toMatchObject({
      body: { max_output_tokens: 1, presence_penalty: 0.1, frequency_penalty: 0.2, stop: ["x"] },
      declared: [],
    });
  });

  it("rule 23: drops and declares what has no word here", () => {
    const sampling = { topK: 1, seed: 2, presencePenalty: 0.1, frequencyPenalty: 0.2, choices: 1 };
    expect(written({ sampling }).declared).toEqual([
      "dropped top_k",
      "dropped seed",
      "dropped presence_penalty",
      "dropped frequency_penalty",
    ]);
    expect(written({ source: "gemini-generate", sampling }).declared).toContain("dropped topK");
  });

  it("rule 23: asks for log probabilities", () => {
    expect(written({ sampling: { logprobs: 3 } }).body).toMatchObject({
      include: ["message.output_text.logprobs"],
      top_logprobs: 3,
    });
  });

  it("rule 24: leaves out an empty list of stop sequences", () => {
    expect(written({ sampling: { stop: [] } }).declared).toEqual([]);
  });

  it.for<{
    reasoning: NonNullable<Call["reasoning"]>;
    limit?: number;
    model: string;
    effort: unknown;
    declared: readonly string[];
  }>([
    { reasoning: { effort: "high" }, model: "o3", effort: "high", declared: [] },
    { reasoning: { effort: "max" }, model: "gpt-5", effort: "high", declared: ["clamped reasoning_effort"] },
    {
      reasoning: { effort: "max" },
      model: "gpt-5.4",
      effort: "xhigh",
      declared: ["clamped reasoning_effort"],
    },
    { reasoning: { effort: "max" }, model: "gpt-5.6-sol", effort: "max", declared: [] },
    { reasoning: { effort: "max" }, model: "gpt-6-astra", effort: "max", declared: [] },
    {
      reasoning: { effort: "low" },
      model: "gpt-5-pro-2025-10-06",
      effort: "high",
      declared: ["clamped reasoning_effort"],
    },
    {
      reasoning: { effort: "low" },
      model: "gpt-5.4-pro",
      effort: "medium",
      declared: ["clamped reasoning_effort"],
    },
    {
      reasoning: { effort: "none" },
      model: "gpt-5.3-codex",
      effort: "low",
      declared: ["clamped reasoning_effort"],
    },
    { reasoning: { effort: "xhigh" }, model: "gpt-5.1-codex-max", effort: "xhigh", declared: [] },
    {
      reasoning: { effort: "xhigh" },
      model: "gpt-5.1-codex",
      effort: "high",
      declared: ["clamped reasoning_effort"],
    },
    { reasoning: { effort: "minimal" }, model: "o3", effort: "low", declared: ["clamped reasoning_effort"] },
    { reasoning: { effort: "none" }, model: "gpt-5.1", effort: "none", declared: [] },
    {
      reasoning: { effort: "high" },
      model: "o3-deep-research",
      effort: "medium",
      declared: ["clamped reasoning_effort"],
    },
    { reasoning: { budgetTokens: 2000 }, limit: 10_000, model: "gpt-5", effort: "low", declared: [] },
    {
      reasoning: { budgetTokens: 8000 },
      limit: 10_000,
      model: "ft:gpt-5:acme",
      effort: "high",
      declared: [],
    },
    {
      reasoning: { effort: "high" },
      model: "gpt-4o",
      effort: undefined,
      declared: ["dropped reasoning_effort"],
    },
    {
      reasoning: { effort: "high" },
      model: "gpt-35-turbo",
      effort: undefined,
      declared: ["dropped reasoning_effort"],
    },
    {
      reasoning: { effort: "high" },
      model: "gpt-5.2-chat-latest",
      effort: undefined,
      declared: ["dropped reasoning_effort"],
    },
    { reasoning: { effort: "none" }, model: "gpt-4o", effort: undefined, declared: [] },
    { reasoning: { adaptive: true }, model: "gpt-5", effort: undefined, declared: [] },
  ])("rule 18: $reasoning on $model is $effort", ({ reasoning, limit, model, effort, declared }) => {
    const sampling = limit === undefined ? {} : { outputTokensMax: limit };
    const { body, declared: told } = written({ reasoning, sampling }, model);
    expect(body.reasoning?.effort).toBe(effort);
    expect(told).toEqual(declared);
  });

  it("leaves the effort for a model that nobody knows to a client of its own dialect", () => {
    expect(
      written({ source: "openai-responses", reasoning: { effort: "high" } }, "my-deployment").body.reasoning,
    ).toEqual({
      effort: "high",
    });
  });

  it.for<{ show: "full" | "summary" | "omitted" | undefined; summary: unknown }>([
    { show: "full", summary: "detailed" },
    { show: "summary", summary: "auto" },
    { show: "omitted", summary: undefined },
    { show: undefined, summary: undefined },
  ])("asks for a summary of reasoning shown $show: $summary", ({ show, summary }) => {
    const reasoning = { effort: "low", ...(show !== undefined && { show }) } as const;
    expect(written({ reasoning }, "gpt-5").body.reasoning).toEqual({
      effort: "low",
      ...(summary !== undefined && { summary }),
    });
  });

  it("rule 19: asks for structured output by its format, never by a tool", () => {
    const schema = { type: "object", properties: {}, required: [], additionalProperties: false };
    expect(written({ output: { kind: "schema", name: "s", schema, strict: true } }).body).toMatchObject({
      text: { format: { type: "json_schema", name: "s", schema, strict: true } },
    });
    expect(written({ output: { kind: "json" } }).body.text).toEqual({ format: { type: "json_object" } });
    const open = written({ output: { kind: "schema", name: "s", schema: { type: "object" }, strict: true } });
    expect(open.body.text.format.strict).toBe(false);
    expect(open.declared).toEqual(["dropped strict"]);
  });

  it.for([
    { tier: "auto", source: "anthropic-messages", sent: undefined, declared: [] },
    { tier: "standard_only", source: "anthropic-messages", sent: "default", declared: [] },
    { tier: "batch", source: "anthropic-messages", sent: undefined, declared: ["dropped service_tier"] },
    { tier: "priority", source: "gemini-generate", sent: "priority", declared: [] },
    { tier: "flex", source: "openai-chat", sent: "flex", declared: [] },
  ] as const)("maps the tier $tier of $source to $sent", ({ tier, source, sent, declared }) => {
    const { body, declared: told } = written({ tier, source });
    expect(body.service_tier).toBe(sent);
    expect(told).toEqual(declared);
  });

  it("tells the end user as the provider wants it, and hashes what is too long", () => {
    expect(written({ endUser: "u" }).body.safety_identifier).toBe("u");
    expect(written({ endUser: "u".repeat(200) }, "llama-3").body.user).toBe("u".repeat(200));
    const long = written({ endUser: "u".repeat(129) });
    expect(long.body.safety_identifier).toMatch(/^[0-9A-Za-z]{22}$/);
    expect(long.declared).toEqual(["changed user_id"]);
  });

  it("passes metadata on, except Anthropic's", () => {
    expect(written({ metadata: { a: "b" } }).body.metadata).toEqual({ a: "b" });
    expect(written({ source: "anthropic-messages", metadata: { a: "b" } }).declared).toEqual([
      "dropped metadata",
    ]);
  });

  it("asks for a stream", () => {
    expect(written({ isStream: true }).body.stream).toBe(true);
    expect(written({}).body).not.toHaveProperty("stream");
  });
});
