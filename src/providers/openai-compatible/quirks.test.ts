import { describe, expect, it } from "vitest";
import type { Call, Turn } from "../../exchange/call.ts";
import type { Part, StreamPart } from "../../exchange/part.ts";
import type { Json, JsonObject } from "../../kernel/json.ts";
import { chunk, commentFrame, frameOf, framesOf } from "./frames.test-support.ts";
import { createOpenaiCompatible, quirksOf } from "./index.ts";
import { quirkIds } from "./quirks.ts";

const base: Call = {
  source: "anthropic-messages",
  model: "asked",
  instructions: [],
  turns: [],
  tools: [],
  sampling: {},
  isStream: false,
  wantsUsage: true,
  extensions: new Map(),
};

const codecOf = (profile: string) => createOpenaiCompatible(quirksOf(profile));

/** What `call` is for a server of this profile, and what was declared. */
function encode(profile: string, call: Partial<Call>, model = "m"): { body: JsonObject; declared: string[] } {
  const encoded = codecOf(profile).encodeRequest({ ...base, ...call }, { model });
  if (encoded.kind === "refused") throw encoded.error;
  const declared = encoded.warnings.map(({ kind, subject }) => `${kind} ${subject}`);
  return { body: JSON.parse(encoded.body), declared };
}

function refusal(profile: string, call: Partial<Call>): string | undefined {
  const encoded = codecOf(profile).encodeRequest({ ...base, ...call }, { model: "m" });
  return encoded.kind === "refused" ? encoded.error.code : undefined;
}

function stream(profile: string, data: readonly (Json | string)[]): readonly StreamPart[] {
  const decoder = codecOf(profile).decodeStream();
  return [...framesOf(data).flatMap(decoder.push), ...decoder.end()];
}

function answerOf(profile: string, value: Json) {
  const decoding = codecOf(profile).decodeAnswer(new TextEncoder().encode(JSON.stringify(value)));
  if (decoding.kind === "failure") throw new Error(decoding.failure.message);
  return decoding;
}

const whole = (message: Json, members: { readonly [member: string]: Json } = {}): Json => ({
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message, finish_reason: "stop" }],
  ...members,
});

const text = (words: string): Part => ({ kind: "text", text: words });
const toolCall = (id: string): Part => ({ kind: "tool-call", id, name: "f", argumentsText: "{}" });
const thought: Part = { kind: "reasoning", text: "hm", isRedacted: false };
const assistant = (...parts: readonly Part[]): Turn => ({ role: "assistant", parts });
const messagesIn = (body: JsonObject): readonly JsonObject[] => body["messages"] as readonly JsonObject[];

describe("quirksOf", () => {
  it("has every server of the specification, and takes any other for OpenAI's equal", () => {
    for (const id of [
      "azure-openai",
      "deepseek",
      "moonshot",
      "zai",
      "groq",
      "openrouter",
      "xai",
      "together",
      "fireworks",
      "cerebras",
      "perplexity",
      "nvidia-nim",
      "dashscope",
      "ollama",
      "vllm",
      "sglang",
      "llama-cpp",
      "lmstudio",
      "default",
    ]) {
      expect(quirksOf(id).id).toBe(id);
    }
    expect(quirksOf("a server of tomorrow")).toBe(quirksOf("default"));
    expect(new Set(quirkIds).size).toBe(quirkIds.length);
  });
});

