import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Call, Sampling, Tool, Turn } from "../../exchange/call.ts";
import type { RequestContext } from "../../exchange/codec.ts";
import type { Part } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import { type JsonObject, RawJson } from "../../kernel/json.ts";
import { cohere } from "./index.ts";
import { chatCall } from "./wire.test-support.ts";

type Context = Partial<RequestContext>;

function encode(
  call: Partial<Call>,
  context: Context = {},
): { readonly body: JsonObject; readonly warnings: readonly Warning[] } {
  const encoded = cohere.encodeRequest(chatCall(call), { model: "command-a-03-2025", ...context });
  if (encoded.kind === "refused") throw encoded.error;
  return { body: JSON.parse(encoded.body), warnings: encoded.warnings };
}

function refusal(call: Partial<Call>): unknown {
  const encoded = cohere.encodeRequest(chatCall(call), { model: "command-a-03-2025" });
  if (encoded.kind !== "refused") throw new Error("it was not refused");
  const { code, publicMessage, facts } = encoded.error;
  return { code, param: facts.param, message: publicMessage };
}

const text = (words: string): Part => ({ kind: "text", text: words });
const user = (...parts: readonly Part[]): Turn => ({ role: "user", parts });
const assistant = (...parts: readonly Part[]): Turn => ({ role: "assistant", parts });
const called = (id: string, argumentsText = "{}"): Part => ({
  kind: "tool-call",
  id,
  name: "f",
  argumentsText,
});
const result = (callId: string, ...content: readonly Part[]): Part => ({
  kind: "tool-result",
  callId,
  isError: false,
  content,
});
const tool = (name: string, more: object = {}): Tool => ({ kind: "function", name, ...more });

describe("the path and the splices", () => {
  it("is version 2 of the chat, streams are server-sent events, only the model's name is spliced", () => {
    expect(cohere.dialect).toBe("cohere-chat");
    expect(cohere.pathOf({ model: "m", isStream: true, streamForm: "sse" })).toBe("/v2/chat");
    expect(cohere.framingOf("sse")).toBe("sse");
    const facts = { model: "a", isStream: true, wantsUsage: false };
    expect(cohere.splices(facts, { model: "a" })).toEqual([]);
    expect(cohere.splices(facts, { model: "b" })).toEqual([{ member: "model", value: '"b"' }]);
  });
});

