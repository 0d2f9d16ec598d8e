import { describe, expect, it } from "vitest";
import type { Call, Turn } from "../../exchange/call.ts";
import type { Part, Seal } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import { unwrap, wrap } from "./answers.test-support.ts";
import { decodeCall } from "./decode.ts";
import { markSeal, type SealPlace } from "./envelopes.ts";

const decode = (body: string | object) =>
  decodeCall(new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)), { unwrap });

function told(members: object): { readonly call: Call; readonly warnings: readonly Warning[] } {
  const decoding = decode({ model: "m", input: "hi", ...members });
  if (decoding.kind !== "call") throw new Error(JSON.stringify(decoding.problems));
  return decoding;
}

const turnsOf = (input: unknown): readonly Turn[] => told({ input }).call.turns;
const contentOf = (...content: readonly object[]): readonly Part[] =>
  turnsOf([{ role: "user", content }]).flatMap(({ parts }) => parts);
const text = (said: string): Part => ({ kind: "text", text: said });

describe("decodeCall, input", () => {
  it("reads a string as a message of the user", () => {
    expect(turnsOf("hi")).toEqual([{ role: "user", parts: [text("hi")] }]);
  });

  it("keeps instructions apart from system and developer messages, which stay turns in their place", () => {
    const { call } = told({
      instructions: "be kind",
      input: [
        { role: "developer", content: "d" },
        { type: "message", role: "user", content: [{ type: "input_text", text: "u" }] },
        { role: "system", content: "s" },
      ],
    });
    expect(call.instructions).toEqual([text("be kind")]);
    expect(call.turns).toEqual([
      { role: "developer", parts: [text("d")] },
      { role: "user", parts: [text("u")] },
      { role: "system", parts: [text("s")] },
    ]);
  });

  it("puts what the assistant said and did in a row into one turn, and the results after it into one of the user", () => {
    const turns = turnsOf([
      { role: "user", content: "go" },
      {
        type: "reasoning",
        id: "rs_native",
        summary: [{ type: "summary_text", text: "plan" }],
        encrypted_content: "gA",
      },
      {
        type: "message",
        id: "msg_1",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: "ok" }],
      },
      {
        type: "function_call",
        id: "fc_1",
        call_id: "a",
        name: "f",
        arguments: '{"n":9007199254740993}',
        status: "completed",
      },
      { type: "custom_tool_call", call_id: "b", name: "sql", input: "SELECT 1" },
      { type: "custom_tool_call_output", call_id: "b", output: "1" },
      { type: "function_call_output", call_id: "a", output: [{ type: "input_text", text: "2" }], name: "f" },
      { role: "assistant", content: "done" },
      { role: "user", content: "thanks" },
    ]);
    const seal: Seal = { origin: "openai-responses", value: "gA", itemId: "rs_native" };
    expect(turns).toEqual([
      { role: "user", parts: [text("go")] },
      {
        role: "assistant",
        parts: [
          { kind: "reasoning", text: "plan", isSummary: true, isRedacted: false, seal },
          text("ok"),
          { kind: "tool-call", id: "a", name: "f", argumentsText: '{"n":9007199254740993}' },
          { kind: "tool-call", id: "b", name: "sql", argumentsText: "SELECT 1", isCustom: true },
        ],
      },
      {
        role: "user",
        parts: [
          { kind: "tool-result", callId: "b", isError: false, content: [text("1")] },
          { kind: "tool-result", callId: "a", name: "f", isError: false, content: [text("2")] },
        ],
      },
      { role: "assistant", parts: [text("done")] },
      { role: "user", parts: [text("thanks")] },
    ]);
  });

  it("rule 28: results that arrive apart are results of one turn each, never of the message between", () => {
    const output = (id: string) => ({ type: "function_call_output", call_id: id, output: "" });
    const turns = turnsOf([output("a"), output("b"), { role: "user", content: "x" }, output("c")]);
    expect(turns.map(({ parts }) => parts.map(({ kind }) => kind))).toEqual([
      ["tool-result", "tool-result"],
      ["text"],
      ["tool-result"],
    ]);
  });

  it("rules 2 and 36: arguments stay the text they arrived as, empty and broken ones too", () => {
    for (const argumentsText of ["", "{}", '{"a":1.0,"b":1e400,"c":9007199254740993}', '{"a":', "[1]"]) {
      const [turn] = turnsOf([{ type: "function_call", call_id: "c", name: "f", arguments: argumentsText }]);
      expect(turn?.parts).toEqual([{ kind: "tool-call", id: "c", name: "f", argumentsText }]);
    }
  });

  it("rule 30: an empty content is no part", () => {
    expect(turnsOf([{ role: "assistant", content: "" }])).toEqual([{ role: "assistant", parts: [] }]);
    expect(turnsOf("")).toEqual([{ role: "user", parts: [] }]);
  });

  it("rule 38: images and files of a tool's output are part of its result", () => {
    const [turn] = turnsOf([
      {
        type: "function_call_output",
        call_id: "c",
        output: [
          { type: "input_text", text: "see" },
          { type: "input_image", image_url: "data:image/png;base64,AAAA" },
          { type: "input_file", file_id: "file-1" },
        ],
      },
    ]);
    expect(turn?.parts).toEqual([
      {
        kind: "tool-result",
        callId: "c",
        isError: false,
        content: [
          text("see"),
          { kind: "image", source: { kind: "base64", data: "AAAA" }, mediaType: "image/png" },
          { kind: "document", source: { kind: "file", id: "file-1" } },
        ],
      },
    ]);
  });

  it.for<{ name: string; part: object; expected: object }>([
    {
      name: "an image by its URL",
      part: { type: "input_image", image_url: "https://a.b/c.png", detail: "high" },
      expected: { kind: "image", source: { kind: "url", url: "https://a.b/c.png" }, detail: "high" },
    },
    {
      name: "an image by its file",
      part: { type: "input_image", file_id: "file-1", image_url: null },
      expected: { kind: "image", source: { kind: "file", id: "file-1" } },
    },
    {
      name: "a file as a data URL",
      part: { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" },
      expected: {
        kind: "document",
        source: { kind: "base64", data: "AAAA" },
        mediaType: "application/pdf",
        title: "a.pdf",
      },
    },
    {
      name: "a file as bare base64",
      part: { type: "input_file", file_data: "AAAA" },
      expected: { kind: "document", source: { kind: "base64", data: "AAAA" } },
    },
    {
      name: "a file by its URL",
      part: { type: "input_file", file_url: "https://a.b/c.pdf" },
      expected: { kind: "document", source: { kind: "url", url: "https://a.b/c.pdf" } },
    },
    {
      name: "audio",
      part: { type: "input_audio", input_audio: { data: "AAAA", format: "mp3" } },
      expected: { kind: "audio", source: { kind: "base64", data: "AAAA" }, mediaType: "audio/mpeg" },
    },
    {
      name: "a refusal",
      part: { type: "refusal", refusal: "no" },
      expected: { kind: "refusal", text: "no" },
    },
    {
      name: "a cache mark",
      part: { type: "input_text", text: "a", prompt_cache_breakpoint: { mode: "explicit", ttl: "12h" } },
      expected: { kind: "text", text: "a", cache: { ttl: "1h" } },
    },
  ])("reads $name", ({ part, expected }) => {
    expect(contentOf(part)).toEqual([expected]);
  });

  it("rule 43: counts the citations of a text in UTF-16 code units", () => {
    const annotation = { type: "url_citation", start_index: 1, end_index: 3, url: "https://a.b", title: "A" };
    expect(contentOf({ type: "output_text", text: "😀bc", annotations: [annotation] })).toEqual([
      {
        kind: "text",
        text: "😀bc",
        citations: [
          { url: "https://a.b", title: "A", start: 2, end: 4, raw: annotation, origin: "openai-responses" },
        ],
      },
    ]);
  });

  it.for<{ name: string; item: string; type: string; role: string }>([
    {
      name: "a search",
      item: '{"type":"web_search_call","id":"ws_1","n":1.0}',
      type: "web_search_call",
      role: "assistant",
    },
    {
      name: "a screenshot",
      item: '{"type":"computer_call_output","call_id":"c","output":{}}',
      type: "computer_call_output",
      role: "user",
    },
    {
      name: "an approval",
      item: '{"type":"mcp_approval_response","approve":true}',
      type: "mcp_approval_response",
      role: "user",
    },
    {
      name: "a reference",
      item: '{"type":"item_reference","id":"msg_1"}',
      type: "item_reference",
      role: "assistant",
    },
    {
      name: "a reference without its type",
      item: '{"id":"msg_1"}',
      type: "item_reference",
      role: "assistant",
    },
    {
      name: "a call of a tool in a namespace",
      item: '{"type":"function_call","call_id":"c","name":"f","arguments":"{}","namespace":"crm"}',
      type: "function_call",
      role: "assistant",
    },
    {
      name: "the result of a program's call",
      item: '{"type":"function_call_output","call_id":"c","output":"","caller":{"type":"program","caller_id":"p"}}',
      type: "function_call_output",
      role: "user",
    },
    {
      name: "a picture of the provider",
      item: '{"type":"image_generation_call","id":"ig_0123456789abcdef0123456789","result":"AAAA"}',
      type: "image_generation_call",
      role: "assistant",
    },
    { name: "what is new", item: '{"type":"telepathy","id":"t"}', type: "telepathy", role: "assistant" },
  ])("keeps $name as it was written", ({ item, type, role }) => {
    const decoding = decode(`{"model":"m","input":[ ${item} ]}`);
    expect(decoding).toMatchObject({
      call: {
        turns: [{ role, parts: [{ kind: "opaque", type, origin: "openai-responses", raw: { text: item } }] }],
      },
      warnings: [],
    });
  });

  it("keeps a part of unknown type as it was written", () => {
    const part = '{"type":"input_smell","n":1.0}';
    expect(decode(`{"model":"m","input":[{"role":"user","content":[${part}]}]}`)).toMatchObject({
      call: { turns: [{ parts: [{ kind: "opaque", type: "input_smell", raw: { text: part } }] }] },
    });
  });

  it("declares the members of known items that have no canonical form", () => {
    const { warnings } = told({
      input: [
        { role: "assistant", phase: "commentary", content: [{ type: "output_text", text: "a", smell: 1 }] },
        { role: "user", content: [{ type: "input_file", file_id: "f", detail: "low" }] },
      ],
    });
    expect(warnings).toEqual([
      { kind: "dropped", subject: "input[0].phase" },
      { kind: "dropped", subject: "input[0].content[0].smell" },
      { kind: "dropped", subject: "input[1].content[0].detail" },
    ]);
  });
});