describe("rule 15: reasoning that comes back", () => {
  const turns = [assistant(thought, text("a")), assistant(text("b")), assistant(thought, toolCall("c"))];
  it.for<{
    profile: string;
    model: string;
    call: Partial<Call>;
    brought: readonly unknown[];
    member: string;
  }>([
    {
      profile: "deepseek",
      model: "deepseek-v4-pro",
      call: {},
      member: "reasoning_content",
      brought: ["hm", "", "hm"],
    },
    {
      profile: "deepseek",
      model: "deepseek-v4-pro",
      call: { reasoning: { effort: "none" } },
      member: "reasoning_content",
      brought: [undefined, undefined, undefined],
    },
    {
      profile: "deepseek",
      model: "deepseek-chat",
      call: {},
      member: "reasoning_content",
      brought: [undefined, undefined, undefined],
    },
    {
      profile: "moonshot",
      model: "kimi-k3",
      call: {},
      member: "reasoning_content",
      brought: [undefined, undefined, "hm"],
    },
    {
      profile: "default",
      model: "deepseek-ai/DeepSeek-V4-Flash",
      call: {},
      member: "reasoning_content",
      brought: ["hm", "", "hm"],
    },
    {
      profile: "default",
      model: "gpt-5",
      call: { reasoning: { effort: "high" } },
      member: "reasoning_content",
      brought: [undefined, undefined, undefined],
    },
    {
      profile: "groq",
      model: "deepseek-v4-flash",
      call: { reasoning: { effort: "high" } },
      member: "reasoning",
      brought: [undefined, undefined, undefined],
    },
  ])("$profile, $model, $call: $brought", ({ profile, model, call, brought, member }) => {
    const { body } = encode(profile, { ...call, turns }, model);
    expect(messagesIn(body).map((message) => message[member])).toEqual(brought);
  });
});

describe("rule 16: reasoning is read in whatever form it comes", () => {
  it.for<{ name: string; message: Json; reasoning: readonly object[] }>([
    { name: "reasoning_content", message: { reasoning_content: "hm" }, reasoning: [thought] },
    { name: "reasoning", message: { reasoning: "hm" }, reasoning: [thought] },
    {
      name: "both at once, told once",
      message: { reasoning: "hm", reasoning_content: "hm" },
      reasoning: [thought],
    },
    {
      name: "content with thinking parts",
      message: { content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }] },
      reasoning: [thought],
    },
    {
      name: "details without a seal",
      message: { reasoning_details: [{ type: "reasoning.text", text: "hm", format: "unknown" }] },
      reasoning: [thought],
    },
    {
      name: "details of a summary",
      message: { reasoning: "hm", reasoning_details: [{ type: "reasoning.summary", summary: "hm" }] },
      reasoning: [{ ...thought, isSummary: true }],
    },
  ])("$name", ({ message, reasoning }) => {
    const found = answerOf("default", whole(message)).answer.parts.filter(({ kind }) => kind === "reasoning");
    expect(found).toEqual(reasoning);
    const streamed = stream("default", [chunk(message, "stop"), "[DONE]"]).flatMap((part) =>
      part.kind === "reasoning-delta" ? [part.text] : [],
    );
    expect(streamed).toEqual(["hm"]);
  });
});