describe("messages", () => {
  it("writes instructions first, a single text as a string and several parts as a list", () => {
    const { body } = encode({
      instructions: [text("a"), text("b")],
      turns: [user(text("c")), assistant(text("d"), text("e")), user(text("f"), text("g"))],
    });
    const texts = (...words: string[]) => words.map((word) => ({ type: "text", text: word }));
    expect(body["messages"]).toEqual([
      { role: "system", content: texts("a", "b") },
      { role: "user", content: "c" },
      { role: "assistant", content: "de" },
      { role: "user", content: texts("f", "g") },
    ]);
  });

  it("rule 22: puts system and developer text from anywhere in front, and declares it when it was later", () => {
    const early = encode({ turns: [{ role: "developer", parts: [text("be kind")] }, user(text("hi"))] });
    expect(early).toMatchObject({
      body: {
        messages: [
          { role: "system", content: "be kind" },
          { role: "user", content: "hi" },
        ],
      },
      warnings: [],
    });
    const late = encode({ turns: [user(text("hi")), { role: "system", parts: [text("be brief")] }] });
    expect(late).toMatchObject({
      body: {
        messages: [
          { role: "system", content: "be brief" },
          { role: "user", content: "hi" },
        ],
      },
      warnings: [{ kind: "changed", subject: "system" }],
    });
  });

  it("rules 2, 28, 36: gives results first, one message each; arguments keep their text, empty ones are {}", () => {
    const argumentsText = '{ "n": 9007199254740993 }';
    const { body, warnings } = encode({
      turns: [
        assistant(called("a", argumentsText), called("b", ""), called("c", '{"half": tr')),
        user(text("also"), result("a", text("one"), text("more")), result("b"), result("c", text("x"))),
      ],
    });
    const call = (id: string, written: string) => ({
      id,
      type: "function",
      function: { name: "f", arguments: written },
    });
    expect(body["messages"]).toEqual([
      {
        role: "assistant",
        tool_calls: [call("a", argumentsText), call("b", "{}"), call("c", '{"half": tr')],
      },
      {
        role: "tool",
        tool_call_id: "a",
        content: [
          { type: "text", text: "one" },
          { type: "text", text: "more" },
        ],
      },
      { role: "tool", tool_call_id: "b", content: "" },
      { role: "tool", tool_call_id: "c", content: "x" },
      { role: "user", content: "also" },
    ]);
    expect(warnings).toEqual([]);
  });

  it("sends text beside tool calls as their plan, declared", () => {
    const { body, warnings } = encode({
      turns: [assistant(text("I will look."), called("a")), user(result("a", text("x")))],
    });
    expect(body["messages"]).toMatchObject([
      { role: "assistant", tool_plan: "I will look.", tool_calls: [{ id: "a" }] },
      { role: "tool" },
    ]);
    expect(warnings).toMatchObject([{ kind: "changed", subject: "content" }]);
  });

  it("rule 30: leaves blank text out, and messages that nothing is left of", () => {
    const { body } = encode({ turns: [user(text(" "), text("a")), assistant(text("\n")), user(text("b"))] });
    expect(body["messages"]).toEqual([
      { role: "user", content: "a" },
      { role: "user", content: "b" },
    ]);
  });

  it("rules 15, 17: sends no reasoning, whoever sealed it, and declares it", () => {
    const thought: Part = { kind: "reasoning", text: "hm", isRedacted: false };
    const { body, warnings } = encode({ turns: [assistant(thought, text("a")), user(text("b"))] });
    expect(body["messages"]).toEqual([
      { role: "assistant", content: "a" },
      { role: "user", content: "b" },
    ]);
    expect(warnings).toEqual([{ kind: "dropped", subject: "reasoning" }]);
  });

  it("writes images with their bytes or URL, and shows those of a result, labelled, after it", () => {
    const image: Part = { kind: "image", source: { kind: "base64", data: "AA==" }, mediaType: "image/webp" };
    const linked: Part = { kind: "image", source: { kind: "url", url: "https://x/y.png" }, detail: "low" };
    const { body, warnings } = encode({ turns: [user(text("see"), linked), user(result("c1", image))] });
    expect(body["messages"]).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "see" },
          { type: "image_url", image_url: { url: "https://x/y.png", detail: "low" } },
        ],
      },
      { role: "tool", tool_call_id: "c1", content: "See the next message." },
      {
        role: "user",
        content: [
          { type: "text", text: "Content of the tool result c1:" },
          { type: "image_url", image_url: { url: "data:image/webp;base64,AA==" } },
        ],
      },
    ]);
    expect(warnings).toMatchObject([{ kind: "changed", subject: "tool_result" }]);
  });

  it("tells documents of text as text, headed by their title", () => {
    const plain: Part = { kind: "document", source: { kind: "text", text: "words" }, title: "T" };
    const encoded: Part = {
      kind: "document",
      source: { kind: "base64", data: btoa("bytes") },
      mediaType: "text/plain",
    };
    expect(encode({ turns: [user(plain, encoded)] }).body["messages"]).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "T\n\nwords" },
          { type: "text", text: "bytes" },
        ],
      },
    ]);
  });

  it.for<{ name: string; part: Part }>([
    {
      name: "a PDF",
      part: { kind: "document", source: { kind: "base64", data: "" }, mediaType: "application/pdf" },
    },
    { name: "a file of another provider", part: { kind: "document", source: { kind: "file", id: "f" } } },
    { name: "an image by file id", part: { kind: "image", source: { kind: "file", id: "f" } } },
    {
      name: "audio",
      part: { kind: "audio", source: { kind: "base64", data: "" }, mediaType: "audio/wav" },
    },
    {
      name: "video",
      part: { kind: "video", source: { kind: "url", url: "u" }, mediaType: "video/mp4" },
    },
    {
      name: "a part of another dialect",
      part: { kind: "opaque", type: "input_zip", origin: "openai-chat", raw: new RawJson("{}") },
    },
  ])("refuses $name", ({ part }) => {
    expect(refusal({ turns: [user(part)] })).toEqual({
      code: "unsupported_content",
      param: "messages",
      message: expect.stringContaining("does not take"),
    });
  });

  it("rule 25: refuses to continue an assistant message, also one that only system text follows", () => {
    expect(refusal({ turns: [user(text("hi")), assistant(text("Once"))] })).toMatchObject({
      code: "unsupported_content",
      param: "messages",
    });
    expect(
      refusal({ turns: [assistant(text("Once")), { role: "system", parts: [text("x")] }] }),
    ).toMatchObject({ code: "unsupported_content", param: "messages" });
  });

  it("declares what a message cannot carry: names, cache marks, errors of tools", () => {
    const marked: Part = { kind: "text", text: "a", cache: {} };
    const failed: Part = { kind: "tool-result", callId: "c", isError: true, content: [] };
    const { warnings } = encode({ turns: [{ role: "user", name: "ann", parts: [marked, failed] }] });
    expect(warnings).toEqual([
      { kind: "dropped", subject: "name" },
      { kind: "dropped", subject: "cache_control" },
      { kind: "dropped", subject: "is_error" },
    ]);
  });
});

