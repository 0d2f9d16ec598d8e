import { describe, expect, it } from "vitest";
import { hasRecordedTraffic, recordedTraffic } from "../../../test/support/recorded-traffic.ts";
import type { Tool } from "../../exchange/call.ts";
import type { FinishReason } from "../../exchange/finish.ts";
import type { Part } from "../../exchange/part.ts";
import { RawJson } from "../../kernel/json.ts";
import { tokens } from "../../kernel/units.ts";
import { answerOf, contextOf, contextWithoutEnvelopes, sdkAnswer, usage } from "./answers.test-support.ts";
import { decodeCall } from "./decode.ts";
import { encodeAnswer } from "./encode.ts";

const hi: Part = { kind: "text", text: "hi" };
const encode = (parts: readonly Part[], members: Parameters<typeof answerOf>[1] = {}) => {
  const { body, warnings } = encodeAnswer(answerOf(parts, members), contextOf());
  return { response: JSON.parse(body), warnings };
};
const outputOf = (parts: readonly Part[]) => encode(parts).response.output;

describe("encodeAnswer", () => {
  it("rule 62: has exactly the members of a native response", () => {
    expect(encode([hi])).toEqual({
      response: {
        id: expect.stringMatching(/^resp_sp1[0-9A-Za-z]{22}$/),
        object: "response",
        created_at: 1_700_000_000,
        status: "completed",
        access_programs: null,
        background: false,
        completed_at: null,
        error: null,
        frequency_penalty: 0,
        incomplete_details: null,
        instructions: null,
        max_output_tokens: null,
        max_tool_calls: null,
        model: "claude",
        moderation: null,
        output: [
          {
            id: expect.stringMatching(/^msg_sp1[0-9A-Za-z]{22}$/),
            type: "message",
            status: "completed",
            content: [{ type: "output_text", annotations: [], logprobs: [], text: "hi" }],
            role: "assistant",
          },
        ],
        parallel_tool_calls: true,
        presence_penalty: 0,
        previous_response_id: null,
        prompt_cache_key: null,
        prompt_cache_retention: null,
        reasoning: { effort: null, summary: null },
        safety_identifier: null,
        service_tier: "default",
        store: true,
        temperature: 1,
        text: { format: { type: "text" }, verbosity: "medium" },
        tool_choice: "auto",
        tools: [],
        top_logprobs: 0,
        top_p: 1,
        truncation: "disabled",
        usage: {
          input_tokens: 13,
          input_tokens_details: { cache_write_tokens: 2, cached_tokens: 8 },
          output_tokens: 7,
          output_tokens_details: { reasoning_tokens: 4 },
          total_tokens: 20,
        },
        user: null,
        metadata: {},
      },
      warnings: [],
    });
  });

  it("gives the same bytes for the same answer, and other ids to another request", () => {
    const again = encodeAnswer(answerOf([hi]), contextOf()).body;
    expect(encodeAnswer(answerOf([hi]), contextOf()).body).toBe(again);
    expect(encodeAnswer(answerOf([hi]), { ...contextOf(), requestId: "req-2" }).body).not.toBe(again);
  });

  it("writes texts and refusals that follow each other as one message, and everything else as items", () => {
    const parts: readonly Part[] = [
      hi,
      { kind: "refusal", text: "no" },
      { kind: "tool-call", id: "c1", name: "f", argumentsText: '{"n":1.0}' },
      { kind: "tool-call", id: "c2", name: "sql", argumentsText: "SELECT 1", isCustom: true },
      hi,
    ];
    expect(outputOf(parts)).toMatchObject([
      { type: "message", content: [{ text: "hi" }, { type: "refusal", refusal: "no" }] },
      { type: "function_call", status: "completed", call_id: "c1", name: "f", arguments: '{"n":1.0}' },
      { type: "custom_tool_call", call_id: "c2", name: "sql", input: "SELECT 1" },
      { type: "message" },
    ]);
  });

  it("rule 36: a call without arguments has an empty object, broken ones stay as they are", () => {
    const call = (argumentsText: string): Part => ({ kind: "tool-call", id: "c", name: "f", argumentsText });
    expect(outputOf(["", '{"a":', "[1]"].map(call))).toMatchObject([
      { arguments: "{}" },
      { arguments: '{"a":' },
      { arguments: "[1]" },
    ]);
  });

  it("rule 44: a custom tool that the upstream knew as a function comes back as the client's own", () => {
    const tools: readonly Tool[] = [{ kind: "custom", name: "sql" }];
    const call = (argumentsText: string): Part => ({
      kind: "tool-call",
      id: "c",
      name: "sql",
      argumentsText,
    });
    const { body } = encodeAnswer(
      answerOf(['{"input":"SELECT \\"a\\""}', "SELECT 1", '{"input":"a","b":1}'].map(call)),
      contextOf({ tools }),
    );
    expect(JSON.parse(body).output).toMatchObject([
      { type: "custom_tool_call", name: "sql", input: 'SELECT "a"' },
      { type: "custom_tool_call", input: "SELECT 1" },
      { type: "custom_tool_call", input: '{"input":"a","b":1}' },
    ]);
  });

  it("writes a summary as summary, reasoning as content, and seals in envelopes", () => {
    const seal = { origin: "anthropic-messages", value: "sig" } as const;
    expect(
      outputOf([
        { kind: "reasoning", text: "s", isSummary: true, isRedacted: false },
        { kind: "reasoning", text: "t", isRedacted: false, seal },
        { kind: "reasoning", text: "", isRedacted: true, seal },
      ]),
    ).toEqual([
      {
        id: expect.stringMatching(/^rs_sp1[0-9A-Za-z]{22}$/),
        type: "reasoning",
        summary: [{ type: "summary_text", text: "s" }],
      },
      {
        id: expect.any(String),
        type: "reasoning",
        content: [{ type: "reasoning_text", text: "t" }],
        encrypted_content: 'env.{"origin":"anthropic-messages","value":"sig"}',
        summary: [],
      },
      {
        id: expect.any(String),
        type: "reasoning",
        encrypted_content: 'env.{"origin":"anthropic-messages","value":"sig"}',
        summary: [],
      },
    ]);
  });

  it("rule 11: Gemini's seal of a call stands just before the call", () => {
    const seal = { origin: "gemini-generate", value: "ts" } as const;
    expect(
      outputOf([hi, { kind: "tool-call", id: "c", name: "f", argumentsText: "{}", seal }]).map(
        ({ type }: { type: string }) => type,
      ),
    ).toEqual(["message", "reasoning", "function_call"]);
  });

  it("rule 43: writes citations as annotations, in characters, and declares those without a URL", () => {
    const cited = { raw: {}, origin: "anthropic-messages" } as const;
    const { response, warnings } = encode([
      {
        kind: "text",
        text: "😀bc",
        citations: [
          { ...cited, url: "https://a.b", title: "A", start: 2, end: 4 },
          { ...cited, url: "https://a.b" },
          { ...cited, title: "a book" },
          {
            origin: "openai-responses",
            raw: { type: "file_citation", file_id: "f", filename: "n", index: 1 },
          },
        ],
      },
    ]);
    expect(response.output[0].content[0].annotations).toEqual([
      { type: "url_citation", end_index: 3, start_index: 1, title: "A", url: "https://a.b" },
      { type: "url_citation", end_index: 3, start_index: 0, title: "https://a.b", url: "https://a.b" },
      { type: "file_citation", file_id: "f", filename: "n", index: 1 },
    ]);
    expect(warnings).toEqual([{ kind: "dropped", subject: "citations" }]);
  });

  it.for<{ reason: FinishReason; status: string; details: unknown; declared: boolean }>([
    { reason: "stop", status: "completed", details: null, declared: false },
    { reason: "stop-sequence", status: "completed", details: null, declared: false },
    { reason: "tool-calls", status: "completed", details: null, declared: false },
    { reason: "refusal", status: "completed", details: null, declared: false },
    { reason: "length", status: "incomplete", details: { reason: "max_output_tokens" }, declared: false },
    {
      reason: "context-length",
      status: "incomplete",
      details: { reason: "max_output_tokens" },
      declared: false,
    },
    {
      reason: "content-filter",
      status: "incomplete",
      details: { reason: "content_filter" },
      declared: false,
    },
    { reason: "pause", status: "incomplete", details: null, declared: true },
    { reason: "other", status: "incomplete", details: { reason: "content_filter" }, declared: true },
  ])("rules 46 and 48: $reason ends $status", ({ reason, status, details, declared }) => {
    const { response, warnings } = encode([hi], { finish: { reason, raw: "RAW" } });
    expect(response).toMatchObject({ status, incomplete_details: details, output: [{ status }] });
    const note = "The provider said RAW.";
    expect(warnings).toEqual(declared ? [{ kind: "changed", subject: "incomplete_details", note }] : []);
  });

  it("a refusal without words still has a refusal in it, one with words no second", () => {
    const finish = { reason: "refusal", raw: "refusal" } as const;
    expect(encode([hi], { finish }).response.output).toMatchObject([
      { content: [{ type: "output_text" }, { type: "refusal", refusal: "" }] },
    ]);
    expect(encode([{ kind: "refusal", text: "no" }], { finish }).response.output[0].content).toHaveLength(1);
  });

  it("tells no usage rather than a wrong one, and declares the zeros that stand for unknown", () => {
    const { usage: _, ...untold } = answerOf([hi]);
    const dropped = [{ kind: "dropped", subject: "usage", note: "a total is not known" }];
    for (const answer of [untold, { ...untold, usage: { ...usage, input: {} } }]) {
      const { body, warnings } = encodeAnswer(answer, contextOf());
      expect([JSON.parse(body).usage, warnings]).toEqual([null, dropped]);
    }
    const bare = { input: { total: tokens(1) }, output: { total: tokens(2) }, basis: "reported" } as const;
    const thought: Part = { kind: "reasoning", text: "hm", isRedacted: false };
    const { response, warnings } = encode([thought, hi], { usage: bare });
    expect(response.usage).toMatchObject({ total_tokens: 3, input_tokens_details: { cached_tokens: 0 } });
    expect(warnings).toEqual([
      {
        kind: "changed",
        subject: "usage",
        note: "the provider told no cached_tokens and no reasoning_tokens: 0 stands for unknown",
      },
    ]);
    const cached = { ...bare, input: { total: tokens(1), cacheRead: tokens(0) } };
    expect(encode([hi], { usage: cached }).warnings).toEqual([]);
  });

  it("declares what it has no item for", () => {
    const source = { kind: "base64", data: "AAAA" } as const;
    const raw = new RawJson('{"type":"output_smell"}');
    const { warnings, response } = encode([
      { kind: "audio", source, mediaType: "audio/wav" },
      { kind: "image", source: { kind: "url", url: "https://a.b" } },
      { kind: "opaque", type: "server_tool_use", origin: "anthropic-messages", raw },
      { kind: "opaque", type: "output_smell", origin: "openai-responses", raw },
    ]);
    expect(response.output).toEqual([]);
    expect(warnings.map(({ subject }) => subject)).toEqual([
      "audio",
      "image",
      "server_tool_use",
      "output_smell",
    ]);
    const asked = encodeAnswer(answerOf([]), contextOf({ sampling: { logprobs: 0 } }));
    expect(asked.warnings).toEqual([{ kind: "dropped", subject: "message.output_text.logprobs" }]);
  });

  it("is read by the official client", async () => {
    const { body } = encodeAnswer(answerOf([hi, hi]), contextWithoutEnvelopes());
    expect(await sdkAnswer(body)).toMatchObject({ output_text: "hihi", status: "completed" });
  });

  it("repeats what the request asked for", () => {
    const request = {
      model: "m",
      input: "hi",
      instructions: "be kind",
      max_output_tokens: 50,
      temperature: 0.3,
      top_p: 0.2,
      store: false,
      previous_response_id: "resp_0",
      parallel_tool_calls: false,
      metadata: { a: "b" },
      safety_identifier: "u",
      reasoning: { effort: "low", summary: "auto" },
      text: { format: { type: "json_object" }, verbosity: "low" },
      tools: [
        { type: "function", name: "f", parameters: { type: "object" } },
        { type: "custom", name: "c" },
        { type: "web_search_preview" },
      ],
      tool_choice: { type: "allowed_tools", mode: "auto", tools: [{ type: "custom", name: "c" }] },
      max_tool_calls: 3,
      prompt_cache_key: "k",
    };
    const decoding = decodeCall(new TextEncoder().encode(JSON.stringify(request)), {});
    if (decoding.kind !== "call") throw new Error("refused");
    const { body } = encodeAnswer(answerOf([hi]), { ...contextOf(), call: decoding.call });
    const { model: _model, input: _input, ...repeated } = request;
    expect(JSON.parse(body)).toMatchObject({
      ...repeated,
      tools: [
        { type: "function", description: null, name: "f", parameters: { type: "object" }, strict: false },
        { type: "custom", description: null, format: { type: "text" }, name: "c" },
        { type: "web_search_preview" },
      ],
    });
  });
});