describe("requests", () => {
  it.for([
    { profile: "default", model: "gpt-4o", member: "max_tokens" },
    { profile: "default", model: "gpt-5", member: "max_completion_tokens" },
    { profile: "openrouter", model: "openai/gpt-5", member: "max_tokens" },
    { profile: "groq", model: "llama-3.3-70b-versatile", member: "max_completion_tokens" },
    { profile: "xai", model: "grok-4", member: "max_completion_tokens" },
    { profile: "deepseek", model: "deepseek-v4-pro", member: "max_tokens" },
  ])("rule 21: $profile has the output limit of $model in $member", ({ profile, model, member }) => {
    const { body } = encode(profile, { sampling: { outputTokensMax: 9 } }, model);
    const limits = ["max_tokens", "max_completion_tokens"].filter((name) => name in body);
    expect(limits).toEqual([member]);
  });

  it.for([
    { profile: "default", role: "developer" },
    { profile: "azure-openai", role: "developer" },
    { profile: "ollama", role: "system" },
    { profile: "vllm", role: "system" },
    { profile: "groq", role: "system" },
  ])("rule 22: the role developer is $role for $profile", ({ profile, role }) => {
    const turns: readonly Turn[] = [
      { role: "user", parts: [text("q")] },
      { role: "developer", parts: [text("be kind")] },
      { role: "system", parts: [text("be brief")] },
    ];
    expect(messagesIn(encode(profile, { turns }).body).map((message) => message["role"])).toEqual([
      "user",
      role,
      "system",
    ]);
  });

  it("rule 22: a model that takes neither role is told by the user", () => {
    const turns: readonly Turn[] = [{ role: "developer", parts: [text("be kind")] }];
    expect(encode("default", { turns }, "o1-mini").body["messages"]).toEqual([
      { role: "user", content: "be kind" },
    ]);
  });

  it.for([
    { profile: "vllm", model: "m", sent: 5, declared: [] },
    { profile: "ollama", model: "m", sent: 5, declared: [] },
    { profile: "openrouter", model: "m", sent: 5, declared: [] },
    { profile: "default", model: "m", sent: undefined, declared: ["dropped top_k"] },
    { profile: "openrouter", model: "openai/o3", sent: undefined, declared: ["dropped top_k"] },
  ])("rule 20: $profile is sent top_k $sent for $model", ({ profile, model, sent, declared }) => {
    const encoded = encode(profile, { sampling: { topK: 5 } }, model);
    expect(encoded.body["top_k"]).toBe(sent);
    expect(encoded.declared).toEqual(declared);
  });

  it.for([
    { profile: "default", stops: 4, code: undefined },
    { profile: "default", stops: 5, code: "unsupported_parameter" },
    { profile: "deepseek", stops: 16, code: undefined },
    { profile: "deepseek", stops: 17, code: "unsupported_parameter" },
    { profile: "zai", stops: 2, code: "unsupported_parameter" },
    { profile: "vllm", stops: 40, code: undefined },
  ])("rule 24: $profile answers $stops stop sequences with $code", ({ profile, stops, code }) => {
    const stop = Array.from({ length: stops }, (_, index) => `s${index}`);
    expect(refusal(profile, { sampling: { stop } })).toBe(code);
  });

  it("sends parallel_tool_calls only where it is known; that it is off is then declared", () => {
    const tools = [{ kind: "function", name: "f" }] as const;
    expect(encode("vllm", { tools, parallelTools: false }).body["parallel_tool_calls"]).toBe(false);
    const deepseek = encode("deepseek", { tools, parallelTools: false });
    expect(deepseek.body).not.toHaveProperty("parallel_tool_calls");
    expect(deepseek.declared).toEqual(["dropped parallel_tool_calls"]);
    expect(encode("deepseek", { tools, parallelTools: true }).declared).toEqual([]);
  });

  it("rule 23: sends log probabilities and the bias of tokens", () => {
    const { body } = encode("default", { sampling: { logprobs: 3, logitBias: { "5": 1 } } });
    expect(body).toMatchObject({ logprobs: true, top_logprobs: 3, logit_bias: { "5": 1 } });
    const plain = encode("default", { sampling: { logprobs: 0 } }).body;
    expect(plain["logprobs"]).toBe(true);
    expect(plain).not.toHaveProperty("top_logprobs");
  });

  it("keeps answers where that is known, and continues none that another keeps", () => {
    expect(encode("default", { isStored: false }).body["store"]).toBe(false);
    expect(encode("groq", { isStored: false }).body).not.toHaveProperty("store");
    expect(encode("groq", { isStored: true }).declared).toEqual(["dropped store"]);
    expect(refusal("default", { continues: { answer: "resp_1" } })).toBe("unsupported_parameter");
    expect(refusal("default", { continues: { conversation: "conv_1" } })).toBe("unsupported_parameter");
  });

  it("names the end user in the member the server has, and hashes a name that does not fit", () => {
    expect(encode("groq", { endUser: "u" }, "openai/gpt-4o").body["user"]).toBe("u");
    expect(encode("deepseek", { endUser: "u-1" }).body["user_id"]).toBe("u-1");
    const hashed = encode("deepseek", { endUser: "u@example.com" });
    expect(hashed.body["user_id"]).toMatch(/^[0-9A-Za-z]{22}$/);
    expect(hashed.declared).toEqual(["changed user_id"]);
  });

  it.for<{
    profile: string;
    model: string;
    reasoning: NonNullable<Call["reasoning"]>;
    members: object;
    declared?: readonly string[];
  }>([
    {
      profile: "deepseek",
      model: "deepseek-v4-pro",
      reasoning: { effort: "max" },
      members: { thinking: { type: "enabled" }, reasoning_effort: "max" },
    },
    {
      profile: "deepseek",
      model: "deepseek-v4-pro",
      reasoning: { effort: "xhigh" },
      members: { thinking: { type: "enabled" }, reasoning_effort: "high" },
      declared: ["clamped reasoning_effort"],
    },
    {
      profile: "deepseek",
      model: "deepseek-v4-pro",
      reasoning: { effort: "none" },
      members: { thinking: { type: "disabled" } },
    },
    {
      profile: "zai",
      model: "glm-4.7",
      reasoning: { budgetTokens: 2000 },
      members: { thinking: { type: "enabled" } },
    },
    {
      profile: "moonshot",
      model: "kimi-k3",
      reasoning: { effort: "low" },
      members: { reasoning_effort: "low" },
    },
    {
      profile: "moonshot",
      model: "kimi-k2.7-code",
      reasoning: { effort: "none" },
      members: {},
      declared: ["dropped thinking"],
    },
    {
      profile: "moonshot",
      model: "moonshot-v1-8k",
      reasoning: { effort: "high" },
      members: {},
      declared: ["dropped thinking"],
    },
    {
      profile: "dashscope",
      model: "qwen3-max",
      reasoning: { budgetTokens: 2000 },
      members: { enable_thinking: true, thinking_budget: 2000 },
    },
    {
      profile: "dashscope",
      model: "qwen3-max",
      reasoning: { effort: "medium" },
      members: { enable_thinking: true, thinking_budget: 500 },
    },
    {
      profile: "dashscope",
      model: "qwen3-max",
      reasoning: { effort: "none" },
      members: { enable_thinking: false },
    },
    {
      profile: "openrouter",
      model: "anthropic/claude-sonnet-4.5",
      reasoning: { budgetTokens: 2000, show: "omitted" },
      members: { reasoning: { max_tokens: 2000, exclude: true } },
    },
    {
      profile: "openrouter",
      model: "z-ai/glm-5",
      reasoning: { effort: "max" },
      members: { reasoning: { effort: "xhigh" } },
      declared: ["clamped reasoning_effort"],
    },
    {
      profile: "openrouter",
      model: "z-ai/glm-5",
      reasoning: { adaptive: true },
      members: { reasoning: { enabled: true } },
    },
    {
      profile: "xai",
      model: "grok-3-mini",
      reasoning: { effort: "high" },
      members: { reasoning_effort: "high" },
    },
    {
      profile: "gemini",
      model: "gemini-3-pro",
      reasoning: { effort: "low" },
      members: { reasoning_effort: "low" },
    },
  ])(
    "rule 18: $profile is asked for $reasoning of $model by $members",
    ({ profile, model, reasoning, members, declared }) => {
      const encoded = encode(profile, { reasoning, sampling: { outputTokensMax: 1000 } }, model);
      const { model: _, messages, max_tokens, max_completion_tokens, ...asked } = encoded.body;
      expect(asked).toEqual(members);
      expect(encoded.declared).toEqual(declared ?? []);
    },
  );
});

