import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Call, Turn } from "../../exchange/call.ts";
import type { EncodedRequest } from "../../exchange/codec.ts";
import type { Part } from "../../exchange/part.ts";
import { RawJson } from "../../kernel/json.ts";
import { chatCall } from "./fixtures.test-support.ts";
import { encodeRequest } from "./request.ts";

const sonnet45 = "claude-sonnet-4-5-20250929";
const opus47 = "claude-opus-4-7";
const text = (value: string): Part => ({ kind: "text", text: value });
const user = (...parts: readonly Part[]): Turn => ({ role: "user", parts });
const assistant = (...parts: readonly Part[]): Turn => ({ role: "assistant", parts });
const toolCall = (id: string, argumentsText = "{}"): Part => ({
  kind: "tool-call",
  id,
  name: "f",
  argumentsText,
});
const toolResult = (callId: string, content: readonly Part[] = [text("r")]): Part => ({
  kind: "tool-result",
  callId,
  isError: false,
  content,
});
const tool: Call["tools"][number] = { kind: "function", name: "f", parameters: { type: "object" } };

/** The body, and what writing it declared: `dropped seed`. */
function written(changes: Partial<Call>, model = sonnet45) {
  const encoded = encodeRequest(chatCall(changes), { model });
  if (encoded.kind === "refused") throw encoded.error;
  return {
    text: encoded.body,
    body: JSON.parse(encoded.body),
    declared: encoded.warnings.map(({ kind, subject }) => `${kind} ${subject}`),
  };
}
const refusal = (encoded: EncodedRequest) =>
  encoded.kind === "refused" ? { code: encoded.error.code, param: encoded.error.facts.param } : undefined;
const refused = (changes: Partial<Call>, model = sonnet45) =>
  refusal(encodeRequest(chatCall(changes), { model }));
const messagesOf = (...turns: readonly Turn[]) => written({ turns }).body.messages;

