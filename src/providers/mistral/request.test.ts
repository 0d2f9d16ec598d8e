import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Call, Sampling, Tool, Turn } from "../../exchange/call.ts";
import type { RequestContext } from "../../exchange/codec.ts";
import type { Part } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import { type JsonObject, RawJson } from "../../kernel/json.ts";
import { mistral } from "./index.ts";
import { chatCall } from "./wire.test-support.ts";

function encode(
  call: Partial<Call>,
  context: Partial<RequestContext> = {},
): { readonly body: JsonObject; readonly warnings: readonly Warning[] } {
  const encoded = mistral.encodeRequest(chatCall(call), { model: "mistral-small-latest", ...context });
  if (encoded.kind === "refused") throw encoded.error;
  return { body: JSON.parse(encoded.body), warnings: encoded.warnings };
}

function refusal(call: Partial<Call>): unknown {
  const encoded = mistral.encodeRequest(chatCall(call), { model: "mistral-small-latest" });
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
const shown = (warnings: readonly Warning[]) => warnings.map(({ kind, subject }) => `${kind} ${subject}`);

describe("the path and the splices", () => {
  it("is that of chat completions, streams are server-sent events, only the model's name is spliced", () => {
    expect(mistral.dialect).toBe("mistral-chat");
    expect(mistral.pathOf({ model: "m", isStream: true, streamForm: "sse" })).toBe("/chat/completions");
    expect(mistral.framingOf("sse")).toBe("sse");
    const facts = { model: "a", isStream: true, wantsUsage: false };
    expect(mistral.splices(facts, { model: "a" })).toEqual([]);
    expect(mistral.splices(facts, { model: "b" })).toEqual([{ member: "model", value: '"b"' }]);
  });

  it("asks for a stream, and not for usage, which comes unasked and must not be asked for", () => {
    const { body } = encode({ isStream: true });
    expect([body["stream"], body["stream_options"]]).toEqual([true, undefined]);
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
    const { body, warnings } = encode({
      turns: [
        { role: "developer", parts: [text("be kind")] },
        user(text("hi")),
        { role: "system", parts: [text("be brief")] },
      ],
    });
    expect(body["messages"]).toMatchObject([
      { role: "system", content: [{ text: "be kind" }, { text: "be brief" }] },
      { role: "user", content: "hi" },
    ]);
    expect(shown(warnings)).toEqual(["changed system"]);
  });

  it("rules 2, 28, 34, 36: gives results first, by ids that fit; arguments keep their text, empty ones are {}", () => {
    const argumentsText = '{ "n": 9007199254740993 }';
    const { body, warnings } = encode({
      turns: [
        assistant(text("Let me see."), called("toolu_1", argumentsText), called("gSIMJiOkT", "")),
        user(
          { kind: "tool-result", callId: "gSIMJiOkT", name: "f", isError: false, content: [] },
          result("toolu_1", text("one"), text("more")),
        ),
      ],
    });
    const [message, first, second] = Array.isArray(body["messages"]) ? body["messages"] : [];
    const mapped: string = second.tool_call_id;
    expect(mapped).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(message).toEqual({
      role: "assistant",
      content: "Let me see.",
      tool_calls: [
        { id: mapped, type: "function", function: { name: "f", arguments: argumentsText } },
        { id: "gSIMJiOkT", type: "function", function: { name: "f", arguments: "{}" } },
      ],
    });
    expect(first).toEqual({ role: "tool", name: "f", tool_call_id: "gSIMJiOkT", content: "" });
    expect(second).toEqual({ role: "tool", tool_call_id: mapped, content: "one\nmore" });
    expect(warnings).toEqual([]);
  });

  it("leaves out the name of a tool that the API would refuse: its id tells as much", () => {
    const named: Part = {
      kind: "tool-result",
      callId: "gSIMJiOkT",
      name: "my.tool",
      isError: false,
      content: [],
    };
    expect(encode({ turns: [user(named)] }).body["messages"]).toEqual([
      { role: "tool", tool_call_id: "gSIMJiOkT", content: "" },
    ]);
  });

  it("rule 36: keeps arguments that are cut as they are", () => {
    expect(encode({ turns: [assistant(called("a", '{"half": tr')), user(result("a"))] }).body).toMatchObject({
      messages: [{ tool_calls: [{ function: { arguments: '{"half": tr' } }] }, { role: "tool" }],
    });
  });

  it.for<{ name: string; turns: readonly Turn[] }>([
    { name: "in one turn", turns: [user(result("a", text("x")), text("and?"))] },
    { name: "in two turns", turns: [user(result("a", text("x"))), user(text("and?"))] },
  ])(
    "puts an assistant message between results and the user's words, $name, and declares it",
    ({ turns }) => {
      const { body, warnings } = encode({ turns: [assistant(called("a")), ...turns, user(text("well?"))] });
      expect(body["messages"]).toMatchObject([
        { role: "assistant", tool_calls: [{}] },
        { role: "tool", content: "x" },
        { role: "assistant", content: "OK." },
        { role: "user", content: "and?" },
        { role: "user", content: "well?" },
      ]);
      expect(shown(warnings)).toEqual(["changed messages"]);
    },
  );

  it("holds the order that the API demands, whatever the conversation", () => {
    const after: Readonly<Record<string, readonly string[]>> = {
      system: ["user", "assistant", "system"],
      user: ["assistant", "system", "user"],
      assistant: ["assistant", "user", "tool"],
      tool: ["assistant", "tool"],
    };
    const parts = fc.array(
      fc.oneof(
        fc.string().map(text),
        fc.constant(called("a")),
        fc.constant(result("a", text("x"))),
        fc.constant<Part>({ kind: "image", source: { kind: "url", url: "u" } }),
      ),
      { maxLength: 3 },
    );
    const role = fc.constantFrom<Turn["role"]>("user", "assistant", "system", "developer");
    const turns = fc.array(fc.record({ role, parts }), { maxLength: 6 });
    fc.assert(
      fc.property(turns, (list) => {
        const calls = list.map((turn) => {
          const isUser = turn.role === "user";
          return {
            ...turn,
            parts: turn.parts.filter(({ kind }) =>
              kind === "text"
                ? true
                : isUser
                  ? kind !== "tool-call"
                  : kind === "tool-call" && turn.role === "assistant",
            ),
          };
        });
        // A call that nothing came back for is the client's fault, and told by the API.
        const answered = calls.flatMap((turn): readonly Turn[] =>
          turn.parts.some(({ kind }) => kind === "tool-call") ? [turn, user(result("a", text("x")))] : [turn],
        );
        const ordered = answered.filter(
          (turn, index) =>
            !turn.parts.some(({ kind }) => kind === "tool-result") ||
            answered[index - 1]?.parts.some(({ kind }) => kind === "tool-call") === true,
        );
        const { body } = encode({ turns: [user(text("q")), ...ordered, user(text("q"))] });
        const messages = Array.isArray(body["messages"]) ? body["messages"] : [];
        for (const [index, message] of messages.entries()) {
          const before = messages[index - 1];
          if (before !== undefined) expect(after[before.role]).toContain(message.role);
        }
      }),
    );
  });

  it("rules 15, 17: sends thinking back that this provider signed, no other, and no reasoning_content", () => {
    const { body, warnings } = encode({
      turns: [
        assistant(
          {
            kind: "reasoning",
            text: "hm",
            isRedacted: false,
            seal: { origin: "mistral-chat", value: "sig" },
          },
          text("a"),
        ),
        user(text("b")),
        assistant(
          { kind: "reasoning", text: "mine?", isRedacted: false },
          {
            kind: "reasoning",
            text: "theirs",
            isRedacted: false,
            seal: { origin: "anthropic-messages", value: "x" },
          },
          text("c"),
        ),
        user(text("d")),
      ],
    });
    expect(body["messages"]).toEqual([
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: [{ type: "text", text: "hm" }], signature: "sig", closed: true },
          { type: "text", text: "a" },
        ],
      },
      { role: "user", content: "b" },
      { role: "assistant", content: "c" },
      { role: "user", content: "d" },
    ]);
    expect(shown(warnings)).toEqual(["dropped reasoning"]);
  });

  it("rule 30: leaves blank text out, and messages that nothing is left of", () => {
    const { body } = encode({ turns: [user(text(" "), text("a")), assistant(text("\n")), user(text("b"))] });
    expect(body["messages"]).toEqual([
      { role: "user", content: "a" },
      { role: "user", content: "b" },
    ]);
  });

  it("writes images, documents and sound as their chunks", () => {
    const { body, warnings } = encode({
      turns: [
        user(
          {
            kind: "image",
            source: { kind: "base64", data: "AA==" },
            mediaType: "image/webp",
            detail: "high",
          },
          { kind: "document", source: { kind: "url", url: "https://x/y.pdf" }, title: "T" },
          {
            kind: "document",
            source: { kind: "base64", data: "BB==" },
            mediaType: "application/pdf",
          },
          { kind: "document", source: { kind: "text", text: "words" }, title: "T" },
          { kind: "audio", source: { kind: "base64", data: "CC==" }, mediaType: "audio/wav" },
        ),
      ],
    });
    expect(body["messages"]).toEqual([
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: "data:image/webp;base64,AA==", detail: "high" } },
          { type: "document_url", document_url: "https://x/y.pdf", document_name: "T" },
          { type: "document_url", document_url: "data:application/pdf;base64,BB==" },
          { type: "text", text: "T\n\nwords" },
          { type: "input_audio", input_audio: "CC==" },
        ],
      },
    ]);
    expect(warnings).toEqual([]);
  });

  it("shows the images of a result, labelled, after it", () => {
    const image: Part = { kind: "image", source: { kind: "url", url: "https://x/y.png" } };
    const { body, warnings } = encode({ turns: [user(result("gSIMJiOkT", image))] });
    expect(body["messages"]).toEqual([
      { role: "tool", tool_call_id: "gSIMJiOkT", content: "See the next message." },
      { role: "assistant", content: "OK." },
      {
        role: "user",
        content: [
          { type: "text", text: "Content of the tool result gSIMJiOkT:" },
          { type: "image_url", image_url: { url: "https://x/y.png" } },
        ],
      },
    ]);
    expect(shown(warnings)).toEqual(["changed tool_result", "changed messages"]);
  });

  it.for<{ name: string; part: Part }>([
    { name: "a file of another provider", part: { kind: "document", source: { kind: "file", id: "f" } } },
    { name: "an image by file id", part: { kind: "image", source: { kind: "file", id: "f" } } },
    {
      name: "sound by its URL",
      part: { kind: "audio", source: { kind: "url", url: "u" }, mediaType: "audio/wav" },
    },
    { name: "video", part: { kind: "video", source: { kind: "url", url: "u" }, mediaType: "video/mp4" } },
    {
      name: "a part of another dialect",
      part: { kind: "opaque", type: "input_zip", origin: "openai-chat", raw: new RawJson("{}") },
    },
  ])("refuses $name", ({ part }) => {
    expect(refusal({ turns: [user(part)] })).toMatchObject({
      code: "unsupported_content",
      param: "messages",
      message: expect.stringContaining("does not take"),
    });
  });

  it("rule 25: continues an assistant message for clients that do not join the two, declared", () => {
    const turns = [user(text("hi")), assistant(text("Once"))];
    const { body, warnings } = encode({ turns });
    expect(body["messages"]).toEqual([
      { role: "user", content: "hi" },
      { role: "assistant", content: "Once", prefix: true },
    ]);
    expect(warnings).toEqual([
      {
        kind: "changed",
        subject: "messages",
        note: "The answer begins with the text of the last message.",
      },
    ]);
    expect(refusal({ source: "anthropic-messages", turns })).toMatchObject({
      code: "unsupported_content",
      param: "messages",
    });
  });

  it("declares what a message cannot carry: names, cache marks, errors of tools", () => {
    const marked: Part = { kind: "text", text: "a", cache: {} };
    const failed: Part = { kind: "tool-result", callId: "c", isError: true, content: [] };
    const { warnings } = encode({ turns: [{ role: "user", name: "ann", parts: [marked] }, user(failed)] });
    expect(shown(warnings)).toEqual(["dropped name", "dropped cache_control", "dropped is_error"]);
  });
});