describe("rule 44: tools with free input", () => {
  const grammar = { type: "grammar", syntax: "lark", definition: "start: /a+/" };
  const call: Partial<Call> = {
    tools: [
      { kind: "custom", name: "sql", description: "d", format: grammar },
      { kind: "function", name: "f" },
    ],
    toolChoice: { kind: "named", name: "sql" },
    turns: [
      assistant({ kind: "tool-call", id: "c1", name: "sql", argumentsText: 'select "1"', isCustom: true }),
    ],
  };

  it("are sent as they are to a server that knows them", () => {
    const { body, declared } = encode("default", call);
    expect(body["tools"]).toEqual([
      {
        type: "custom",
        custom: {
          name: "sql",
          description: "d",
          format: { type: "grammar", grammar: { syntax: "lark", definition: "start: /a+/" } },
        },
      },
      { type: "function", function: { name: "f" } },
    ]);
    expect(body["tool_choice"]).toEqual({ type: "custom", custom: { name: "sql" } });
    expect(messagesIn(body)[0]?.["tool_calls"]).toEqual([
      { id: "c1", type: "custom", custom: { name: "sql", input: 'select "1"' } },
    ]);
    expect(declared).toEqual([]);
  });

  it("are functions of one string to any other, which is declared", () => {
    const { body, declared } = encode("groq", call);
    const [sql] = body["tools"] as readonly JsonObject[];
    expect(sql).toMatchObject({
      type: "function",
      function: { name: "sql", description: "d", parameters: { required: ["input"] } },
    });
    expect(body["tool_choice"]).toEqual({ type: "function", function: { name: "sql" } });
    expect(messagesIn(body)[0]?.["tool_calls"]).toEqual([
      { id: "c1", type: "function", function: { name: "sql", arguments: '{"input":"select \\"1\\""}' } },
    ]);
    expect(declared).toEqual(["emulated tool sql", "dropped tool sql format"]);
  });

  it("are called with free input, whole and streamed", () => {
    const told = { id: "c1", type: "custom", custom: { name: "sql", input: "select 1" } };
    expect(answerOf("default", whole({ tool_calls: [told] })).answer.parts).toEqual([
      { kind: "tool-call", id: "c1", name: "sql", argumentsText: "select 1", isCustom: true },
    ]);
    const parts = stream("default", [
      chunk({ tool_calls: [{ index: 0, id: "c1", type: "custom", custom: { name: "sql", input: "" } }] }),
      chunk({ tool_calls: [{ index: 0, custom: { input: "select 1" } }] }, "tool_calls"),
      "[DONE]",
    ]);
    expect(parts.slice(1, 4)).toEqual([
      { kind: "tool-input-start", part: 0, id: "c1", name: "sql", isCustom: true },
      { kind: "tool-input-delta", part: 0, argumentsText: "select 1" },
      { kind: "tool-input-end", part: 0 },
    ]);
  });

  it("and a choice among some of all tools: allowed_tools, or looked at in the answer", () => {
    const toolChoice = { kind: "among", names: ["sql", "f"], isRequired: true } as const;
    expect(encode("default", { ...call, toolChoice }).body["tool_choice"]).toEqual({
      type: "allowed_tools",
      allowed_tools: {
        mode: "required",
        tools: [
          { type: "custom", custom: { name: "sql" } },
          { type: "function", function: { name: "f" } },
        ],
      },
    });
    expect(
      codecOf("groq").encodeRequest({ ...base, ...call, toolChoice }, { model: "m" }),
    ).not.toHaveProperty("emulation.toolsAmong");
    const some = { ...toolChoice, names: ["f"], isRequired: false } as const;
    expect(encode("groq", { ...call, toolChoice: some }).declared).toContain("emulated tool_choice");
    expect(
      codecOf("groq").encodeRequest({ ...base, ...call, toolChoice: some }, { model: "m" }),
    ).toMatchObject({
      body: expect.stringContaining('"tool_choice":"auto"'),
      emulation: { toolsAmong: ["f"] },
    });
  });
});

