import { describe, expect, it } from "vitest";
import { hasRecordedTraffic, recordedTraffic } from "../../../test/support/recorded-traffic.ts";
import type { Call } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import { RawJson } from "../../kernel/json.ts";
import { decodeCall } from "./decode.ts";

const decode = (body: string) => decodeCall(new TextEncoder().encode(body));

/** The call of a body with these members beside the mandatory ones. */
function callOf(members: string): Call {
  const decoding = decode(
    `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]${members}}`,
  );
  if (decoding.kind === "invalid") throw new Error(JSON.stringify(decoding.problems));
  return decoding.call;
}

/** The parts of one message of this role, and what reading them declared. */
function partsOf(role: "user" | "assistant", blocks: string) {
  const decoding = decode(`{"model":"m","max_tokens":9,"messages":[{"role":"${role}","content":${blocks}}]}`);
  if (decoding.kind === "invalid") throw new Error(JSON.stringify(decoding.problems));
  return { parts: decoding.call.turns[0]?.parts, dropped: decoding.warnings.map(({ subject }) => subject) };
}

describe("decodeCall", () => {
  it.for<{ name: string; role?: "assistant"; block: string; part: Part; dropped?: readonly string[] }>([
    { name: "text", block: '{"type":"text","text":"a"}', part: { kind: "text", text: "a" } },
    {
      name: "text with a cache mark",
      block: '{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}}',
      part: { kind: "text", text: "a", cache: { ttl: "1h" } },
    },
    {
      name: "text with citations",
      block: '{"type":"text","text":"a","citations":[{"type":"page_location","cited_text":"q"}]}',
      part: {
        kind: "text",
        text: "a",
        citations: [
          { quote: "q", raw: { type: "page_location", cited_text: "q" }, origin: "anthropic-messages" },
        ],
      },
    },
    {
      name: "text with no citations",
      block: '{"type":"text","text":"a","citations":null}',
      part: { kind: "text", text: "a" },
    },
    {
      name: "an image as base64",
      block: '{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}}',
      part: { kind: "image", source: { kind: "base64", data: "AA==" }, mediaType: "image/png" },
    },
    {
      name: "an image by address",
      block: '{"type":"image","source":{"type":"url","url":"https://a/b.png"}}',
      part: { kind: "image", source: { kind: "url", url: "https://a/b.png" } },
    },
    {
      name: "an image in a file",
      block: '{"type":"image","source":{"type":"file","file_id":"file_1"}}',
      part: { kind: "image", source: { kind: "file", id: "file_1" } },
    },
    {
      name: "a document with a title",
      block: '{"type":"document","title":"T","source":{"type":"text","media_type":"text/plain","data":"x"}}',
      part: { kind: "document", source: { kind: "text", text: "x" }, mediaType: "text/plain", title: "T" },
    },
    {
      name: "a document made of blocks, as it is",
      block: '{"type":"document","source":{"type":"content","content":[]}}',
      part: {
        kind: "opaque",
        type: "document",
        origin: "anthropic-messages",
        raw: new RawJson('{"type":"document","source":{"type":"content","content":[]}}'),
      },
    },
    {
      name: "thinking with its signature",
      role: "assistant",
      block: '{"type":"thinking","thinking":"","signature":"s"}',
      part: {
        kind: "reasoning",
        text: "",
        isRedacted: false,
        seal: { origin: "anthropic-messages", value: "s" },
      },
    },
    {
      name: "redacted thinking",
      role: "assistant",
      block: '{"type":"redacted_thinking","data":"d"}',
      part: {
        kind: "reasoning",
        text: "",
        isRedacted: true,
        seal: { origin: "anthropic-messages", value: "d" },
      },
    },
    {
      name: "a tool call whose input keeps its text",
      role: "assistant",
      block: '{"type":"tool_use","id":"t","name":"f","input":{ "n": 9007199254740993, "x":1.0 }}',
      part: { kind: "tool-call", id: "t", name: "f", argumentsText: '{ "n": 9007199254740993, "x":1.0 }' },
    },
    {
      name: "a tool call without arguments",
      role: "assistant",
      block: '{"type":"tool_use","id":"t","name":"f","input":{}}',
      part: { kind: "tool-call", id: "t", name: "f", argumentsText: "{}" },
    },
    {
      name: "rule 36: arguments that were no object, unwrapped",
      role: "assistant",
      block: '{"type":"tool_use","id":"t","name":"f","input":{"arguments":"{\\"a\\": tru"}}',
      part: { kind: "tool-call", id: "t", name: "f", argumentsText: '{"a": tru' },
    },
    {
      name: "a tool result as text",
      block: '{"type":"tool_result","tool_use_id":"t","content":"42","is_error":true}',
      part: { kind: "tool-result", callId: "t", isError: true, content: [{ kind: "text", text: "42" }] },
    },
    {
      name: "a tool result without content",
      block: '{"type":"tool_result","tool_use_id":"t"}',
      part: { kind: "tool-result", callId: "t", isError: false, content: [] },
    },
    {
      name: "a tool result with an image",
      block:
        '{"type":"tool_result","tool_use_id":"t","content":[{"type":"image","source":{"type":"url","url":"u"}}]}',
      part: {
        kind: "tool-result",
        callId: "t",
        isError: false,
        content: [{ kind: "image", source: { kind: "url", url: "u" } }],
      },
    },
    {
      name: "a block of a type nobody has told us of, byte for byte",
      block: '{"type":"hologram","beam" : [1.0, 9007199254740993]}',
      part: {
        kind: "opaque",
        type: "hologram",
        origin: "anthropic-messages",
        raw: new RawJson('{"type":"hologram","beam" : [1.0, 9007199254740993]}'),
      },
    },
  ])("reads $name", ({ role, block, part, dropped }) => {
    expect(partsOf(role ?? "user", `[${block}]`)).toEqual({ parts: [part], dropped: dropped ?? [] });
  });

  it("rule 28: keeps all results of a message together, in the order in which they came", () => {
    const { parts, dropped } = partsOf(
      "user",
      '[{"type":"tool_result","tool_use_id":"b","content":"2"},{"type":"tool_result","tool_use_id":"a","is_error":true},{"type":"text","text":"and"}]',
    );
    expect(parts).toEqual([
      { kind: "tool-result", callId: "b", isError: false, content: [{ kind: "text", text: "2" }] },
      { kind: "tool-result", callId: "a", isError: true, content: [] },
      { kind: "text", text: "and" },
    ]);
    expect(dropped).toEqual([]);
  });

  it("rule 42: leaves what a server tool did as it was written, for the provider that ran it", () => {
    const use = '{"type":"server_tool_use","id":"s","name":"web_search","input":{"n":1.0}}';
    const result =
      '{"type":"web_search_tool_result","tool_use_id":"s","content":[{"encrypted_content":"e"}]}';
    const { parts } = partsOf("assistant", `[${use},${result},{"type":"text","text":"a"}]`);
    expect(parts).toEqual([
      { kind: "opaque", type: "server_tool_use", origin: "anthropic-messages", raw: new RawJson(use) },
      {
        kind: "opaque",
        type: "web_search_tool_result",
        origin: "anthropic-messages",
        raw: new RawJson(result),
      },
      { kind: "text", text: "a" },
    ]);
  });

  it("does not unwrap a parameter that the tool itself calls arguments", () => {
    const tools =
      '"tools":[{"name":"f","input_schema":{"type":"object","properties":{"arguments":{"type":"string"}}}}]';
    const input = '{"arguments":"-la"}';
    const messages = `"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":${input}}]}]`;
    expect(decode(`{"model":"m","max_tokens":9,${tools},${messages}}`)).toMatchObject({
      call: { turns: [{ parts: [{ argumentsText: input }] }] },
    });
  });

  it("reads system text as a string and as blocks, and system messages in their place", () => {
    expect(callOf(',"system":"be kind"').instructions).toEqual([{ kind: "text", text: "be kind" }]);
    expect(
      callOf(
        ',"system":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"b"}]',
      ).instructions,
    ).toEqual([
      { kind: "text", text: "a", cache: {} },
      { kind: "text", text: "b" },
    ]);
    const decoding = decode(
      '{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"system","content":"b"}]}',
    );
    expect(decoding).toMatchObject({ call: { turns: [{ role: "user" }, { role: "system" }] } });
  });

  it("reads tools in their order, and keeps those that only this dialect knows", () => {
    const call = callOf(
      ',"tools":[{"name":"b","description":"d","input_schema":{"type":"object"},"strict":true,"cache_control":{"type":"ephemeral"}},{"type":"web_search_20250305","name":"web_search","max_uses":2},{"type":"custom","name":"a","input_schema":{}}]',
    );
    expect(call.tools).toEqual([
      {
        kind: "function",
        name: "b",
        description: "d",
        parameters: { type: "object" },
        strict: true,
        cache: {},
      },
      {
        kind: "opaque",
        type: "web_search_20250305",
        name: "web_search",
        raw: { type: "web_search_20250305", name: "web_search", max_uses: 2 },
      },
      { kind: "function", name: "a", parameters: {} },
    ]);
  });

  it.for<{ name: string; members: string; expected: Partial<Call> }>([
    {
      name: "tool_choice auto",
      members: '"tool_choice":{"type":"auto"}',
      expected: { toolChoice: { kind: "auto" } },
    },
    {
      name: "a named tool, one at a time",
      members: '"tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true}',
      expected: { toolChoice: { kind: "named", name: "f" }, parallelTools: false },
    },
    {
      name: "sampling",
      members: '"temperature":0.5,"top_p":0.9,"top_k":4,"stop_sequences":["x"]',
      expected: { sampling: { temperature: 0.5, topP: 0.9, topK: 4, stop: ["x"], outputTokensMax: 9 } },
    },
    {
      name: "no stop sequence",
      members: '"stop_sequences":[]',
      expected: { sampling: { outputTokensMax: 9 } },
    },
    {
      name: "thinking with a budget",
      members: '"thinking":{"type":"enabled","budget_tokens":2048}',
      expected: { reasoning: { budgetTokens: 2048 } },
    },
    {
      name: "thinking that is not to be shown",
      members: '"thinking":{"type":"enabled","budget_tokens":2000,"display":"omitted"}',
      expected: { reasoning: { budgetTokens: 2000, show: "omitted" } },
    },
    {
      name: "adaptive thinking that is shown as a summary",
      members: '"thinking":{"type":"adaptive","display":"summarized"}',
      expected: { reasoning: { adaptive: true, show: "summary" } },
    },
    {
      name: "adaptive thinking with an effort",
      members: '"thinking":{"type":"adaptive"},"output_config":{"effort":"low"}',
      expected: { reasoning: { adaptive: true, effort: "low" } },
    },
    {
      name: "thinking off",
      members: '"thinking":{"type":"disabled"}',
      expected: { reasoning: { effort: "none" } },
    },
    {
      name: "an output schema",
      members: '"output_config":{"format":{"type":"json_schema","schema":{"title":"Dog","type":"object"}}}',
      expected: {
        output: { kind: "schema", name: "Dog", schema: { title: "Dog", type: "object" }, strict: true },
      },
    },
    {
      name: "an output schema by its beta name",
      members: '"output_format":{"type":"json_schema","schema":{"type":"object"}}',
      expected: { output: { kind: "schema", name: "answer", schema: { type: "object" }, strict: true } },
    },
    { name: "the end user", members: '"metadata":{"user_id":"u"}', expected: { endUser: "u" } },
    { name: "the tier", members: '"service_tier":"standard_only"', expected: { tier: "standard_only" } },
    { name: "a stream", members: '"stream":true', expected: { isStream: true, wantsUsage: true } },
    {
      name: "unknown members as they were written, without our own",
      members: '"speed" : "fast","sallyport":{"x":1},"container":{"n":1.0}',
      expected: {
        extensions: new Map([
          ["speed", new RawJson('"fast"')],
          ["container", new RawJson('{"n":1.0}')],
        ]),
      },
    },
  ])("reads $name", ({ members, expected }) => {
    expect(callOf(`,${members}`)).toMatchObject(expected);
  });

  it.for<{ name: string; members: string; path: string }>([
    { name: "a role nobody has", members: '"messages":[{"role":"tool","content":"x"}]', path: "messages[0]" },
    {
      name: "content that is a number",
      members: '"messages":[{"role":"user","content":1}]',
      path: "messages[0].content",
    },
    {
      name: "a block without a type",
      members: '"messages":[{"role":"user","content":[{}]}]',
      path: "messages[0].content[0]",
    },
    {
      name: "text that is none",
      members: '"messages":[{"role":"user","content":[{"type":"text","text":1}]}]',
      path: "messages[0].content[0].text",
    },
    {
      name: "a display nobody has",
      members: '"messages":[],"thinking":{"type":"adaptive","display":"loud"}',
      path: "thinking.display",
    },
    {
      name: "an input that is no object",
      members:
        '"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"b","input":"c"}]}]',
      path: "messages[0].content[0].input",
    },
    {
      name: "a tool without a name",
      members: '"messages":[],"tools":[{"input_schema":{}}]',
      path: "tools[0].name",
    },
    {
      name: "a tool without a schema",
      members: '"messages":[],"tools":[{"name":"f"}]',
      path: "tools[0].input_schema",
    },
    { name: "an unknown tool choice", members: '"messages":[],"tool_choice":"auto"', path: "tool_choice" },
    { name: "a temperature as text", members: '"messages":[],"temperature":"hot"', path: "temperature" },
    {
      name: "a temperature beyond numbers",
      members: '"messages":[],"temperature":1e400',
      path: "temperature",
    },
    {
      name: "stop sequences that are none",
      members: '"messages":[],"stop_sequences":[1]',
      path: "stop_sequences",
    },
    {
      name: "thinking without a budget",
      members: '"messages":[],"thinking":{"type":"enabled"}',
      path: "thinking.budget_tokens",
    },
    {
      name: "an effort nobody knows",
      members: '"messages":[],"output_config":{"effort":"huge"}',
      path: "output_config.effort",
    },
  ])("refuses $name by its path", ({ members, path }) => {
    expect(decode(`{"model":"m","max_tokens":9,${members}}`)).toMatchObject({
      kind: "invalid",
      problems: [{ path }],
    });
  });

  it("refuses bytes that are not UTF-8, and nesting without end", () => {
    const bytes = new TextEncoder().encode('{"model":"m","max_tokens":9,"messages":[],"x":"?"}');
    bytes[bytes.lastIndexOf(0x3f)] = 0xff;
    expect(decodeCall(bytes).kind).toBe("invalid");
    expect(
      decode(`{"model":"m","max_tokens":9,"messages":[],"x":${"[".repeat(9000)}${"]".repeat(9000)}}`).kind,
    ).toBe("invalid");
  });

  it.runIf(hasRecordedTraffic())(
    "reads every recorded request, losing no text, call, result or picture",
    () => {
      for (const { name, request } of recordedTraffic("anthropic.messages")) {
        const decoding = decodeCall(request);
        if (decoding.kind === "invalid") throw new Error(`${name}: ${JSON.stringify(decoding.problems)}`);
        const { call } = decoding;
        const wire = JSON.parse(request.toString());
        expect(call.turns.map(({ role }) => role)).toEqual(
          wire.messages.map(({ role }: { role: string }) => role),
        );
        expect(call.turns.map(({ parts }) => parts.map(plainPart))).toEqual(
          wire.messages.map(({ content }: { content: RecordedContent }) => plainContent(content)),
        );
        expect(call.instructions.map(plainPart)).toEqual(plainContent(wire.system || []));
        expect(call.tools.map((tool) => tool.name)).toEqual(
          (wire.tools ?? []).map((tool: { name: string }) => tool.name),
        );
        expect(call.sampling.outputTokensMax).toBe(wire.max_tokens);
        expect(call.sampling.temperature).toBe(wire.temperature);
        expect([...call.extensions.keys()]).toEqual([]);
      }
    },
  );
});