describe("tools", () => {
  const closed = {
    type: "object",
    properties: { a: { type: "string" } },
    required: ["a"],
    additionalProperties: false,
  };

  it("rules 6, 41: keeps the order of the tools, and strictness where the schema qualifies", () => {
    const parameters = { type: "object", properties: { z: { type: "number" }, a: { enum: [1.5] } } };
    const { body, warnings } = encode({
      tools: [
        tool("second", { description: "d", parameters, strict: true }),
        tool("first", { parameters: closed, strict: true }),
        tool("none"),
      ],
    });
    expect(body["tools"]).toEqual([
      { type: "function", function: { name: "second", description: "d", parameters } },
      { type: "function", function: { name: "first", parameters: closed, strict: true } },
      { type: "function", function: { name: "none", parameters: { type: "object", properties: {} } } },
    ]);
    expect(shown(warnings)).toEqual(["dropped strict"]);
  });

  it("emulates a custom tool as a function with one text, there and in the history", () => {
    const custom: Part = {
      kind: "tool-call",
      id: "a",
      name: "sql",
      argumentsText: 'select "x"',
      isCustom: true,
    };
    const { body, warnings } = encode({
      tools: [{ kind: "custom", name: "sql", format: { type: "grammar" } }],
      turns: [assistant(custom), user(result("a", text("1")))],
    });
    expect(body["tools"]).toMatchObject([
      { type: "function", function: { name: "sql", parameters: { required: ["input"] } } },
    ]);
    expect(body["messages"]).toMatchObject([
      { tool_calls: [{ function: { arguments: '{"input":"select \\"x\\""}' } }] },
      { role: "tool" },
    ]);
    expect(shown(warnings)).toEqual(["emulated tool sql", "dropped tool sql format"]);
  });

  it("rule 42: refuses tools that another provider runs", () => {
    expect(refusal({ tools: [{ kind: "opaque", type: "web_search", raw: {} }] })).toMatchObject({
      code: "unsupported_content",
      param: "tools",
    });
  });

  const named = { type: "function", function: { name: "f" } };

  it.for<{ name: string; choice: Call["toolChoice"]; expected: unknown }>([
    { name: "auto", choice: { kind: "auto" }, expected: "auto" },
    { name: "none", choice: { kind: "none" }, expected: "none" },
    { name: "any", choice: { kind: "any" }, expected: "any" },
    { name: "one by its name", choice: { kind: "named", name: "f" }, expected: named },
    {
      name: "one of one",
      choice: { kind: "among", names: ["f"], isRequired: true },
      expected: named,
    },
    {
      name: "all, required",
      choice: { kind: "among", names: ["f", "g"], isRequired: true },
      expected: "any",
    },
    { name: "all", choice: { kind: "among", names: ["g", "f"], isRequired: false }, expected: "auto" },
  ])("writes the choice of $name", ({ choice, expected }) => {
    const { body } = encode({ tools: [tool("f"), tool("g")], ...(choice && { toolChoice: choice }) });
    expect(body["tool_choice"]).toEqual(expected);
  });

  it("has a choice among some looked at in the answer, which it cannot hold the model to", () => {
    const toolChoice = { kind: "among", names: ["f"], isRequired: false } as const;
    const call = chatCall({ tools: [tool("f"), tool("g")], toolChoice });
    expect(mistral.encodeRequest(call, { model: "mistral-small-latest" })).toMatchObject({
      body: expect.stringContaining('"tool_choice":"auto"'),
      emulation: { toolsAmong: ["f"] },
      warnings: [{ kind: "emulated", subject: "tool_choice" }],
    });
  });

  it("writes whether calls may be parallel, and says nothing without tools", () => {
    expect(encode({ tools: [tool("f")], parallelTools: false }).body["parallel_tool_calls"]).toBe(false);
    const { body } = encode({ parallelTools: false, toolChoice: { kind: "any" } });
    expect([body["parallel_tool_calls"], body["tool_choice"]]).toEqual([undefined, undefined]);
  });
});