describe("encodeRequest", () => {
  it.for([
    { isRequired: false, type: "auto" },
    { isRequired: true, type: "any" },
  ])("has a choice among some of the tools looked at in the answer ($type)", ({ isRequired, type }) => {
    const call = chatCall({
      tools: [tool, { ...tool, name: "g" }],
      toolChoice: { kind: "among", names: ["g"], isRequired },
    });
    expect(encodeRequest(call, { model: "claude-sonnet-4-5" })).toMatchObject({
      body: expect.stringContaining(`"tool_choice":{"type":"${type}"}`),
      emulation: { toolsAmong: ["g"] },
      warnings: expect.arrayContaining([
        expect.objectContaining({ kind: "emulated", subject: "tool_choice" }),
      ]),
    });
  });

  it("writes a plain question", () => {
    expect(written({ instructions: [text("be kind")], isStream: true })).toMatchObject({
      body: {
        model: sonnet45,
        max_tokens: 4000,
        system: [{ type: "text", text: "be kind" }],
        messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
        stream: true,
      },
      declared: [],
    });
  });

  it("rule 21: takes the client's limit, else the catalogue's, else 4,096, declared", () => {
    expect(written({ sampling: { outputTokensMax: 7 } }).body.max_tokens).toBe(7);
    const known = encodeRequest(chatCall({ sampling: {} }), { model: "m", outputTokensMax: 64_000 });
    expect(known).toMatchObject({
      kind: "request",
      body: expect.stringContaining('"max_tokens":64000'),
      warnings: [],
    });
    expect(written({ sampling: {} })).toMatchObject({
      body: { max_tokens: 4096 },
      declared: ["defaulted max_tokens"],
    });
  });

  it("rule 28: puts the results of all calls first into one user message", () => {
    expect(
      messagesOf(
        user(text("q")),
        assistant(toolCall("a"), toolCall("b")),
        user(toolResult("b")),
        user(text("and?"), toolResult("a")),
      ),
    ).toMatchObject([
      { role: "user" },
      { role: "assistant" },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "b" },
          { type: "tool_result", tool_use_id: "a" },
          { type: "text", text: "and?" },
        ],
      },
    ]);
  });

  it("rule 29: puts tool calls last into the assistant's message", () => {
    const [, message] = messagesOf(
      user(text("q")),
      assistant(toolCall("a"), text("said")),
      user(toolResult("a")),
    );
    expect(message.content).toMatchObject([{ type: "text" }, { type: "tool_use" }]);
  });

  it("merges turns of one role that follow each other", () => {
    expect(
      messagesOf(
        user(text("a")),
        user(text("b")),
        assistant(text("c")),
        assistant(text("d")),
        user(text("e")),
      ),
    ).toMatchObject([
      { role: "user", content: [{ text: "a" }, { text: "b" }] },
      { role: "assistant", content: [{ text: "c" }, { text: "d" }] },
      { role: "user" },
    ]);
  });

  it("rule 30: leaves blank text out, with its cache mark, and says so when a message is lost", () => {
    const turns = [user(text("a"), { ...text(" \n"), cache: {} }), assistant(text("")), user(text("b"))];
    const { body, declared, text: raw } = written({ turns });
    expect(body.messages).toMatchObject([{ role: "user", content: [{ text: "a" }, { text: "b" }] }]);
    expect(raw).not.toContain("cache_control");
    expect(declared).toEqual(["dropped assistant message"]);
  });

  it.for<{ name: string; argumentsText: string; input: string }>([
    {
      name: "rule 2: their own text",
      argumentsText: '{"n":9007199254740993, "x":1.0}',
      input: '{"n":9007199254740993, "x":1.0}',
    },
    { name: "rule 36: an empty object for none", argumentsText: "", input: "{}" },
    { name: "rule 36: wrapped when they are cut", argumentsText: '{"a"', input: '{"arguments":"{\\"a\\""}' },
  ])("writes arguments as $name", ({ argumentsText, input }) => {
    const turns = [user(text("q")), assistant(toolCall("a", argumentsText)), user(toolResult("a"))];
    expect(written({ turns }).text).toContain(`"input":${input}`);
  });

  it("rule 34: gives a call and its result the same fitting id", () => {
    const [, asked, answered] = messagesOf(
      user(text("q")),
      assistant(toolCall("call:1!")),
      user(toolResult("call:1!")),
    );
    expect(asked.content[0].id).toMatch(/^toolu_[0-9A-Za-z]{22}$/);
    expect(answered.content[0].tool_use_id).toBe(asked.content[0].id);
  });

  it("writes results as they are: text, pictures, nothing, failures", () => {
    const image: Part = { kind: "image", source: { kind: "url", url: "https://a/b" } };
    const failed: Part = { kind: "tool-result", callId: "c", isError: true, content: [] };
    const turns = [
      user(text("q")),
      assistant(toolCall("a"), toolCall("c")),
      user(toolResult("a", [text("x"), image]), failed),
    ];
    expect(messagesOf(...turns)[2].content).toEqual([
      {
        type: "tool_result",
        tool_use_id: "a",
        content: [
          { type: "text", text: "x" },
          { type: "image", source: { type: "url", url: "https://a/b" } },
        ],
      },
      { type: "tool_result", tool_use_id: "c", is_error: true },
    ]);
  });

  it("rule 17: gives thinking back with its own seal, and no foreign one", () => {
    const sealed: Part = {
      kind: "reasoning",
      text: "t",
      isRedacted: false,
      seal: { origin: "anthropic-messages", value: "s" },
    };
    const foreign: Part = { kind: "reasoning", text: "u", isRedacted: false };
    const turns = [user(text("q")), assistant(sealed, foreign, text("a")), user(text("b"))];
    const { body, declared } = written({ turns });
    expect(body.messages[1].content).toEqual([
      { type: "thinking", thinking: "t", signature: "s" },
      { type: "text", text: "a" },
    ]);
    expect(declared).toEqual(["dropped reasoning"]);
  });

  it("moves system messages before the conversation, declared when they stood in it", () => {
    const developer: Turn = { role: "developer", parts: [text("d")] };
    const { body, declared } = written({
      turns: [developer, user(text("q")), { role: "system", parts: [text("s")] }],
    });
    expect(body.system).toEqual([
      { type: "text", text: "d" },
      { type: "text", text: "s" },
    ]);
    expect(declared).toEqual(["changed system message"]);
  });

  it("writes tools in their order with a schema that is an object", () => {
    const { body } = written({
      tools: [{ kind: "function", name: "b", description: "d", strict: true }, tool],
    });
    expect(body.tools).toEqual([
      { name: "b", description: "d", input_schema: { type: "object" }, strict: true },
      { name: "f", input_schema: { type: "object" } },
    ]);
    expect(written({ tools: [{ ...tool, strict: true }] }, "claude-3-5-haiku-latest").declared).toEqual([
      "dropped tool f strict",
    ]);
  });

  it("rule 44: writes a tool with free input as one with a string, and its calls alike, declared", () => {
    const grammar = { type: "grammar", syntax: "lark", definition: "start: /a+/" };
    const {
      body,
      text: wire,
      declared,
    } = written({
      tools: [{ kind: "custom", name: "sql", description: "d", format: grammar, cache: {} }],
      toolChoice: { kind: "named", name: "sql" },
      turns: [
        user(text("q")),
        assistant({ kind: "tool-call", id: "c", name: "sql", argumentsText: 'select "1"', isCustom: true }),
        user(toolResult("c")),
      ],
    });
    expect(body.tools).toEqual([
      {
        name: "sql",
        description: "d",
        input_schema: {
          type: "object",
          properties: { input: { type: "string" } },
          required: ["input"],
          additionalProperties: false,
        },
        cache_control: { type: "ephemeral" },
      },
    ]);
    expect(body.tool_choice).toEqual({ type: "tool", name: "sql" });
    expect(wire).toContain('"input":{"input":"select \\"1\\""}');
    expect(declared).toEqual(["emulated tool sql", "dropped tool sql format"]);
  });

  it("rule 43: gives citations back that are its own, and no others", () => {
    const own = { type: "web_search_result_location", url: "https://a", encrypted_index: "e" };
    const cited: Part = {
      kind: "text",
      text: "a",
      citations: [
        { url: "https://a", raw: own, origin: "anthropic-messages" },
        { url: "https://b", raw: {}, origin: "gemini-generate" },
      ],
    };
    const { body, declared } = written({ turns: [user(text("q")), assistant(cited), user(text("r"))] });
    expect(body.messages[1].content).toEqual([{ type: "text", text: "a", citations: [own] }]);
    expect(declared).toEqual(["dropped citations"]);
  });

  it("rule 17: sends no seal of another provider on a call or a text, declared", () => {
    const seal = { origin: "gemini-generate", value: "secret" } as const;
    const { text: wire, declared } = written({
      turns: [
        user(text("q")),
        assistant(
          { kind: "text", text: "a", seal },
          { kind: "tool-call", id: "c", name: "f", argumentsText: "{}", seal },
        ),
        user(toolResult("c")),
      ],
    });
    expect(wire).not.toContain("secret");
    expect(declared).toEqual(["dropped seal", "dropped seal"]);
  });

  it("declares that it keeps no answer, and says nothing of one that is not to be kept", () => {
    expect(written({ isStored: true }).declared).toEqual(["dropped store"]);
    expect(written({ isStored: false }).declared).toEqual([]);
  });

  it.for<{ name: string; call: Partial<Call>; expected: unknown }>([
    { name: "auto", call: { toolChoice: { kind: "auto" } }, expected: { type: "auto" } },
    {
      name: "any, one at a time",
      call: { toolChoice: { kind: "any" }, parallelTools: false },
      expected: { type: "any", disable_parallel_tool_use: true },
    },
    {
      name: "a named one",
      call: { toolChoice: { kind: "named", name: "f" } },
      expected: { type: "tool", name: "f" },
    },
    {
      name: "none",
      call: { toolChoice: { kind: "none" }, parallelTools: false },
      expected: { type: "none" },
    },
    {
      name: "one at a time",
      call: { parallelTools: false },
      expected: { type: "auto", disable_parallel_tool_use: true },
    },
    { name: "nothing without tools", call: { tools: [], toolChoice: { kind: "any" } }, expected: undefined },
  ])("writes the choice of $name", ({ call, expected }) => {
    expect(written({ tools: [tool], ...call }).body.tool_choice).toEqual(expected);
  });

  it.for<{ name: string; model?: string; call: Partial<Call>; body: object; declared?: readonly string[] }>([
    {
      name: "an effort as a share of the limit",
      call: { reasoning: { effort: "medium" } },
      body: { thinking: { type: "enabled", budget_tokens: 2000 } },
    },
    {
      name: "a small share as the least budget",
      call: { reasoning: { effort: "minimal" } },
      body: { thinking: { type: "enabled", budget_tokens: 1024 } },
    },
    {
      name: "the highest effort below the limit",
      call: { reasoning: { effort: "max" }, sampling: { outputTokensMax: 1025 } },
      body: { thinking: { type: "enabled", budget_tokens: 1024 } },
    },
    {
      name: "a budget as it is",
      call: { reasoning: { budgetTokens: 2048 } },
      body: { thinking: { type: "enabled", budget_tokens: 2048 } },
    },
    {
      name: "a budget above the limit, clamped",
      call: { reasoning: { budgetTokens: 9000 } },
      body: { thinking: { type: "enabled", budget_tokens: 3999 } },
      declared: ["clamped budget_tokens"],
    },
    {
      name: "nothing below a limit of 1,025",
      call: { reasoning: { effort: "low" }, sampling: { outputTokensMax: 1024 } },
      body: { thinking: undefined },
      declared: ["dropped reasoning"],
    },
    {
      name: "nothing for a model that does not think",
      model: "claude-3-5-sonnet-20240620",
      call: { reasoning: { effort: "low" } },
      body: { thinking: undefined },
      declared: ["dropped reasoning"],
    },
    {
      name: "nothing beside a forced tool",
      call: { reasoning: { effort: "low" }, tools: [tool], toolChoice: { kind: "any" } },
      body: { thinking: undefined, tool_choice: { type: "any" } },
      declared: ["dropped reasoning"],
    },
    { name: "nothing for no effort", call: { reasoning: { effort: "none" } }, body: { thinking: undefined } },
    {
      name: "an effort on newer models",
      model: opus47,
      call: { reasoning: { effort: "xhigh" } },
      body: { thinking: { type: "adaptive" }, output_config: { effort: "xhigh" } },
    },
    {
      name: "the nearest effort a model has",
      model: "claude-opus-4-6",
      call: { reasoning: { effort: "xhigh" } },
      body: { thinking: { type: "adaptive" }, output_config: { effort: "high" } },
      declared: ["changed reasoning_effort"],
    },
    {
      name: "a budget as an effort where no budget is taken",
      model: opus47,
      call: { reasoning: { budgetTokens: 2000 } },
      body: { thinking: { type: "adaptive" }, output_config: { effort: "medium" } },
      declared: ["changed budget_tokens"],
    },
    {
      name: "a summary of adaptive thinking",
      model: opus47,
      call: { reasoning: { effort: "high", show: "summary" } },
      body: { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "high" } },
    },
    {
      name: "thinking that is not shown",
      call: { reasoning: { budgetTokens: 2000, show: "omitted" } },
      body: { thinking: { type: "enabled", budget_tokens: 2000, display: "omitted" } },
    },
    {
      name: "thinking off on models that think by themselves",
      model: opus47,
      call: { reasoning: { effort: "none" } },
      body: { thinking: { type: "disabled" } },
    },
  ])("rule 18: asks for $name", ({ model, call, body, declared }) => {
    const encoded = written(call, model);
    expect({ thinking: undefined, ...encoded.body }).toMatchObject(body);
    expect(encoded.declared).toEqual(declared ?? []);
  });

  it("switches thinking off when the thinking of an open tool loop is lost, and only then", () => {
    const loop = (...lead: readonly Part[]) => ({
      tools: [tool],
      turns: [user(text("q")), assistant(...lead, toolCall("a")), user(toolResult("a"))],
      reasoning: { budgetTokens: 2000 },
    });
    const sealed: Part = {
      kind: "reasoning",
      text: "t",
      isRedacted: false,
      seal: { origin: "anthropic-messages", value: "s" },
    };
    expect(written(loop()).declared).toEqual(["dropped reasoning"]);
    expect(written(loop()).body.thinking).toBeUndefined();
    expect(written(loop(sealed)).body.thinking).toEqual({ type: "enabled", budget_tokens: 2000 });
  });

  it.for<{ name: string; model?: string; call: Partial<Call>; body: object; declared: readonly string[] }>([
    {
      name: "temperature alone of temperature and top_p",
      call: { sampling: { temperature: 0.5, topP: 0.9, outputTokensMax: 9 } },
      body: { temperature: 0.5, top_p: undefined },
      declared: ["dropped top_p"],
    },
    {
      name: "temperature clamped",
      call: { sampling: { temperature: 1.7, outputTokensMax: 9 } },
      body: { temperature: 1 },
      declared: ["clamped temperature"],
    },
    {
      name: "no sampling from Claude 4.7 on",
      model: opus47,
      call: { sampling: { temperature: 0.5, topP: 0.9, topK: 4, outputTokensMax: 9 } },
      body: { temperature: undefined, top_p: undefined, top_k: undefined },
      declared: ["dropped temperature", "dropped top_p", "dropped top_k"],
    },
    {
      name: "no sampling beside thinking",
      call: { reasoning: { effort: "medium" }, sampling: { temperature: 0.5, outputTokensMax: 4000 } },
      body: { temperature: undefined },
      declared: ["dropped temperature"],
    },
    {
      name: "neither seed nor penalties",
      call: { sampling: { seed: 1, presencePenalty: 1, frequencyPenalty: 1, outputTokensMax: 9 } },
      body: {},
      declared: ["dropped seed", "dropped presence_penalty", "dropped frequency_penalty"],
    },
    {
      name: "stop sequences that are more than blank",
      call: { sampling: { stop: ["x", "\n"], outputTokensMax: 9 } },
      body: { stop_sequences: ["x"] },
      declared: ["dropped stop"],
    },
    {
      name: "rule 24: no empty list of stop sequences",
      call: { sampling: { stop: [], outputTokensMax: 9 } },
      body: { stop_sequences: undefined },
      declared: [],
    },
    { name: "one answer", call: { sampling: { choices: 1, outputTokensMax: 9 } }, body: {}, declared: [] },
    {
      name: "an output schema",
      call: { output: { kind: "schema", name: "n", schema: { type: "object" }, strict: true } },
      body: {
        output_config: { format: { type: "json_schema", schema: { type: "object" } } },
        tools: undefined,
      },
      declared: [],
    },
    {
      name: "no JSON mode",
      call: { output: { kind: "json" } },
      body: { output_config: undefined },
      declared: ["dropped response_format"],
    },
    {
      name: "the end user",
      call: { endUser: "u", metadata: { a: "b" } },
      body: { metadata: { user_id: "u" } },
      declared: ["dropped metadata"],
    },
    {
      name: "the tier by its name here",
      call: { tier: "default" },
      body: { service_tier: "standard_only" },
      declared: [],
    },
    {
      name: "no tier that does not exist here",
      call: { tier: "flex" },
      body: { service_tier: undefined },
      declared: ["dropped service_tier"],
    },
    {
      name: "rule 3: no unknown member, each declared",
      call: {
        extensions: new Map([
          ["verbosity", new RawJson('"low"')],
          ["logprobs", new RawJson("false")],
        ]),
      },
      body: { verbosity: undefined },
      declared: ["dropped verbosity", "dropped logprobs"],
    },
  ])("rules 20 and 23: writes $name", ({ model, call, body, declared }) => {
    const encoded = written(call, model);
    for (const [name, value] of Object.entries(body))
      expect({ [name]: encoded.body[name] }).toEqual({ [name]: value });
    expect(encoded.declared).toEqual(declared);
  });

  it.for<{ name: string; model?: string; call: Partial<Call>; code: string; param: string }>([
    {
      name: "several answers",
      call: { sampling: { choices: 2 } },
      code: "unsupported_parameter",
      param: "n",
    },
    {
      name: "rule 23: log probabilities",
      call: { sampling: { logprobs: 0 } },
      code: "unsupported_parameter",
      param: "logprobs",
    },
    {
      name: "rule 23: a logit bias",
      call: { sampling: { logitBias: { "1": 2 } } },
      code: "unsupported_parameter",
      param: "logit_bias",
    },
    {
      name: "log probabilities that only an extension tells of",
      call: { extensions: new Map([["logprobs", new RawJson("true")]]) },
      code: "unsupported_parameter",
      param: "logprobs",
    },
    {
      name: "an earlier answer that another provider keeps",
      call: { continues: { answer: "resp_1" } },
      code: "unsupported_parameter",
      param: "previous_response_id",
    },
    {
      name: "a conversation that another provider keeps",
      call: { continues: { conversation: "conv_1" } },
      code: "unsupported_parameter",
      param: "conversation",
    },
    {
      name: "a film",
      call: {
        turns: [user({ kind: "video", source: { kind: "url", url: "https://a" }, mediaType: "video/mp4" })],
      },
      code: "unsupported_content",
      param: "messages",
    },
    {
      name: "an answer in sound",
      call: { extensions: new Map([["modalities", new RawJson('["text","audio"]')]]) },
      code: "unsupported_parameter",
      param: "modalities",
    },
    {
      name: "a tool of a foreign kind",
      call: { tools: [{ kind: "opaque", type: "custom", raw: {} }] },
      code: "unsupported_parameter",
      param: "tools",
    },
    {
      name: "a schema on models without",
      model: "claude-3-haiku-20240307",
      call: { output: { kind: "schema", name: "n", schema: {}, strict: true } },
      code: "unsupported_parameter",
      param: "response_format",
    },
    {
      name: "rule 25: a prefilled answer from Claude 4.6 on",
      model: "claude-sonnet-4-6",
      call: { turns: [user(text("q")), assistant(text("a"))] },
      code: "unsupported_content",
      param: "messages",
    },
    {
      name: "sound",
      call: {
        turns: [user({ kind: "audio", source: { kind: "base64", data: "" }, mediaType: "audio/wav" })],
      },
      code: "unsupported_content",
      param: "messages",
    },
    {
      name: "a foreign file",
      call: { turns: [user({ kind: "document", source: { kind: "file", id: "f" } })] },
      code: "unsupported_content",
      param: "messages",
    },
    {
      name: "a picture of an unknown type",
      call: {
        turns: [user({ kind: "image", source: { kind: "base64", data: "" }, mediaType: "image/tiff" })],
      },
      code: "unsupported_content",
      param: "messages",
    },
    {
      name: "foreign content of an unknown kind",
      call: { turns: [user({ kind: "opaque", type: "x", origin: "openai-chat", raw: new RawJson("{}") })] },
      code: "unsupported_content",
      param: "messages",
    },
    {
      name: "a conversation without content",
      call: { turns: [user(text(" "))] },
      code: "unsupported_content",
      param: "messages",
    },
  ])("refuses $name", ({ model, call, code, param }) => {
    expect(refused(call, model)).toEqual({ code, param });
  });

  it("still lets older models continue an answer", () => {
    expect(written({ turns: [user(text("q")), assistant(text("a"))] }).body.messages.at(-1).role).toBe(
      "assistant",
    );
  });

  it.for<{ name: string; part: Part; source: object }>([
    {
      name: "a picture as base64",
      part: { kind: "image", source: { kind: "base64", data: "AA==" }, mediaType: "image/png" },
      source: { type: "base64", media_type: "image/png", data: "AA==" },
    },
    {
      name: "a picture by address",
      part: { kind: "image", source: { kind: "url", url: "u" } },
      source: { type: "url", url: "u" },
    },
    {
      name: "a PDF",
      part: { kind: "document", source: { kind: "base64", data: "AA==" }, mediaType: "application/pdf" },
      source: { type: "base64", media_type: "application/pdf", data: "AA==" },
    },
    {
      name: "a text file",
      part: { kind: "document", source: { kind: "base64", data: "w6k=" }, mediaType: "text/csv" },
      source: { type: "text", media_type: "text/plain", data: "é" },
    },
  ])("writes $name", ({ part, source }) => {
    expect(messagesOf(user(part))[0].content[0].source).toEqual(source);
  });

  it("writes at most four cache marks, the last ones", () => {
    const marked = (value: string): Part => ({ ...text(value), cache: { ttl: "1h" } });
    const { body, declared } = written({
      instructions: [marked("s")],
      turns: [user(...["a", "b", "c", "d"].map(marked))],
    });
    expect(body.system[0].cache_control).toBeUndefined();
    expect(body.messages[0].content.map((block: { cache_control: unknown }) => block.cache_control)).toEqual(
      Array.from({ length: 4 }, () => ({ type: "ephemeral", ttl: "1h" })),
    );
    expect(declared).toEqual(["dropped cache_control"]);
  });

  it("rule 1: begins a longer conversation with the bytes of the shorter one", () => {
    const arbitraryTurn = fc.oneof(
      // A blank user turn is left out, since the provider refuses it; the turns beside it then become one.
      fc
        .string({ minLength: 1 })
        .filter((value) => value.trim() !== "")
        .map((value) => [user(text(value)), assistant(text(`a${value}`))]),
      fc
        .string({ minLength: 1 })
        .map((id) => [
          user(text("q")),
          assistant(toolCall(id, '{"n":1.0}')),
          user(toolResult(id)),
          assistant(text("done")),
        ]),
    );
    fc.assert(
      fc.property(fc.array(arbitraryTurn, { minLength: 2, maxLength: 6 }), fc.nat(), (rounds, at) => {
        const shorter = rounds.slice(0, 1 + (at % (rounds.length - 1))).flat();
        const [first, second] = [shorter, rounds.flat()].map((turns) =>
          messagesText(written({ turns }).text),
        );
        expect(second?.startsWith(first?.slice(0, -1) ?? "?")).toBe(true);
        expect(written({ turns: shorter }).text).toBe(written({ turns: shorter }).text);
      }),
    );
  });
});

/** The messages' bytes: this body has nothing after them. */
function messagesText(body: string): string {
  return body.slice(body.indexOf('"messages":') + '"messages":'.length, -1);
}