describe("tools", () => {
  it("rule 6: keeps the order of the tools, their schemas and descriptions", () => {
    const parameters = { type: "object", properties: { z: { type: "number" }, a: { enum: [1.5] } } };
    const { body } = encode({
      tools: [tool("second", { description: "d", parameters }), tool("first")],
    });
    expect(body["tools"]).toEqual([
      { type: "function", function: { name: "second", description: "d", parameters } },
      { type: "function", function: { name: "first", parameters: { type: "object", properties: {} } } },
    ]);
  });

  it("emulates a custom tool as a function with one text, there and in the history", () => {
    const { body, warnings } = encode({
      tools: [{ kind: "custom", name: "sql", description: "runs", format: { type: "grammar" } }],
      turns: [
        assistant({
          kind: "tool-call",
          id: "a",
          name: "sql",
          argumentsText: 'select "x"',
          isCustom: true,
        }),
        user(result("a", text("1"))),
      ],
    });
    expect(body["tools"]).toEqual([
      {
        type: "function",
        function: {
          name: "sql",
          description: "runs",
          parameters: {
            type: "object",
            properties: { input: { type: "string" } },
            required: ["input"],
          },
        },
      },
    ]);
    expect(body["messages"]).toMatchObject([
      { tool_calls: [{ function: { name: "sql", arguments: '{"input":"select \\"x\\""}' } }] },
      { role: "tool" },
    ]);
    expect(warnings).toMatchObject([
      { kind: "emulated", subject: "tool sql" },
      { kind: "dropped", subject: "tool sql format" },
    ]);
  });

  it("rule 42: refuses tools that another provider runs", () => {
    expect(refusal({ tools: [{ kind: "opaque", type: "web_search", raw: {} }] })).toEqual({
      code: "unsupported_content",
      param: "tools",
      message: "The model behind this route does not take a tool of type web_search.",
    });
  });

  it.for<{ name: string; choice: Call["toolChoice"]; expected: unknown }>([
    { name: "auto is the default", choice: { kind: "auto" }, expected: undefined },
    { name: "none", choice: { kind: "none" }, expected: "NONE" },
    { name: "any", choice: { kind: "any" }, expected: "REQUIRED" },
    {
      name: "a choice among all, required, is any",
      choice: { kind: "among", names: ["f", "g"], isRequired: true },
      expected: "REQUIRED",
    },
    {
      name: "a choice among all is auto",
      choice: { kind: "among", names: ["g", "f"], isRequired: false },
      expected: undefined,
    },
  ])("writes the choice: $name", ({ choice, expected }) => {
    const { body } = encode({ tools: [tool("f"), tool("g")], ...(choice && { toolChoice: choice }) });
    expect(body["tool_choice"]).toBe(expected);
  });

  it("refuses a choice of one by its name", () => {
    const toolChoice = { kind: "named", name: "f" } as const;
    expect(refusal({ tools: [tool("f"), tool("g")], toolChoice })).toMatchObject({
      code: "unsupported_parameter",
      param: "tool_choice",
    });
  });

  it("has a choice of some of them looked at in the answer", () => {
    const toolChoice = { kind: "among", names: ["f"], isRequired: true } as const;
    const call = chatCall({ tools: [tool("f"), tool("g")], toolChoice });
    expect(cohere.encodeRequest(call, { model: "command-a-03-2025" })).toMatchObject({
      body: expect.stringContaining('"tool_choice":"REQUIRED"'),
      emulation: { toolsAmong: ["f"] },
      warnings: [{ kind: "emulated", subject: "tool_choice" }],
    });
  });

  it("says nothing of a choice without tools", () => {
    const { body, warnings } = encode({ toolChoice: { kind: "named", name: "f" }, parallelTools: false });
    expect([body["tools"], body["tool_choice"], warnings]).toEqual([undefined, undefined, []]);
  });

  it("is strict if all tools are and each requires a parameter, else declares the loss", () => {
    const parameters = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
    const strict = { strict: true, parameters };
    const strictness = ({ body, warnings }: ReturnType<typeof encode>) => [body["strict_tools"], warnings];
    expect(strictness(encode({ tools: [tool("f", strict), tool("g", strict)] }))).toEqual([true, []]);
    for (const other of [tool("g"), tool("g", { strict: true }), tool("g", { strict: true, parameters: {} })])
      expect(strictness(encode({ tools: [tool("f", strict), other] }))).toEqual([
        undefined,
        [{ kind: "dropped", subject: "strict" }],
      ]);
    expect(encode({ tools: [tool("f")] }).warnings).toEqual([]);
  });

  it("declares that calls cannot be kept from being parallel", () => {
    expect(encode({ tools: [tool("f")], parallelTools: false }).warnings).toEqual([
      { kind: "dropped", subject: "parallel_tool_calls" },
    ]);
    expect(encode({ tools: [tool("f")], parallelTools: true }).warnings).toEqual([]);
  });
});