describe("decodeCall, reasoning", () => {
  const claude: Seal = { origin: "anthropic-messages", value: "sig" };
  const gemini: Seal = { origin: "gemini-generate", value: "ts" };
  const item = (seal: Seal, members: object = {}) => ({
    type: "reasoning",
    id: "rs_1",
    summary: [],
    encrypted_content: wrap(seal),
    ...members,
  });
  const call = { type: "function_call", call_id: "c", name: "f", arguments: "{}" };
  const partsOf = (...input: readonly object[]): readonly Part[] =>
    turnsOf(input).flatMap(({ parts }) => parts);

  it("rule 17: a seal of Claude's goes back to the reasoning, with its text or redacted", () => {
    const content = [{ type: "reasoning_text", text: "hm" }];
    expect(
      partsOf(item(claude, { content }), item(claude), item(claude, { content: [{ text: "" }] })),
    ).toEqual([
      { kind: "reasoning", text: "hm", isRedacted: false, seal: claude },
      { kind: "reasoning", text: "", isRedacted: true, seal: claude },
      { kind: "reasoning", text: "", isRedacted: false, seal: claude },
    ]);
  });

  it.for<{
    name: string;
    place: SealPlace | undefined;
    input: readonly object[];
    sealed: readonly (string | undefined)[];
  }>([
    { name: "the call after it", place: "tool-call", input: [call], sealed: ["ts"] },
    {
      name: "the call after it, past a text",
      place: "tool-call",
      input: [{ role: "assistant", content: "a" }, call],
      sealed: [undefined, "ts"],
    },
    { name: "the next call, unmarked", place: undefined, input: [call], sealed: ["ts"] },
    {
      name: "the next text, unmarked",
      place: undefined,
      input: [{ role: "assistant", content: "a" }, call],
      sealed: ["ts", undefined],
    },
    { name: "an empty text of its own", place: "empty-text", input: [call], sealed: ["ts", undefined] },
  ])("rule 11: a seal of Gemini's goes to $name", ({ place, input, sealed }) => {
    const parts = partsOf(item(place === undefined ? gemini : markSeal(gemini, place)), ...input);
    expect(parts.map((part) => ("seal" in part ? part.seal?.value : undefined))).toEqual(sealed);
    expect(parts.filter((part) => "seal" in part)).toMatchObject([{ seal: gemini }]);
  });

  it("rule 11: a seal of a text stands after it", () => {
    expect(partsOf({ role: "assistant", content: "a" }, item(markSeal(gemini, "text")), call)).toEqual([
      { kind: "text", text: "a", seal: gemini },
      { kind: "tool-call", id: "c", name: "f", argumentsText: "{}" },
    ]);
  });

  it("declares a seal whose part does not follow", () => {
    const { warnings } = told({
      input: [item(markSeal(gemini, "tool-call")), { role: "user", content: "x" }],
    });
    expect(warnings).toEqual([
      {
        kind: "dropped",
        subject: "input[0].encrypted_content",
        note: "the part it belongs to does not follow",
      },
    ]);
  });

  it("rule 12: what is no envelope is OpenAI's own, beside its id; an id of ours names nothing", () => {
    const own = { origin: "openai-responses", value: "gA" };
    const summary = [{ type: "summary_text", text: "s" }];
    expect(partsOf({ type: "reasoning", id: "rs_native", summary, encrypted_content: "gA" })).toEqual([
      {
        kind: "reasoning",
        text: "s",
        isSummary: true,
        isRedacted: false,
        seal: { ...own, itemId: "rs_native" },
      },
    ]);
    expect(partsOf({ type: "reasoning", id: "rs_native", summary })).toMatchObject([
      { seal: { value: "", itemId: "rs_native" } },
    ]);
    expect(partsOf({ type: "reasoning", id: "rs_sp10123456789abcdefghijkl", summary })).toEqual([
      { kind: "reasoning", text: "s", isSummary: true, isRedacted: false },
    ]);
    expect(
      partsOf({ type: "reasoning", summary, content: [{ text: "t" }], encrypted_content: "gA" }),
    ).toEqual([
      { kind: "reasoning", text: "s", isSummary: true, isRedacted: false },
      { kind: "reasoning", text: "t", isRedacted: false, seal: own },
    ]);
  });
});