describe("rule 33: pieces of tool calls", () => {
  const piece = (index: number | undefined, id: string, name: string, args: string): Json => ({
    ...(index !== undefined && { index }),
    ...(id !== "" && { id }),
    function: { ...(name !== "" && { name }), arguments: args },
  });
  const callsIn = (parts: readonly StreamPart[]): readonly (readonly string[])[] => {
    const calls = new Map<number, string[]>();
    for (const part of parts) {
      if (part.kind === "tool-input-start") calls.set(part.part, [part.id, part.name, ""]);
      if (part.kind === "tool-input-delta") {
        const call = calls.get(part.part);
        if (call !== undefined) call[2] += part.argumentsText;
      }
    }
    return [...calls.values()];
  };
  it.for([
    { profile: "ollama", indexes: [0, 0, 0] },
    { profile: "ollama", indexes: [7, 3, 9] },
    { profile: "vllm", indexes: [0, 1, 1] },
    { profile: "vllm", indexes: [undefined, undefined, undefined] },
  ])("of $profile with the indexes $indexes find their call", ({ profile, indexes: [a, b, c] }) => {
    const parts = stream(profile, [
      chunk({ tool_calls: [piece(a, "c1", "f", '{"a":1}')] }),
      chunk({ tool_calls: [piece(b, "c2", "f", '{"b":')] }),
      chunk({ tool_calls: [piece(c, "", "", "2}")] }, "tool_calls"),
      "[DONE]",
    ]);
    expect(callsIn(parts)).toEqual([
      ["c1", "f", '{"a":1}'],
      ["c2", "f", '{"b":2}'],
    ]);
  });
});