const records = hasRecordedTraffic() ? recordedTraffic("openai.responses") : [];

describe.skipIf(records.length === 0)("encodeAnswer, held against recorded responses", () => {
  /** Set by the account, by the model, or by the clock; a function's `strict` is the API's own default. */
  const notOurs = new Set([
    "billing",
    "tool_usage",
    "prompt_cache_retention",
    "completed_at",
    "top_p",
    "tools",
  ]);

  it("rule 62: repeats the settings of the same request with the same values, where the API has them", () => {
    const whole = records.filter(({ isStream, status }) => !isStream && status === 200);
    expect(whole.length).toBeGreaterThan(70);
    for (const { name, request, response } of whole) {
      const native = JSON.parse(response.toString());
      const decoding = decodeCall(request, {});
      if (decoding.kind !== "call") throw new Error(name);
      const { body } = encodeAnswer(
        answerOf([], { model: native.model, usage: { ...usage, tier: native.service_tier } }),
        {
          ...contextOf(),
          call: decoding.call,
        },
      );
      const ours = JSON.parse(body);
      for (const [member, value] of Object.entries(native)) {
        if (notOurs.has(member)) continue;
        expect(ours, `${name} ${member}`).toHaveProperty(member);
        if (["id", "created_at", "output", "usage", "reasoning"].includes(member)) continue;
        expect({ [member]: ours[member] }, name).toMatchObject({ [member]: value });
      }
    }
  });
});