describe("decodeCall, settings", () => {
  it("reads every setting that has a canonical form", () => {
    const { call, warnings } = told({
      stream: true,
      temperature: 0.5,
      top_p: 0.9,
      max_output_tokens: 100,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      parallel_tool_calls: false,
      reasoning: { effort: "high", summary: "auto" },
      text: { format: { type: "json_schema", name: "P", schema: { type: "object" }, strict: true } },
      service_tier: "flex",
      safety_identifier: "u1",
      metadata: { a: "b" },
      store: false,
      previous_response_id: "resp_1",
      include: ["message.output_text.logprobs"],
      top_logprobs: 3,
    });
    expect(warnings).toEqual([]);
    expect(call).toEqual({
      source: "openai-responses",
      model: "m",
      instructions: [],
      turns: [{ role: "user", parts: [text("hi")] }],
      tools: [],
      parallelTools: false,
      output: { kind: "schema", name: "P", schema: { type: "object" }, strict: true },
      sampling: {
        temperature: 0.5,
        topP: 0.9,
        outputTokensMax: 100,
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
        logprobs: 3,
      },
      reasoning: { effort: "high", show: "summary" },
      tier: "flex",
      endUser: "u1",
      metadata: { a: "b" },
      continues: { answer: "resp_1" },
      isStored: false,
      isStream: true,
      wantsUsage: true,
      extensions: new Map(),
    });
  });

  it("rule 3: keeps what has no canonical form, as its text and in order", () => {
    const decoding = decode(
      '{"model":"m","input":"hi","zeta":{"n":1.0},"text":{"verbosity":"low","format":{"type":"text"}},' +
        '"reasoning":{"effort":"low","context":"all"},"include":["reasoning.encrypted_content","message.output_text.logprobs"],' +
        '"prompt_cache_key":"k","background":true,"truncation":"auto","tool_choice":{"type":"web_search_preview"},' +
        '"sallyport":{"x":1},"max_tool_calls":null}',
    );
    if (decoding.kind !== "call") throw new Error("refused");
    expect([...decoding.call.extensions].map(([name, raw]) => [name, raw.text])).toEqual([
      ["zeta", '{"n":1.0}'],
      ["text", '{"verbosity":"low"}'],
      ["reasoning", '{"context":"all"}'],
      ["prompt_cache_key", '"k"'],
      ["background", "true"],
      ["truncation", '"auto"'],
      ["tool_choice", '{"type":"web_search_preview"}'],
      ["include", '["reasoning.encrypted_content"]'],
    ]);
  });

  it("leaves out what asks for nothing", () => {
    const { call } = told({
      background: false,
      truncation: "disabled",
      top_logprobs: 0,
      include: [],
      prompt: null,
    });
    expect(call.extensions.size).toBe(0);
  });

  it.for<{ stop: unknown; expected: readonly string[] | undefined }>([
    { stop: "a", expected: ["a"] },
    { stop: ["a", "b"], expected: ["a", "b"] },
    { stop: [], expected: undefined },
    { stop: null, expected: undefined },
  ])("rule 24: stop $stop", ({ stop, expected }) => {
    expect(told({ stop }).call.sampling.stop).toEqual(expected);
  });

  it.for<{ choice: unknown; expected: unknown }>([
    { choice: "auto", expected: { kind: "auto" } },
    { choice: "none", expected: { kind: "none" } },
    { choice: "required", expected: { kind: "any" } },
    { choice: { type: "function", name: "f" }, expected: { kind: "named", name: "f" } },
    { choice: { type: "custom", name: "c" }, expected: { kind: "named", name: "c" } },
    {
      choice: {
        type: "allowed_tools",
        mode: "required",
        tools: [
          { type: "function", name: "f" },
          { type: "custom", name: "c" },
        ],
      },
      expected: { kind: "among", names: ["f", "c"], isRequired: true },
    },
    {
      choice: {
        type: "allowed_tools",
        mode: "auto",
        tools: [
          { type: "function", name: "f" },
          { type: "mcp", server_label: "s" },
        ],
      },
      expected: undefined,
    },
    { choice: null, expected: undefined },
  ])("reads tool_choice $choice", ({ choice, expected }) => {
    expect(told({ tool_choice: choice }).call.toolChoice).toEqual(expected);
  });

  it("rule 44: reads functions and custom tools, and loses no other kind", () => {
    const { call, warnings } = told({
      tools: [
        {
          type: "function",
          name: "f",
          description: "d",
          parameters: { type: "object" },
          strict: false,
          defer_loading: false,
        },
        { type: "function", name: "g", parameters: null, allowed_callers: ["direct"] },
        { type: "custom", name: "c", format: { type: "grammar", syntax: "regex", definition: "a" } },
        { type: "web_search_preview" },
        { type: "namespace", name: "crm", tools: [] },
      ],
    });
    expect(call.tools).toEqual([
      { kind: "function", name: "f", description: "d", parameters: { type: "object" }, strict: false },
      { kind: "function", name: "g" },
      { kind: "custom", name: "c", format: { type: "grammar", syntax: "regex", definition: "a" } },
      { kind: "opaque", type: "web_search_preview", raw: { type: "web_search_preview" } },
      { kind: "opaque", type: "namespace", name: "crm", raw: { type: "namespace", name: "crm", tools: [] } },
    ]);
    expect(warnings).toEqual([{ kind: "dropped", subject: "tools[1].allowed_callers" }]);
  });

  it("rule 14: reads the state that the provider keeps", () => {
    expect(told({ conversation: "conv_1" }).call.continues).toEqual({ conversation: "conv_1" });
    expect(told({ conversation: { id: "conv_1" } }).call.continues).toEqual({ conversation: "conv_1" });
    expect(told({}).call).not.toHaveProperty("continues");
  });

  it("declares what a setting loses", () => {
    expect(
      told({
        reasoning: { summary: "detailed" },
        user: "a",
        safety_identifier: "b",
        text: { format: { type: "json_schema", name: "P", schema: {}, description: "d" } },
      }).warnings,
    ).toEqual([
      { kind: "dropped", subject: "text.format.description" },
      { kind: "changed", subject: "reasoning.summary", note: "The provider chooses the length." },
      { kind: "dropped", subject: "user", note: "safety_identifier is given too" },
    ]);
    expect(told({ user: "a" }).call.endUser).toBe("a");
  });
});