describe("rule 47: usage", () => {
  const facts = { model: "m", isStream: true, wantsUsage: false };
  const usageOf = (profile: string, data: readonly (Json | string)[]) =>
    stream(profile, data).find((part) => part.kind === "usage")?.usage;

  it.for([
    { profile: "default", asks: true },
    { profile: "azure-openai", asks: true },
    { profile: "nvidia-nim", asks: true },
    { profile: "dashscope", asks: true },
    { profile: "groq", asks: false },
    { profile: "deepseek", asks: false },
    { profile: "together", asks: false },
    { profile: "perplexity", asks: false },
  ])("$profile is asked for it in a stream: $asks", ({ profile, asks }) => {
    expect("stream_options" in encode(profile, { isStream: true }).body).toBe(asks);
    expect(codecOf(profile).splices(facts, { model: "m" })).toHaveLength(asks ? 1 : 0);
    const tap = codecOf(profile).tapStream({ hidesUsage: true });
    const own = { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } };
    expect(framesOf([chunk({ content: "a" }, "stop"), own]).map(tap.push)).toEqual([
      "content",
      // A chunk that the gateway did not cause is the client's.
      asks ? "usage-only" : "content",
    ]);
  });

  it("takes stream options from the body of a server that refuses them", () => {
    const streamOptions = '{"include_usage":true}';
    const wanted = { ...facts, wantsUsage: true, streamOptions };
    expect(codecOf("perplexity").splices(wanted, { model: "m" })).toEqual([
      { member: "stream_options", value: undefined },
    ]);
    expect(codecOf("default").splices(wanted, { model: "m" })).toEqual([]);
  });

  it("of Groq is read on the finish, at the top or under x_groq", () => {
    const usage = { prompt_tokens: 18, completion_tokens: 73, total_tokens: 91 };
    for (const members of [{ x_groq: { usage } }, { usage, x_groq: { usage } }]) {
      expect(usageOf("groq", [chunk({ content: "a" }), chunk({}, "stop", members), "[DONE]"])).toMatchObject({
        input: { total: 18, uncached: 18 },
        output: { total: 73 },
      });
    }
  });

  it("of DeepSeek is what the cache hit and what it missed", () => {
    const usage = {
      prompt_tokens: 339,
      completion_tokens: 83,
      total_tokens: 422,
      completion_tokens_details: { reasoning_tokens: 39 },
      prompt_cache_hit_tokens: 320,
      prompt_cache_miss_tokens: 19,
    };
    expect(usageOf("deepseek", [chunk({ content: "" }, "stop", { usage }), "[DONE]"])).toMatchObject({
      input: { total: 339, uncached: 19, cacheRead: 320 },
      output: { total: 83, reasoning: 39 },
    });
  });

  it("of Perplexity, which repeats it on every chunk, is never added up", () => {
    const usage = (completion: number) => ({
      usage: { prompt_tokens: 10, completion_tokens: completion, total_tokens: 10 + completion },
    });
    const data = [chunk({ content: "a" }, null, usage(1)), chunk({ content: "b" }, "stop", usage(336))];
    expect(usageOf("perplexity", data)).toMatchObject({ input: { total: 10 }, output: { total: 336 } });
  });

  it("of Moonshot and Together has the cached tokens beside the prompt's", () => {
    const usage = { prompt_tokens: 20, completion_tokens: 30, total_tokens: 50, cached_tokens: 10 };
    expect(answerOf("moonshot", whole({ content: "a" }, { usage })).answer.usage).toMatchObject({
      input: { total: 20, uncached: 10, cacheRead: 10 },
    });
  });

  it("of DashScope has its cache counts in the last frame only", () => {
    const first = { prompt_tokens: 20, completion_tokens: 1, total_tokens: 21 };
    const last = {
      prompt_tokens: 20,
      completion_tokens: 3,
      total_tokens: 23,
      prompt_tokens_details: { cached_tokens: 8, cache_creation_input_tokens: 4 },
    };
    const data = [chunk({ content: "a" }, "stop", { usage: first }), { choices: [], usage: last }, "[DONE]"];
    expect(usageOf("dashscope", data)).toMatchObject({
      input: { total: 20, uncached: 8, cacheRead: 8, cacheWriteOther: 4 },
      output: { total: 3 },
    });
  });

  it("of xAI counts the reasoning, which its completion leaves out; its own price stays with it", () => {
    // Source: Vercel's recording of grok-3-mini, 12 + 1 + 290 = 303.
    const told = {
      prompt_tokens: 12,
      completion_tokens: 1,
      total_tokens: 303,
      completion_tokens_details: { reasoning_tokens: 290 },
      cost_in_usd_ticks: 1_466_250,
    };
    const { total_tokens: _, ...without } = told;
    for (const usage of [told, without]) {
      const read = answerOf("xai", whole({ content: "Hello" }, { usage })).answer.usage;
      expect(read?.output).toEqual({ total: 291, reasoning: 290 });
      expect(read?.raw?.text).toContain('"cost_in_usd_ticks":1466250');
    }
    // Elsewhere only a total that says so is believed.
    expect(answerOf("default", whole({ content: "" }, { usage: without })).answer.usage?.output.total).toBe(
      1,
    );
    const inside = { ...told, total_tokens: 313, completion_tokens: 301 };
    expect(answerOf("xai", whole({ content: "" }, { usage: inside })).answer.usage?.output.total).toBe(301);
  });

  it("of OpenRouter keeps its cost", () => {
    const usage = { prompt_tokens: 57, completion_tokens: 17, total_tokens: 74, cost: 0.00007159 };
    expect(answerOf("openrouter", whole({ content: "" }, { usage })).answer.usage?.raw?.text).toContain(
      '"cost":0.00007159',
    );
  });

  it("of NVIDIA may never come, and is then not told", () => {
    expect(usageOf("nvidia-nim", [chunk({ content: "a" }, "stop"), "[DONE]"])).toBeUndefined();
  });
});