/** A part as plain data, to compare with `plainContent`. */
function plainPart(part: Part): unknown {
  switch (part.kind) {
    case "text":
      return ["text", part.text];
    case "image":
      return ["image", part.source.kind === "base64" ? part.source.data : part.source];
    case "tool-call":
      return ["tool_use", part.id, part.name, JSON.parse(part.argumentsText)];
    case "tool-result":
      return ["tool_result", part.callId, part.isError, part.content.map(plainPart)];
    case "reasoning":
      return ["thinking", part.text, part.seal?.value];
    default:
      return part;
  }
}

type RecordedBlock =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image"; readonly source: { readonly data?: string; readonly url?: string } }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: unknown }
  | {
      readonly type: "tool_result";
      readonly tool_use_id: string;
      readonly is_error?: boolean;
      readonly content: RecordedContent;
    }
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string };

type RecordedContent = string | readonly RecordedBlock[];

/** Content of the wire, read the straightforward way. */
function plainContent(content: RecordedContent): unknown {
  if (typeof content === "string") return [["text", content]];
  return content.map((block) => {
    switch (block.type) {
      case "text":
        return ["text", block.text];
      case "image":
        return ["image", block.source.data ?? { kind: "url", url: block.source.url }];
      case "tool_use":
        return ["tool_use", block.id, block.name, block.input];
      case "tool_result":
        return ["tool_result", block.tool_use_id, block.is_error === true, plainContent(block.content)];
      case "thinking":
        return ["thinking", block.thinking, block.signature];
    }
  });
}
