import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Call, Turn } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import { type JsonObject, RawJson } from "../../kernel/json.ts";
import { chatSplices, encodeChatRequest } from "./request.ts";

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

function encode(
  call: Partial<Call>,
  model = "gpt-4o",
): { readonly body: JsonObject; readonly warnings: readonly Warning[] } {
  const encoded = encodeChatRequest({ ...base, ...call }, { model });
  if (encoded.kind === "refused") throw encoded.error;
  return { body: JSON.parse(encoded.body), warnings: encoded.warnings };
}

const user = (...parts: readonly Part[]): Turn => ({ role: "user", parts });
const text = (words: string): Part => ({ kind: "text", text: words });
const result = (callId: string, ...content: readonly Part[]): Part => ({
  kind: "tool-result",
  callId,
  isError: false,
  content,
});

describe("messages", () => {
  it("writes instructions first, a single text as a string and several parts as a list", () => {
    const { body } = encode({
      instructions: [text("a"), text("b")],
      turns: [user(text("c")), { role: "assistant", parts: [text("d"), text("e")] }],
    });
    expect(body["messages"]).toEqual([
      {
        role: "system",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
      { role: "user", content: "c" },
      { role: "assistant", content: "de" },
    ]);
  });

  it("rules 2, 28, 36: gives results first, one message each; arguments keep their text, empty ones are {}", () => {
    const argumentsText = '{ "n": 9007199254740993 }';
    const { body } = encode({
      turns: [
        {
          role: "assistant",
          parts: [
            { kind: "tool-call", id: "toolu_1", name: "f", argumentsText },
            { kind: "tool-call", id: "toolu_2", name: "g", argumentsText: "" },
          ],
        },
        user(text("also"), result("toolu_1", text("one"), text("more")), result("toolu_2")),
      ],
    });
    expect(body["messages"]).toEqual([
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "toolu_1", type: "function", function: { name: "f", arguments: argumentsText } },
          { id: "toolu_2", type: "function", function: { name: "g", arguments: "{}" } },
        ],
      },
      { role: "tool", tool_call_id: "toolu_1", content: "one\nmore" },
      { role: "tool", tool_call_id: "toolu_2", content: "" },
      { role: "user", content: "also" },
    ]);
  });

  it("rule 38: shows the images of a result, labelled, in the user message after it, and declares it", () => {
    const image: Part = { kind: "image", source: { kind: "base64", data: "AA==" }, mediaType: "image/png" };
    const { body, warnings } = encode({ turns: [user(result("c1", image))] });
    expect(body["messages"]).toEqual([
      { role: "tool", tool_call_id: "c1", content: "See the next message." },
      {
        role: "user",
        content: [
          { type: "text", text: "Content of the tool result c1:" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
        ],
      },
    ]);
    expect(warnings).toMatchObject([{ kind: "changed", subject: "tool_result" }]);
  });

  it("rule 30: leaves blank text out, and messages that nothing is left of", () => {
    const { body } = encode({
      turns: [user(text(" "), text("a")), { role: "assistant", parts: [text("\n")] }, user(text("b"))],
    });
    expect(body["messages"]).toEqual([
      { role: "user", content: "a" },
      { role: "user", content: "b" },
    ]);
  });

  it("rule 17: sends no foreign reasoning and declares it; what DeepSeek wants back it gets on every assistant message", () => {
    const turns: readonly Turn[] = [
      {
        role: "assistant",
        parts: [
          {
            kind: "reasoning",
            text: "hm",
            seal: { origin: "anthropic-messages", value: "s" },
            isRedacted: false,
          },
          text("a"),
        ],
      },
      { role: "assistant", parts: [text("b")] },
    ];
    const plain = encode({ turns });
    expect(JSON.stringify(plain.body)).not.toContain("hm");
    expect(plain.warnings).toEqual([{ kind: "dropped", subject: "thinking" }]);
    const deepseek = encode({ turns, reasoning: { effort: "high" } }, "deepseek-reasoner");
    expect(deepseek.body["messages"]).toMatchObject([{ reasoning_content: "hm" }, { reasoning_content: "" }]);
    expect(JSON.stringify(deepseek.body)).not.toContain('"s"');
  });

  it("rule 22: puts the instructions at the head of the first user turn for models that take no system role", () => {
    const { body, warnings } = encode(
      { instructions: [text("be kind")], turns: [user(text("a"))] },
      "o1-mini",
    );
    expect(body["messages"]).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "be kind" },
          { type: "text", text: "a" },
        ],
      },
    ]);
    expect(warnings).toMatchObject([{ kind: "changed", subject: "system" }]);
  });

  it("rule 34: maps an id that does not fit, the same in call and result", () => {
    const id = "x".repeat(64);
    const { body } = encode({
      turns: [
        { role: "assistant", parts: [{ kind: "tool-call", id, name: "f", argumentsText: "{}" }] },
        user(result(id, text("r"))),
      ],
    });
    const text_ = JSON.stringify(body["messages"]);
    const ids = [...text_.matchAll(/call_[0-9A-Za-z]{22}/g)].map(([found]) => found);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
  });

  it.for<{ name: string; part: Part; written: unknown }>([
    {
      name: "an image by URL",
      part: { kind: "image", source: { kind: "url", url: "u" }, detail: "low" },
      written: { type: "image_url", image_url: { url: "u", detail: "low" } },
    },
    {
      name: "a PDF",
      part: { kind: "document", source: { kind: "base64", data: "AA==" }, mediaType: "application/pdf" },
      written: {
        type: "file",
        file: { filename: "document.pdf", file_data: "data:application/pdf;base64,AA==" },
      },
    },
    {
      name: "a text document",
      part: { kind: "document", source: { kind: "text", text: "body" }, title: "T" },
      written: { type: "text", text: "T\n\nbody" },
    },
    {
      name: "audio",
      part: { kind: "audio", source: { kind: "base64", data: "AA==" }, mediaType: "audio/mpeg" },
      written: { type: "input_audio", input_audio: { data: "AA==", format: "mp3" } },
    },
    {
      name: "a part of a Chat client that we do not know",
      part: { kind: "opaque", type: "x", origin: "openai-chat", raw: new RawJson('{"type":"x", "n":1.0}') },
      written: { type: "x", n: 1 },
    },
  ])("writes $name", ({ part, written }) => {
    expect(encode({ turns: [user(text("a"), part)] }).body["messages"]).toEqual([
      { role: "user", content: [{ type: "text", text: "a" }, written] },
    ]);
  });

  it("rule 5 and prefix stability: a conversation that grows keeps the bytes of what came before", () => {
    const part: fc.Arbitrary<Part> = fc.oneof(
      fc.string().map(text),
      fc.record({
        kind: fc.constant("tool-call" as const),
        id: fc.string({ minLength: 1 }),
        name: fc.constant("f"),
        argumentsText: fc.json(),
      }),
    );
    const turn: fc.Arbitrary<Turn> = fc.oneof(
      fc.record({ role: fc.constant("assistant" as const), parts: fc.array(part, { maxLength: 3 }) }),
      fc.record({
        role: fc.constant("user" as const),
        parts: fc.array(
          fc.oneof(
            fc.string().map(text),
            fc.string({ minLength: 1 }).map((id) => result(id, text("r"))),
          ),
          { maxLength: 3 },
        ),
      }),
    );
    const messages = (turns: readonly Turn[]): string => {
      const encoded = encodeChatRequest({ ...base, instructions: [text("s")], turns }, { model: "m" });
      if (encoded.kind === "refused") throw encoded.error;
      return encoded.body;
    };
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 5 }), turn, (turns, next) => {
        const before = messages(turns);
        expect(messages(turns)).toBe(before);
        expect(messages([...turns, next]).startsWith(before.slice(0, -2))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe("what Chat cannot carry", () => {
  it.for<{ name: string; call: Partial<Call>; code: string }>([
    {
      name: "an image by file id",
      call: { turns: [user({ kind: "image", source: { kind: "file", id: "f" } })] },
      code: "unsupported_content",
    },
    {
      name: "a document by URL",
      call: { turns: [user({ kind: "document", source: { kind: "url", url: "u" } })] },
      code: "unsupported_content",
    },
    {
      name: "a document by file id",
      call: { turns: [user({ kind: "document", source: { kind: "file", id: "f" } })] },
      code: "unsupported_content",
    },
    {
      name: "a foreign part",
      call: {
        turns: [
          user({
            kind: "opaque",
            type: "search_result",
            origin: "anthropic-messages",
            raw: new RawJson("{}"),
          }),
        ],
      },
      code: "unsupported_content",
    },
    {
      name: "a foreign part of an assistant",
      call: {
        turns: [
          {
            role: "assistant",
            parts: [
              {
                kind: "opaque",
                type: "server_tool_use",
                origin: "anthropic-messages",
                raw: new RawJson("{}"),
              },
            ],
          },
        ],
      },
      code: "unsupported_content",
    },
    {
      name: "a server tool",
      call: { tools: [{ kind: "opaque", type: "web_search_20250305", raw: {} }] },
      code: "unsupported_content",
    },
    {
      name: "five stop sequences",
      call: { sampling: { stop: ["1", "2", "3", "4", "5"] } },
      code: "unsupported_parameter",
    },
    {
      name: "a container",
      call: { extensions: new Map([["container", new RawJson('"c"')]]) },
      code: "unsupported_parameter",
    },
  ])("refuses $name", ({ call, code }) => {
    expect(encodeChatRequest({ ...base, ...call }, { model: "gpt-4o" })).toMatchObject({
      kind: "refused",
      error: { code },
    });
  });

  it("rule 3: declares every foreign member by name, once", () => {
    const { body, warnings } = encode({
      extensions: new Map([
        ["context_management", new RawJson("{}")],
        ["diagnostics", new RawJson("1")],
      ]),
      sampling: { topK: 5 },
      instructions: [{ kind: "text", text: "s", cache: {} }],
      turns: [user({ kind: "text", text: "a", cache: { ttl: "1h" } })],
    });
    expect(body).not.toHaveProperty("context_management");
    expect(warnings.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      "dropped cache_control",
      "dropped top_k",
      "dropped context_management",
      "dropped diagnostics",
    ]);
  });

  it("passes the members of a Chat client as their text", () => {
    const encoded = encodeChatRequest(
      { ...base, source: "openai-chat", extensions: new Map([["logit_bias", new RawJson('{"5": 1.0}')]]) },
      { model: "m" },
    );
    expect(encoded).toMatchObject({ body: '{"model":"m","messages":[],"logit_bias":{"5": 1.0}}' });
  });
});

describe("settings", () => {
  it("rule 21: names the output limit as the model takes it, and drops what a reasoning model does not take", () => {
    const sampling = { outputTokensMax: 9, temperature: 0.5, topP: 0.9, stop: ["a"] };
    expect(encode({ sampling }, "gpt-4o").body).toEqual({
      model: "gpt-4o",
      messages: [],
      max_tokens: 9,
      temperature: 0.5,
      top_p: 0.9,
      stop: ["a"],
    });
    const reasoning = encode({ sampling }, "openai/o3-mini");
    expect(reasoning.body).toEqual({
      model: "openai/o3-mini",
      messages: [],
      max_completion_tokens: 9,
      stop: ["a"],
    });
    expect(reasoning.warnings).toEqual([
      { kind: "dropped", subject: "temperature" },
      { kind: "dropped", subject: "top_p" },
    ]);
    expect(
      encode({ sampling: { outputTokensMax: 9, temperature: 1 } }, "gpt-5-chat-latest").body,
    ).toMatchObject({ max_completion_tokens: 9, temperature: 1 });
  });

  it("leaves the default temperature out without a word", () => {
    expect(encode({ sampling: { temperature: 1, topP: 1 } }, "gpt-5")).toEqual({
      body: { model: "gpt-5", messages: [] },
      warnings: [],
    });
  });

  it("asks streams for their usage", () => {
    expect(encode({ isStream: true }).body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it.for<{
    reasoning: NonNullable<Call["reasoning"]>;
    limit?: number;
    model: string;
    effort: string | undefined;
    warned: readonly string[];
  }>([
    { reasoning: { effort: "high" }, model: "o3", effort: "high", warned: [] },
    { reasoning: { effort: "max" }, model: "gpt-5", effort: "high", warned: ["clamped reasoning_effort"] },
    { reasoning: { effort: "max" }, model: "gpt-5.2", effort: "xhigh", warned: ["clamped reasoning_effort"] },
    { reasoning: { effort: "minimal" }, model: "o3", effort: "low", warned: ["clamped reasoning_effort"] },
    { reasoning: { effort: "none" }, model: "gpt-5.1", effort: "none", warned: [] },
    { reasoning: { budgetTokens: 2000 }, limit: 10_000, model: "gpt-5", effort: "low", warned: [] },
    { reasoning: { budgetTokens: 8000 }, limit: 10_000, model: "gpt-5", effort: "high", warned: [] },
    {
      reasoning: { budgetTokens: 1024 },
      limit: 10_000,
      model: "gpt-4o",
      effort: undefined,
      warned: ["dropped thinking"],
    },
    { reasoning: { effort: "none" }, model: "gpt-4o", effort: undefined, warned: [] },
    { reasoning: { adaptive: true }, model: "gpt-5", effort: undefined, warned: [] },
  ])("rule 18: $reasoning on $model is $effort", ({ reasoning, limit, model, effort, warned }) => {
    const { body, warnings } = encode(
      { reasoning, sampling: limit === undefined ? {} : { outputTokensMax: limit } },
      model,
    );
    expect(body["reasoning_effort"]).toBe(effort);
    expect(warnings.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual(warned);
  });

  it("rule 6: keeps the tools in their order and maps the choice", () => {
    const tools = ["z", "a", "m"].map(
      (name) => ({ kind: "function", name, parameters: { type: "object" } }) as const,
    );
    const { body } = encode({ tools, toolChoice: { kind: "named", name: "a" }, parallelTools: false });
    expect(body["tools"]).toEqual(
      tools.map(({ name, parameters }) => ({ type: "function", function: { name, parameters } })),
    );
    expect(body).toMatchObject({
      tool_choice: { type: "function", function: { name: "a" } },
      parallel_tool_calls: false,
    });
    expect(encode({ tools, toolChoice: { kind: "any" } }).body["tool_choice"]).toBe("required");
    expect(encode({ toolChoice: { kind: "auto" }, parallelTools: true }).body).toEqual({
      model: "gpt-4o",
      messages: [],
    });
  });

  const closed = {
    type: "object",
    properties: { a: { type: "object", properties: {}, additionalProperties: false } },
    required: ["a"],
    additionalProperties: false,
  };
  it.for([
    { name: "a closed schema", schema: closed, strict: true },
    { name: "one with an optional property", schema: { ...closed, required: [] }, strict: false },
    { name: "an open one", schema: { type: "object", properties: {} }, strict: false },
    {
      name: "one that is open deep inside",
      schema: { ...closed, properties: { a: { anyOf: [{ type: "object", properties: {} }] } } },
      strict: false,
    },
    {
      name: "one with a property that is named like a keyword",
      schema: {
        ...closed,
        properties: { a: { type: "string" }, default: { type: "object" } },
        required: ["a", "default"],
      },
      strict: false,
    },
    {
      name: "one whose default merely looks like an open schema",
      schema: { ...closed, default: { type: "object" } },
      strict: true,
    },
  ])("rule 41: sends strict for $name: $strict", ({ schema, strict }) => {
    const { body, warnings } = encode({
      output: { kind: "schema", name: "s", schema, strict: true },
      tools: [{ kind: "function", name: "f", parameters: schema, strict: true }],
    });
    expect(body["response_format"]).toEqual({
      type: "json_schema",
      json_schema: { name: "s", schema, strict },
    });
    expect(body["tools"]).toMatchObject([
      strict ? { function: { strict: true } } : { function: { name: "f" } },
    ]);
    expect(warnings).toEqual(strict ? [] : [{ kind: "dropped", subject: "strict" }]);
  });

  it("tells the end user as the provider wants it, and hashes what is too long", () => {
    expect(encode({ endUser: "u" }).body["safety_identifier"]).toBe("u");
    expect(encode({ endUser: "u".repeat(80) }, "llama-3").body["user"]).toBe("u".repeat(80));
    const long = encode({ endUser: "u".repeat(80) });
    expect(long.body["safety_identifier"]).toMatch(/^[0-9A-Za-z]{22}$/);
    expect(long.warnings).toMatchObject([{ kind: "changed", subject: "user_id" }]);
  });

  it.for([
    { tier: "auto", sent: undefined, warned: 0 },
    { tier: "standard_only", sent: "default", warned: 0 },
    { tier: "batch", sent: undefined, warned: 1 },
  ])("maps the tier $tier of another dialect to $sent", ({ tier, sent, warned }) => {
    const { body, warnings } = encode({ tier });
    expect(body["service_tier"]).toBe(sent);
    expect(warnings).toHaveLength(warned);
  });
});

describe("chatSplices", () => {
  const facts = { model: "a", isStream: false, wantsUsage: false };
  it.for([
    { name: "nothing to change", facts, model: "a", splices: [] },
    { name: "another model", facts, model: 'b"', splices: [{ member: "model", value: '"b\\""' }] },
    {
      name: "a stream without options",
      facts: { ...facts, isStream: true },
      model: "a",
      splices: [{ member: "stream_options", value: '{"include_usage":true}' }],
    },
    {
      name: "a stream that asks",
      facts: { ...facts, isStream: true, wantsUsage: true },
      model: "a",
      splices: [],
    },
    {
      name: "a stream that has other options",
      facts: {
        ...facts,
        isStream: true,
        streamOptions: '{ "include_obfuscation": false, "include_usage": false }',
      },
      model: "a",
      splices: [{ member: "stream_options", value: '{"include_obfuscation":false,"include_usage":true}' }],
    },
  ])("$name", ({ facts: given, model, splices }) => {
    expect(chatSplices(given, { model })).toEqual(splices);
  });
});