describe("rule 50: errors inside a stream of status 200", () => {
  it.for<{ name: string; profile: string; frame: ReturnType<typeof frameOf>; code: string; status: number }>([
    {
      name: "Groq's event",
      profile: "groq",
      frame: frameOf(
        '{"error":{"message":"Failed to call a function.","type":"invalid_request_error","code":"tool_use_failed"}}',
        "error",
      ),
      code: "upstream_rejected",
      status: 400,
    },
    {
      name: "OpenRouter's numeric code, with the words of the provider behind it",
      profile: "openrouter",
      frame: frameOf(
        '{"id":"gen-1","choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}],"error":{"code":429,"message":"Provider returned error","metadata":{"raw":"slow down"}}}',
      ),
      code: "upstream_rate_limited",
      status: 429,
    },
    {
      name: "a code of null",
      profile: "default",
      frame: frameOf('{"error":{"message":"boom","type":"server_error","param":null,"code":null}}'),
      code: "upstream_failed",
      status: 500,
    },
  ])("$name", ({ profile, frame, code, status }) => {
    const decoder = codecOf(profile).decodeStream();
    const parts = [...framesOf([chunk({ content: "a" })]), frame].flatMap(decoder.push);
    expect(parts.at(-1)).toMatchObject({ kind: "error", failure: { code, status } });
    expect(decoder.end()).toEqual([]);
    const tap = codecOf(profile).tapStream({ hidesUsage: false });
    expect(tap.push(frame)).toBe("error");
    expect(tap.failure()).toMatchObject({ code, status });
    expect(tap.isComplete()).toBe(false);
  });
});