describe("settings", () => {
  it("maps the sampling to Mistral's names", () => {
    const { body, warnings } = encode({
      sampling: {
        outputTokensMax: 100,
        temperature: 1.2,
        topP: 0.9,
        stop: ["a", "b", "c", "d", "e"],
        seed: 7,
        presencePenalty: 0.5,
        frequencyPenalty: -1,
      },
    });
    expect(body).toEqual({
      model: "mistral-small-latest",
      messages: [{ role: "user", content: "hi" }],
      max_tokens: 100,
      temperature: 1.2,
      top_p: 0.9,
      stop: ["a", "b", "c", "d", "e"],
      random_seed: 7,
      presence_penalty: 0.5,
      frequency_penalty: -1,
    });
    expect(warnings).toEqual([]);
  });

  it.for<{ name: string; sampling: Sampling; member: string; sent: unknown; warned: string }>([
    {
      name: "a temperature above 1.5",
      sampling: { temperature: 2 },
      member: "temperature",
      sent: 1.5,
      warned: "clamped temperature",
    },
    {
      name: "top_k",
      sampling: { topK: 40 },
      member: "top_k",
      sent: undefined,
      warned: "dropped top_k",
    },
    {
      name: "a negative seed",
      sampling: { seed: -5 },
      member: "random_seed",
      sent: undefined,
      warned: "dropped seed",
    },
    {
      name: "a penalty out of range",
      sampling: { presencePenalty: 3 },
      member: "presence_penalty",
      sent: 2,
      warned: "clamped presence_penalty",
    },
  ])("rule 23: declares $name", ({ sampling, member, sent, warned }) => {
    const { body, warnings } = encode({ sampling });
    expect(body[member]).toEqual(sent);
    expect(shown(warnings)).toEqual([warned]);
  });

  it("rule 24: omits an empty list of stop sequences", () => {
    expect(Object.keys(encode({ sampling: { stop: [], choices: 1 } }).body)).toEqual(["model", "messages"]);
  });

  it("writes JSON and schemas as response_format, strict where the schema qualifies", () => {
    expect(encode({ output: { kind: "json" } }).body["response_format"]).toEqual({ type: "json_object" });
    const closed = { type: "object", properties: {}, additionalProperties: false };
    const schemaOf = (schema: JsonObject) =>
      encode({ output: { kind: "schema", name: "n", schema, strict: true } });
    expect(schemaOf(closed)).toMatchObject({
      body: {
        response_format: { type: "json_schema", json_schema: { name: "n", schema: closed, strict: true } },
      },
      warnings: [],
    });
    expect(schemaOf({ type: "object" })).toMatchObject({
      body: { response_format: { json_schema: { strict: false } } },
      warnings: [{ kind: "dropped", subject: "strict" }],
    });
  });

  it.for<{ name: string; call: Partial<Call>; param: string }>([
    { name: "a bias", call: { sampling: { logitBias: { "50256": -100 } } }, param: "logit_bias" },
    { name: "log probabilities", call: { sampling: { logprobs: 0 } }, param: "logprobs" },
    {
      name: "log probabilities among the extensions",
      call: { extensions: new Map([["logprobs", new RawJson("true")]]) },
      param: "logprobs",
    },
    {
      name: "spoken answers",
      call: { extensions: new Map([["modalities", new RawJson('["audio"]')]]) },
      param: "modalities",
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

  it("passes a prediction, a list of texts as one, and Mistral's own members as a Chat client wrote them", () => {
    const own: readonly (readonly [string, RawJson])[] = [
      ["safe_prompt", new RawJson("true")],
      ["prompt_mode", new RawJson('"reasoning"')],
    ];
    const predicted = (content: string) =>
      encode({
        extensions: new Map([["prediction", new RawJson(`{"type":"content","content":${content}}`)], ...own]),
      });
    for (const content of ['"ab"', '[{"type":"text","text":"a"},{"type":"text","text":"b"}]'])
      expect(predicted(content)).toMatchObject({
        body: {
          prediction: { type: "content", content: "ab" },
          safe_prompt: true,
          prompt_mode: "reasoning",
        },
        warnings: [],
      });
    expect(shown(predicted("5").warnings)).toEqual(["dropped prediction"]);
    const foreign = encode({ source: "anthropic-messages", extensions: new Map(own) });
    expect(shown(foreign.warnings)).toEqual(["dropped safe_prompt", "dropped prompt_mode"]);
  });

  it("rule 3: declares by name whatever else it does not take, and nothing that asks for the default", () => {
    const extensions = new Map([
      ["verbosity", new RawJson('"low"')],
      ["prompt_cache_key", new RawJson('"k"')],
      ["logprobs", new RawJson("false")],
      ["logit_bias", new RawJson("{}")],
    ]);
    const { body, warnings } = encode({
      extensions,
      tier: "priority",
      endUser: "u",
      metadata: { a: "b" },
      isStored: true,
    });
    expect(shown(warnings).toSorted()).toEqual([
      "dropped logit_bias",
      "dropped logprobs",
      "dropped metadata",
      "dropped prompt_cache_key",
      "dropped service_tier",
      "dropped store",
      "dropped user",
      "dropped verbosity",
    ]);
    expect(Object.keys(body)).toEqual(["model", "messages"]);
    expect(encode({ tier: "default", isStored: false }).warnings).toEqual([]);
  });
});

describe("reasoning", () => {
  it.for<{ model: string; call: Partial<Call>; sent?: string; warned?: string }>([
    { model: "mistral-small-latest", call: {} },
    { model: "mistral-small-latest", call: { reasoning: { effort: "high" } }, sent: "high" },
    { model: "mistral-small-2603", call: { reasoning: { effort: "none" } }, sent: "none" },
    {
      model: "mistral-medium-3-5",
      call: { reasoning: { effort: "xhigh" } },
      sent: "high",
      warned: "clamped reasoning_effort",
    },
    {
      model: "mistral-medium-latest",
      call: { reasoning: { effort: "medium" } },
      sent: "none",
      warned: "clamped reasoning_effort",
    },
    { model: "mistral-large-4", call: { reasoning: { adaptive: true } }, sent: "high" },
    {
      model: "magistral-medium-latest",
      call: { reasoning: { budgetTokens: 8000 }, sampling: { outputTokensMax: 10_000 } },
      sent: "high",
    },
    { model: "zai-glm-5-3", call: { reasoning: { effort: "max" } }, sent: "max" },
    {
      model: "zai-glm-5-2",
      call: { reasoning: { effort: "low" } },
      sent: "high",
      warned: "clamped reasoning_effort",
    },
    {
      model: "mistral-large-latest",
      call: { reasoning: { effort: "high" } },
      warned: "dropped reasoning_effort",
    },
    {
      model: "mistral-medium-2508",
      call: { reasoning: { effort: "high" } },
      warned: "dropped reasoning_effort",
    },
    { model: "codestral-latest", call: { reasoning: { effort: "none" } } },
  ])("rule 18: $model, $call.reasoning", ({ model, call, sent, warned }) => {
    const { body, warnings } = encode(call, { model });
    expect(body["reasoning_effort"]).toBe(sent);
    expect(shown(warnings)).toEqual(warned === undefined ? [] : [warned]);
  });
});

describe("bytes", () => {
  const call = chatCall({
    instructions: [text("be kind")],
    tools: [tool("f", { parameters: { type: "object" } })],
  });

  it("rule 1: are the same for the same call", () => {
    const turns = [user(text("hi")), assistant(called("toolu_1")), user(result("toolu_1", text("x")))];
    const first = mistral.encodeRequest({ ...call, turns }, { model: "m" });
    expect(mistral.encodeRequest(structuredClone({ ...call, turns }), { model: "m" })).toEqual(first);
  });

  it("of a conversation begin those of the conversation that goes on", () => {
    const said = fc.array(
      fc.oneof(
        fc.string().map(text),
        fc.string({ minLength: 1 }).map((id) => called(id)),
      ),
      { maxLength: 3 },
    );
    const answered = fc.array(
      fc.oneof(
        fc.string().map(text),
        fc.string({ minLength: 1 }).map((id) => result(id, text("r"))),
      ),
      { maxLength: 3 },
    );
    const turns = fc.array(
      fc.oneof(
        said.map((parts) => assistant(...parts)),
        answered.map((parts) => user(...parts)),
      ),
      { maxLength: 6 },
    );
    const written = (list: readonly Turn[]): string => {
      const encoded = mistral.encodeRequest({ ...call, turns: list }, { model: "m" });
      if (encoded.kind === "refused") throw encoded.error;
      return encoded.body.slice(0, encoded.body.lastIndexOf('],"tools"'));
    };
    fc.assert(
      fc.property(turns, turns, fc.boolean(), (before, after, isResult) => {
        const asked = user(isResult ? result("x", text("r")) : text("q"));
        const shorter = written([...before, asked]);
        expect(written([...before, asked, ...after]).startsWith(shorter)).toBe(true);
      }),
    );
  });
});