describe("settings", () => {
  it("maps the sampling to Cohere's names", () => {
    const { body, warnings } = encode({
      sampling: {
        outputTokensMax: 100,
        temperature: 0.4,
        topP: 0.9,
        topK: 40,
        stop: ["a", "b"],
        seed: 7,
        frequencyPenalty: 0.5,
        choices: 1,
      },
    });
    expect(body).toEqual({
      model: "command-a-03-2025",
      messages: [{ role: "user", content: "hi" }],
      max_tokens: 100,
      temperature: 0.4,
      p: 0.9,
      k: 40,
      stop_sequences: ["a", "b"],
      seed: 7,
      frequency_penalty: 0.5,
      stream: false,
    });
    expect(warnings).toEqual([]);
  });

  it.for<{ name: string; sampling: Sampling; member: string; sent: unknown; warning: Partial<Warning> }>([
    {
      name: "a temperature above 1",
      sampling: { temperature: 1.7 },
      member: "temperature",
      sent: 1,
      warning: { kind: "clamped", subject: "temperature" },
    },
    {
      name: "a top_p of 1",
      sampling: { topP: 1 },
      member: "p",
      sent: 0.99,
      warning: { kind: "clamped", subject: "top_p" },
    },
    {
      name: "a top_k above 500",
      sampling: { topK: 1000 },
      member: "k",
      sent: 500,
      warning: { kind: "clamped", subject: "top_k" },
    },
    {
      name: "a penalty below 0",
      sampling: { presencePenalty: -1 },
      member: "presence_penalty",
      sent: 0,
      warning: { kind: "clamped", subject: "presence_penalty" },
    },
    {
      name: "a presence penalty beside a frequency penalty",
      sampling: { presencePenalty: 0.2, frequencyPenalty: 0.1 },
      member: "presence_penalty",
      sent: undefined,
      warning: { kind: "dropped", subject: "presence_penalty" },
    },
    {
      name: "a negative seed",
      sampling: { seed: -1 },
      member: "seed",
      sent: undefined,
      warning: { kind: "dropped", subject: "seed" },
    },
    {
      name: "alternatives of log probabilities",
      sampling: { logprobs: 3 },
      member: "logprobs",
      sent: true,
      warning: { kind: "clamped", subject: "top_logprobs" },
    },
  ])("rule 23: declares $name", ({ sampling, member, sent, warning }) => {
    const { body, warnings } = encode({ sampling });
    expect(body[member]).toEqual(sent);
    expect(warnings).toMatchObject([warning]);
  });

  it("maps log probabilities of the chosen tokens, in either place of the call", () => {
    const extensions = new Map([
      ["logprobs", new RawJson("true")],
      ["top_logprobs", new RawJson("2")],
    ]);
    expect(encode({ sampling: { logprobs: 0 } })).toMatchObject({ body: { logprobs: true }, warnings: [] });
    expect(encode({ extensions })).toMatchObject({
      body: { logprobs: true },
      warnings: [{ kind: "clamped", subject: "top_logprobs" }],
    });
  });

  it("rule 24: omits an empty list of stop sequences, takes five and refuses more", () => {
    expect(encode({ sampling: { stop: [] } }).body["stop_sequences"]).toBeUndefined();
    expect(encode({ sampling: { stop: "abcde".split("") } }).body["stop_sequences"]).toHaveLength(5);
    expect(refusal({ sampling: { stop: "abcdef".split("") } })).toMatchObject({
      code: "unsupported_parameter",
      param: "stop",
    });
  });

  it("writes JSON and schemas as response_format, the schema as the client wrote it", () => {
    expect(encode({ output: { kind: "json" } }).body["response_format"]).toEqual({ type: "json_object" });
    const schema = { type: "object", properties: { b: { type: "string" }, a: { type: "null" } } };
    expect(
      encode({ output: { kind: "schema", name: "n", schema, strict: false } }).body["response_format"],
    ).toEqual({ type: "json_object", json_schema: schema });
  });

  it.for<{ name: string; call: Partial<Call>; param: string }>([
    { name: "several answers", call: { sampling: { choices: 2 } }, param: "n" },
    { name: "a bias", call: { sampling: { logitBias: { "50256": -100 } } }, param: "logit_bias" },
    {
      name: "a bias among the extensions",
      call: { extensions: new Map([["logit_bias", new RawJson('{"1":1}')]]) },
      param: "logit_bias",
    },
    {
      name: "spoken answers",
      call: { extensions: new Map([["modalities", new RawJson('["text","audio"]')]]) },
      param: "modalities",
    },
    {
      name: "a search of the provider",
      call: { extensions: new Map([["web_search_options", new RawJson("{}")]]) },
      param: "web_search_options",
    },
    {
      name: "the state of an earlier answer",
      call: { continues: { answer: "resp_1" } },
      param: "previous_response_id",
    },
    { name: "a conversation", call: { continues: { conversation: "c" } }, param: "conversation" },
  ])("refuses $name", ({ call, param }) => {
    expect(refusal(call)).toMatchObject({ code: "unsupported_parameter", param });
  });

  it("rule 3: declares by name whatever else it does not take, and nothing that asks for the default", () => {
    const extensions = new Map([
      ["verbosity", new RawJson('"low"')],
      ["prediction", new RawJson('{"type":"content","content":"x"}')],
      ["logit_bias", new RawJson("{}")],
      ["modalities", new RawJson('["text"]')],
    ]);
    const { body, warnings } = encode({
      extensions,
      tier: "flex",
      endUser: "u",
      metadata: { a: "b" },
      isStored: true,
    });
    expect(warnings.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      "dropped service_tier",
      "dropped user",
      "dropped metadata",
      "dropped store",
      "dropped verbosity",
      "dropped prediction",
      "dropped logit_bias",
      "dropped modalities",
    ]);
    expect(Object.keys(body)).toEqual(["model", "messages", "stream"]);
    expect(encode({ tier: "auto", isStored: false }).warnings).toEqual([]);
  });
});