describe("rule 52: chunks of Azure and OpenRouter that other servers do not have", () => {
  it("crash nothing: filter results first, offsets without a delta, comments", () => {
    const filtered = { hate: { filtered: false, severity: "safe" } };
    const frames = [
      ...framesOf([
        {
          id: "",
          object: "",
          created: 0,
          model: "",
          choices: [],
          prompt_filter_results: [{ prompt_index: 0, content_filter_results: filtered }],
        },
      ]),
      commentFrame,
      ...framesOf([
        chunk({ role: "assistant", content: "" }),
        chunk({ content: "a" }),
        {
          id: "",
          object: "",
          created: 0,
          model: "",
          choices: [{ index: 0, finish_reason: null, content_filter_offsets: { check_offset: 1 } }],
        },
        chunk({}, "stop"),
        "[DONE]",
      ]),
    ];
    const decoder = codecOf("azure-openai").decodeStream();
    expect([...frames.flatMap(decoder.push), ...decoder.end()]).toEqual([
      { kind: "start", answerId: "chatcmpl-1", model: "m", createdAt: 1_700_000_000_000 },
      { kind: "text-start", part: 0 },
      { kind: "text-delta", part: 0, text: "a" },
      { kind: "text-end", part: 0 },
      { kind: "finish", finish: { reason: "stop", raw: "stop" } },
    ]);
    const tap = codecOf("azure-openai").tapStream({ hidesUsage: true });
    expect(new Set(frames.map(tap.push))).toEqual(new Set(["content", "idle", "end"]));
    expect(tap.tapped()).toMatchObject({ model: "m", finish: { reason: "stop" } });
  });
});

describe("rule 60: errors of every shape", () => {
  it.for<{ name: string; status: number; body: Json | string; code: string; message: string }>([
    {
      name: "Azure's closed filter",
      status: 400,
      body: {
        error: {
          message: "The response was filtered due to the prompt triggering a policy.",
          type: null,
          param: "prompt",
          code: "content_filter",
          status: 400,
          innererror: { code: "ResponsibleAIPolicyViolation" },
        },
      },
      code: "content_refused",
      message: "The response was filtered due to the prompt triggering a policy.",
    },
    {
      name: "OpenRouter's, with the provider's own words",
      status: 502,
      body: { error: { code: 502, message: "Provider returned error", metadata: { raw: "overheated" } } },
      code: "upstream_failed",
      message: "Provider returned error: overheated",
    },
    {
      name: "xAI's text",
      status: 400,
      body: { code: "Client specified an invalid argument", error: "Model not found: grok-9" },
      code: "upstream_rejected",
      message: "Model not found: grok-9",
    },
    {
      name: "vLLM's flat object",
      status: 404,
      body: { object: "error", message: "The model `m` does not exist.", type: "NotFoundError", code: 404 },
      code: "model_not_found",
      message: "The model `m` does not exist.",
    },
    {
      name: "FastAPI's detail",
      status: 422,
      body: { detail: "Unprocessable" },
      code: "upstream_rejected",
      message: "Unprocessable",
    },
    {
      name: "Gemini's list",
      status: 429,
      body: [{ error: { code: 429, message: "Quota", status: "RESOURCE_EXHAUSTED" } }],
      code: "upstream_rate_limited",
      message: "Quota",
    },
    {
      name: "DeepSeek's empty purse",
      status: 402,
      body: {
        error: {
          message: "Insufficient Balance",
          type: "unknown_error",
          param: null,
          code: "invalid_request_error",
        },
      },
      code: "upstream_quota_exhausted",
      message: "Insufficient Balance",
    },
    {
      name: "no JSON",
      status: 503,
      body: "<html>busy</html>",
      code: "upstream_overloaded",
      message: "<html>busy</html>",
    },
  ])("$name", ({ status, body, code, message }) => {
    const bytes = new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
    expect(codecOf("default").readFailure(status, new Map([["retry-after", "7"]]), bytes)).toMatchObject({
      code,
      status,
      message,
      retryAfterMs: 7000,
    });
  });
});
