import { describe, expect, it } from "vitest";
import type { Json } from "../../kernel/json.ts";
import { decodeChat } from "./decode.ts";

const decode = (members: Readonly<Record<string, Json>>) =>
  decodeChat(new TextEncoder().encode(JSON.stringify({ model: "gpt-5", messages: [], ...members })));

/** The decoded call, without what every test would repeat. */
function callOf(members: Readonly<Record<string, Json>>) {
  const decoding = decode(members);
  if (decoding.kind === "invalid") throw new Error(JSON.stringify(decoding.problems));
  return decoding.call;
}

describe("messages", () => {
  it("gives leading system and developer text as instructions, later ones as turns in their place", () => {
    const call = callOf({
      messages: [
        { role: "system", content: "a" },
        { role: "developer", content: [{ type: "text", text: "b" }] },
        { role: "user", content: "c", name: "eva" },
        { role: "system", content: "d" },
      ],
    });
    expect(call.instructions).toEqual([
      { kind: "text", text: "a" },
      { kind: "text", text: "b" },
    ]);
    expect(call.turns).toEqual([
      { role: "user", name: "eva", parts: [{ kind: "text", text: "c" }] },
      { role: "system", parts: [{ kind: "text", text: "d" }] },
    ]);
  });

  it("keeps the text of tool arguments and gathers results that follow each other in one user turn", () => {
    const argumentsText = '{ "n": 9007199254740993 }';
    const call = callOf({
      messages: [
        { role: "user", content: "go" },
        {
          role: "assistant",
          content: null,
          tool_calls: [
            { id: "c1", type: "function", function: { name: "f", arguments: argumentsText } },
            { id: "c2", type: "function", function: { name: "g", arguments: "" } },
          ],
        },
        { role: "tool", tool_call_id: "c2", content: "two" },
        { role: "tool", tool_call_id: "c1", content: [{ type: "text", text: "one" }] },
        { role: "user", content: "on" },
      ],
    });
    expect(call.turns.slice(1)).toEqual([
      {
        role: "assistant",
        parts: [
          { kind: "tool-call", id: "c1", name: "f", argumentsText },
          { kind: "tool-call", id: "c2", name: "g", argumentsText: "" },
        ],
      },
      {
        role: "user",
        parts: [
          { kind: "tool-result", callId: "c2", isError: false, content: [{ kind: "text", text: "two" }] },
          { kind: "tool-result", callId: "c1", isError: false, content: [{ kind: "text", text: "one" }] },
        ],
      },
      { role: "user", parts: [{ kind: "text", text: "on" }] },
    ]);
  });

  it("pairs the calls and results of the form before tools", () => {
    const decoding = decode({
      messages: [
        { role: "user", content: "go" },
        { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
        { role: "function", name: "f", content: "one" },
        { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
        { role: "function", name: "f", content: "two" },
      ],
      functions: [{ name: "f", parameters: {} }],
      function_call: { name: "f" },
    });
    if (decoding.kind !== "call") throw new Error("refused");
    const ids = decoding.call.turns.flatMap(({ parts }) =>
      parts.flatMap((part) =>
        part.kind === "tool-call" ? [part.id] : part.kind === "tool-result" ? [part.callId] : [],
      ),
    );
    expect(ids).toEqual([ids[0], ids[0], ids[2], ids[2]]);
    expect(ids[0]).not.toBe(ids[2]);
    expect(decoding.call.tools).toEqual([{ kind: "function", name: "f", parameters: {} }]);
    expect(decoding.call.toolChoice).toEqual({ kind: "named", name: "f" });
    expect(decoding.warnings).toMatchObject([{ kind: "changed", subject: "functions" }]);
  });

  it.for([
    {
      name: "an image by URL",
      part: { type: "image_url", image_url: { url: "https://a/b.png", detail: "low" } },
      read: { kind: "image", source: { kind: "url", url: "https://a/b.png" }, detail: "low" },
    },
    {
      name: "an inline image",
      part: { type: "image_url", image_url: { url: "data:image/PNG;base64,AAAA" } },
      read: { kind: "image", source: { kind: "base64", data: "AAAA" }, mediaType: "image/png" },
    },
    {
      name: "an inline file",
      part: { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AA==" } },
      read: {
        kind: "document",
        source: { kind: "base64", data: "AA==" },
        mediaType: "application/pdf",
        title: "a.pdf",
      },
    },
    {
      name: "a file by id",
      part: { type: "file", file: { file_id: "file-1" } },
      read: { kind: "document", source: { kind: "file", id: "file-1" } },
    },
    {
      name: "audio",
      part: { type: "input_audio", input_audio: { data: "AA==", format: "mp3" } },
      read: { kind: "audio", source: { kind: "base64", data: "AA==" }, mediaType: "audio/mpeg" },
    },
    {
      name: "a video by URL",
      part: { type: "video_url", video_url: { url: "https://a/b.webm?x=1" } },
      read: { kind: "video", source: { kind: "url", url: "https://a/b.webm?x=1" }, mediaType: "video/webm" },
    },
    {
      name: "an inline video",
      part: { type: "video_url", video_url: { url: "data:video/quicktime;base64,AA==" } },
      read: { kind: "video", source: { kind: "base64", data: "AA==" }, mediaType: "video/quicktime" },
    },
    {
      name: "a cache mark",
      part: { type: "text", text: "a", cache_control: { type: "ephemeral", ttl: "1h" } },
      read: { kind: "text", text: "a", cache: { ttl: "1h" } },
    },
    {
      name: "OpenAI's cache mark",
      part: { type: "text", text: "a", prompt_cache_breakpoint: { mode: "explicit" } },
      read: { kind: "text", text: "a", cache: {} },
    },
    {
      name: "a part of a new type, as it is",
      part: { type: "hologram", x: [1] },
      read: {
        kind: "opaque",
        type: "hologram",
        origin: "openai-chat",
        raw: { text: '{"type":"hologram","x":[1]}' },
      },
    },
  ])("reads $name", ({ part, read }) => {
    expect(callOf({ messages: [{ role: "user", content: [part] }] }).turns).toEqual([
      { role: "user", parts: [read] },
    ]);
  });

  it.for([
    {
      name: "reasoning_content",
      message: { reasoning_content: "hm" },
      read: [{ kind: "reasoning", text: "hm", isRedacted: false }],
    },
    {
      name: "reasoning",
      message: { reasoning: "hm" },
      read: [{ kind: "reasoning", text: "hm", isRedacted: false }],
    },
    {
      name: "sealed reasoning before plain",
      message: {
        reasoning_content: "hm",
        reasoning_details: [
          { type: "reasoning.text", text: "hm", signature: "sig", format: "anthropic-claude-v1", index: 0 },
          { type: "reasoning.encrypted", data: "enc", format: "anthropic-claude-v1", index: 1 },
        ],
      },
      read: [
        {
          kind: "reasoning",
          text: "hm",
          seal: { origin: "anthropic-messages", value: "sig" },
          isRedacted: false,
        },
        {
          kind: "reasoning",
          text: "",
          seal: { origin: "anthropic-messages", value: "enc" },
          isRedacted: true,
        },
      ],
    },
    {
      name: "state of an unknown vendor, for the server that gave it,",
      message: { reasoning_details: [{ type: "reasoning.encrypted", data: "x", format: "other" }] },
      read: [
        {
          kind: "reasoning",
          text: "",
          seal: {
            origin: "openai-chat",
            value: '{"type":"reasoning.encrypted","data":"x","format":"other"}',
          },
          isRedacted: true,
        },
      ],
    },
    { name: "a refusal", message: { refusal: "no" }, read: [{ kind: "refusal", text: "no" }] },
  ])("reads $name of an assistant", ({ message, read }) => {
    expect(callOf({ messages: [{ role: "assistant", content: "", ...message }] }).turns[0]?.parts).toEqual(
      read,
    );
  });

  it("declares members of a message it has no place for", () => {
    const decoding = decode({
      messages: [{ role: "assistant", content: "a", audio: { id: "x" }, refusal: null }],
    });
    expect(decoding).toMatchObject({ warnings: [{ kind: "dropped", subject: "messages[0].audio" }] });
  });
});

describe("settings", () => {
  it("maps every parameter it knows", () => {
    const call = callOf({
      temperature: 0.5,
      top_p: 0.9,
      top_k: 3,
      stop: "END",
      seed: 7,
      n: 2,
      max_completion_tokens: 9,
      presence_penalty: 1,
      frequency_penalty: -1,
      reasoning_effort: "low",
      service_tier: "flex",
      user: "u",
      metadata: { a: "b" },
      parallel_tool_calls: false,
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(call).toMatchObject({
      sampling: {
        temperature: 0.5,
        topP: 0.9,
        topK: 3,
        stop: ["END"],
        seed: 7,
        choices: 2,
        outputTokensMax: 9,
        presencePenalty: 1,
        frequencyPenalty: -1,
      },
      reasoning: { effort: "low" },
      tier: "flex",
      endUser: "u",
      metadata: { a: "b" },
      parallelTools: false,
      isStream: true,
      wantsUsage: true,
    });
    expect([...call.extensions]).toEqual([]);
  });

  it.for<{ members: Readonly<Record<string, Json>>; read: object; extensions?: readonly string[] }>([
    { members: { logprobs: true }, read: { sampling: { logprobs: 0 } } },
    { members: { logprobs: true, top_logprobs: 3 }, read: { sampling: { logprobs: 3 } } },
    { members: { logprobs: false }, read: { sampling: {} } },
    { members: { top_logprobs: 3 }, read: { sampling: {} }, extensions: ["top_logprobs"] },
    { members: { logit_bias: { "50256": -100 } }, read: { sampling: { logitBias: { "50256": -100 } } } },
    { members: { logit_bias: {} }, read: { sampling: {} } },
    { members: { store: true }, read: { isStored: true } },
    { members: { store: false }, read: { isStored: false } },
  ])("rule 23: reads $members", ({ members, read, extensions }) => {
    const call = callOf(members);
    expect(call).toMatchObject(read);
    if ("sampling" in read) expect(call.sampling).toEqual(read.sampling);
    expect([...call.extensions.keys()]).toEqual(extensions ?? []);
  });

  it("leaves out what is not set", () => {
    expect(callOf({ temperature: null, stop: [], n: null })).toEqual({
      source: "openai-chat",
      model: "gpt-5",
      instructions: [],
      turns: [],
      tools: [],
      sampling: {},
      isStream: false,
      wantsUsage: false,
      extensions: new Map(),
    });
  });

  it("rule 3: keeps unknown members by name, as their text and in order; the gateway's own goes nowhere", () => {
    const body =
      '{"model":"a","messages":[],"prediction":{"5": 1.0},"sallyport":{"x":1},"top_logprobs":9007199254740993,"logprobs":false,"store":null}';
    const decoding = decodeChat(new TextEncoder().encode(body));
    if (decoding.kind !== "call") throw new Error("refused");
    expect([...decoding.call.extensions].map(([name, { text }]) => [name, text])).toEqual([
      ["prediction", '{"5": 1.0}'],
      ["top_logprobs", "9007199254740993"],
    ]);
  });

  it.for([
    { choice: "none", read: { kind: "none" } },
    { choice: "auto", read: { kind: "auto" } },
    { choice: "required", read: { kind: "any" } },
    { choice: { type: "function", function: { name: "f" } }, read: { kind: "named", name: "f" } },
    { choice: { type: "custom", custom: { name: "c" } }, read: { kind: "named", name: "c" } },
    {
      choice: {
        type: "allowed_tools",
        allowed_tools: {
          mode: "required",
          tools: [
            { type: "function", function: { name: "f" } },
            { type: "custom", custom: { name: "c" } },
          ],
        },
      },
      read: { kind: "among", names: ["f", "c"], isRequired: true },
    },
    {
      choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [] } },
      read: { kind: "among", names: [], isRequired: false },
    },
    { choice: null, read: undefined },
  ])("reads the tool choice $choice", ({ choice, read }) => {
    expect(callOf({ tool_choice: choice }).toolChoice).toEqual(read);
  });

  it.for([
    { type: "mcp", server_label: "s" },
    { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [{ type: "mcp", server_label: "s" }] } },
  ])("keeps the tool choice $type, which only Chat has, among the extensions", (choice) => {
    const call = callOf({ tool_choice: choice });
    expect(call.toolChoice).toBeUndefined();
    expect([...call.extensions.keys()]).toEqual(["tool_choice"]);
  });

  it("rule 44: reads functions and custom tools; those of new types stay as they are", () => {
    const grammar = { type: "grammar", grammar: { syntax: "lark", definition: "start: /a+/" } };
    const hosted = { type: "web_search", name: "w" };
    const call = callOf({
      tools: [
        {
          type: "function",
          function: { name: "f", description: "d", strict: true, parameters: { type: "object" } },
        },
        { type: "custom", custom: { name: "grep", format: { type: "text" } } },
        { type: "custom", custom: { name: "sql", description: "d", format: grammar } },
        hosted,
      ],
    });
    expect(call.tools).toEqual([
      { kind: "function", name: "f", description: "d", parameters: { type: "object" }, strict: true },
      { kind: "custom", name: "grep", format: { type: "text" } },
      {
        kind: "custom",
        name: "sql",
        description: "d",
        format: { type: "grammar", syntax: "lark", definition: "start: /a+/" },
      },
      { kind: "opaque", type: "web_search", name: "w", raw: hosted },
    ]);
  });

  it.for([
    { format: { type: "text" }, read: undefined },
    { format: { type: "json_object" }, read: { kind: "json" } },
    {
      format: { type: "json_schema", json_schema: { name: "s", schema: { type: "object" }, strict: true } },
      read: { kind: "schema", name: "s", schema: { type: "object" }, strict: true },
    },
  ])("reads the output format $format.type", ({ format, read }) => {
    expect(callOf({ response_format: format }).output).toEqual(read);
  });
});

describe("faults", () => {
  it.for([
    { members: { messages: {} }, path: "messages", expected: "an array", got: "an object" },
    { members: { messages: ["hi"] }, path: "messages[0]", expected: "an object", got: "a string" },
    {
      members: { messages: [{ content: "a" }] },
      path: "messages[0].role",
      expected: "a string",
      got: "nothing",
    },
    {
      members: { messages: [{ role: "robot", content: "a" }] },
      path: "messages[0].role",
      expected: "system, developer, user, assistant, tool or function",
      got: "a string",
    },
    {
      members: { messages: [{ role: "user", content: 7 }] },
      path: "messages[0].content",
      expected: "a string or an array of parts",
      got: "a number",
    },
    {
      members: { messages: [{ role: "user", content: [{ type: "text" }] }] },
      path: "messages[0].content[0].text",
      expected: "a string",
      got: "nothing",
    },
    {
      members: { messages: [{ role: "user", content: [{ type: "image_url", image_url: "u" }] }] },
      path: "messages[0].content[0].image_url",
      expected: "an object",
      got: "a string",
    },
    {
      members: { messages: [{ role: "tool", content: "a" }] },
      path: "messages[0].tool_call_id",
      expected: "a string",
      got: "nothing",
    },
    {
      members: {
        messages: [
          {
            role: "assistant",
            tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: {} } }],
          },
        ],
      },
      path: "messages[0].tool_calls[0].function.arguments",
      expected: "a string",
      got: "an object",
    },
    {
      members: { tool_choice: { type: "allowed_tools", allowed_tools: { mode: "any", tools: [] } } },
      path: "tool_choice.allowed_tools.mode",
      expected: "auto or required",
      got: "a string",
    },
    {
      members: { tool_choice: { type: "custom" } },
      path: "tool_choice.custom",
      expected: "an object",
      got: "nothing",
    },
    {
      members: { tools: [{ type: "custom", custom: {} }] },
      path: "tools[0].custom.name",
      expected: "a string",
      got: "nothing",
    },
    {
      members: { logprobs: "yes" },
      path: "logprobs",
      expected: "a boolean",
      got: "a string",
    },
    {
      members: { messages: [{ role: "user", content: [{ type: "video_url", video_url: {} }] }] },
      path: "messages[0].content[0].video_url.url",
      expected: "a string",
      got: "nothing",
    },
    {
      members: { tools: [{ type: "function", function: {} }] },
      path: "tools[0].function.name",
      expected: "a string",
      got: "nothing",
    },
    {
      members: { tool_choice: "maybe" },
      path: "tool_choice",
      expected: "none, auto, required or an object",
      got: "a string",
    },
    { members: { stop: [1] }, path: "stop", expected: "a string or an array of strings", got: "an array" },
    { members: { temperature: "hot" }, path: "temperature", expected: "a finite number", got: "a string" },
    {
      members: { reasoning_effort: "huge" },
      path: "reasoning_effort",
      expected: "none, minimal, low, medium, high, xhigh, max",
      got: "a string",
    },
    {
      members: { response_format: { type: "xml" } },
      path: "response_format.type",
      expected: "text, json_object or json_schema",
      got: "a string",
    },
    {
      members: { response_format: { type: "json_schema", json_schema: { name: "s" } } },
      path: "response_format.json_schema.schema",
      expected: "an object",
      got: "nothing",
    },
    { members: { metadata: "m" }, path: "metadata", expected: "an object", got: "a string" },
  ])("names $path", ({ members, path, expected, got }) => {
    expect(decode(members)).toEqual({ kind: "invalid", problems: [{ path, expected, got }] });
  });

  it("refuses strings that JSON forbids", () => {
    const body = new TextEncoder().encode('{"model":"a","messages":[{"role":"user","content":"\\x"}]}');
    expect(decodeChat(body)).toMatchObject({ kind: "invalid", problems: [{ path: "", expected: "JSON" }] });
  });
});