describe("reasoning", () => {
  const model = "command-a-reasoning-08-2025";

  it.for<{ name: string; call: Partial<Call>; context?: Context; thinking: unknown; warned?: string }>([
    { name: "nothing asked, nothing said", call: {}, thinking: undefined },
    { name: "effort none", call: { reasoning: { effort: "none" } }, thinking: { type: "disabled" } },
    {
      name: "an effort as its share of the limit",
      call: { reasoning: { effort: "medium" }, sampling: { outputTokensMax: 8000 } },
      thinking: { type: "enabled", token_budget: 4000 },
    },
    {
      name: "a share of a small limit is at least 1024",
      call: { reasoning: { effort: "low" }, sampling: { outputTokensMax: 2000 } },
      thinking: { type: "enabled", token_budget: 1024 },
    },
    {
      name: "the highest effort leaves a token for the answer",
      call: { reasoning: { effort: "max" }, sampling: { outputTokensMax: 1030 } },
      thinking: { type: "enabled", token_budget: 1024 },
    },
    {
      name: "the catalogue's limit where the client sets none",
      call: { reasoning: { effort: "high" } },
      context: { outputTokensMax: 32_000 },
      thinking: { type: "enabled", token_budget: 25_600 },
    },
    {
      name: "no limit known",
      call: { reasoning: { effort: "high" } },
      thinking: { type: "enabled" },
    },
    { name: "adaptive", call: { reasoning: { adaptive: true } }, thinking: { type: "enabled" } },
    {
      name: "the client's own budget",
      call: { reasoning: { budgetTokens: 500 } },
      thinking: { type: "enabled", token_budget: 500 },
    },
    {
      name: "a budget above the limit",
      call: { reasoning: { budgetTokens: 5000 }, sampling: { outputTokensMax: 4000 } },
      thinking: { type: "enabled", token_budget: 3999 },
      warned: "clamped budget_tokens",
    },
    {
      name: "a limit too small for any",
      call: { reasoning: { effort: "high" }, sampling: { outputTokensMax: 1024 } },
      thinking: { type: "disabled" },
      warned: "dropped reasoning",
    },
  ])("rule 18: $name", ({ call, context = {}, thinking, warned }) => {
    const { body, warnings } = encode(call, { model, ...context });
    expect(body["thinking"]).toEqual(thinking);
    expect(warnings.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual(
      warned === undefined ? [] : [warned],
    );
  });

  it("is dropped, declared, for a model that does not think; its absence is no loss", () => {
    const { body, warnings } = encode({ reasoning: { effort: "low" } });
    expect(body["thinking"]).toBeUndefined();
    expect(warnings).toMatchObject([{ kind: "dropped", subject: "reasoning" }]);
    expect(encode({ reasoning: { effort: "none" } }).warnings).toEqual([]);
  });
});

describe("bytes", () => {
  const call = chatCall({
    instructions: [text("be kind")],
    turns: [user(text("hi")), assistant(called("a")), user(result("a", text("x")), text("and?"))],
    tools: [tool("f", { parameters: { type: "object" } })],
  });

  it("rule 1: are the same for the same call", () => {
    const first = cohere.encodeRequest(call, { model: "m" });
    expect(cohere.encodeRequest(structuredClone(call), { model: "m" })).toEqual(first);
  });

  it("of a conversation begin those of the conversation that goes on", () => {
    const parts = fc.array(
      fc.oneof(
        fc.string().map(text),
        fc.string({ minLength: 1 }).map((id) => called(id)),
      ),
      { maxLength: 3 },
    );
    const results = fc.array(
      fc.oneof(
        fc.string().map(text),
        fc.string({ minLength: 1 }).map((id) => result(id, text("r"))),
      ),
      { maxLength: 3 },
    );
    const turns = fc.array(
      fc.oneof(
        parts.map((p) => assistant(...p)),
        results.map((p) => user(...p)),
      ),
      {
        maxLength: 6,
      },
    );
    const written = (list: readonly Turn[]): string => {
      const encoded = cohere.encodeRequest({ ...call, turns: list }, { model: "m" });
      if (encoded.kind === "refused") throw encoded.error;
      return encoded.body.slice(0, encoded.body.lastIndexOf('],"tools"'));
    };
    fc.assert(
      fc.property(turns, turns, (before, after) => {
        const asked = user(text("q"));
        const shorter = written([...before, asked]);
        expect(written([...before, asked, ...after, asked]).startsWith(shorter)).toBe(true);
      }),
    );
  });
});