describe("decodeCall, faults", () => {
  it.for<{ name: string; body: object; paths: readonly string[] }>([
    { name: "an item that is none", body: { input: ["a"] }, paths: ["input[0]"] },
    { name: "an item without type, role and id", body: { input: [{}] }, paths: ["input[0].type"] },
    { name: "an unknown role", body: { input: [{ role: "tool", content: "" }] }, paths: ["input[0].role"] },
    { name: "a message without content", body: { input: [{ role: "user" }] }, paths: ["input[0].content"] },
    {
      name: "several faults of one call",
      body: { input: [{ type: "function_call", arguments: {} }] },
      paths: ["input[0].call_id", "input[0].name", "input[0].arguments"],
    },
    {
      name: "a part without its text",
      body: { input: [{ role: "user", content: [{ type: "input_text" }] }] },
      paths: ["input[0].content[0].text"],
    },
    {
      name: "an image without a source",
      body: { input: [{ role: "user", content: [{ type: "input_image" }] }] },
      paths: ["input[0].content[0].image_url"],
    },
    {
      name: "an image whose URL is none",
      body: { input: [{ role: "user", content: [{ type: "input_image", image_url: {} }] }] },
      paths: ["input[0].content[0].image_url"],
    },
    {
      name: "an output that is no text",
      body: { input: [{ type: "function_call_output", call_id: "c", output: {} }] },
      paths: ["input[0].output"],
    },
    { name: "an unknown effort", body: { reasoning: { effort: "huge" } }, paths: ["reasoning.effort"] },
    { name: "an unknown format", body: { text: { format: { type: "xml" } } }, paths: ["text.format.type"] },
    {
      name: "a schema without one",
      body: { text: { format: { type: "json_schema" } } },
      paths: ["text.format.name", "text.format.schema"],
    },
    { name: "a choice that is none", body: { tool_choice: 1 }, paths: ["tool_choice"] },
    { name: "a function without name", body: { tools: [{ type: "function" }] }, paths: ["tools[0].name"] },
    { name: "stops that are none", body: { stop: [1] }, paths: ["stop"] },
    { name: "no model", body: { model: "" }, paths: ["model"] },
    { name: "a conversation without id", body: { conversation: {} }, paths: ["conversation.id"] },
  ])("names the path of $name", ({ body, paths }) => {
    const decoding = decode({ model: "m", input: "hi", ...body });
    expect(decoding.kind === "invalid" ? decoding.problems.map(({ path }) => path) : []).toEqual(paths);
  });

  it("refuses a request without anything to answer", () => {
    expect(decode({ model: "m" })).toEqual({
      kind: "invalid",
      problems: [{ path: "input", expected: "a string or an array of items", got: "nothing" }],
    });
  });

  it("refuses a non-finite number and a bad escape", () => {
    expect(decode('{"model":"m","input":"hi","temperature":1e400}')).toMatchObject({
      problems: [{ path: "temperature" }],
    });
    expect(decode('{"model":"m","input":"\\q"}')).toMatchObject({ kind: "invalid" });
  });
});
