import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Answer } from "../../exchange/answer.ts";
import type { Finish, FinishReason } from "../../exchange/finish.ts";
import type { Part } from "../../exchange/part.ts";
import type { Usage } from "../../exchange/usage.ts";
import { RawJson } from "../../kernel/json.ts";
import { tokens } from "../../kernel/units.ts";
import { encodeAnswer } from "./encode.ts";
import { context, sdkMessage } from "./official-sdk.test-support.ts";

const usage: Usage = {
  input: { total: tokens(100), uncached: tokens(70), cacheRead: tokens(20), cacheWriteOther: tokens(10) },
  output: { total: tokens(5), reasoning: tokens(2) },
  basis: "reported",
};
const answerOf = (parts: readonly Part[], finish: Finish = { reason: "stop", raw: "stop" }): Answer => ({
  answerId: "chatcmpl-1",
  model: "gpt",
  parts,
  finish,
  usage,
});
const call = (argumentsText: string, id = "call_1"): Part => ({
  kind: "tool-call",
  id,
  name: "f",
  argumentsText,
});
const contentOf = (parts: readonly Part[]): unknown =>
  JSON.parse(encodeAnswer(answerOf(parts), context).body).content;

describe("encodeAnswer", () => {
  it("writes a message that the official SDK takes", async () => {
    const parts: readonly Part[] = [
      {
        kind: "reasoning",
        text: "hm",
        isRedacted: false,
        seal: { origin: "anthropic-messages", value: "s" },
      },
      { kind: "text", text: "hello" },
      call('{"a":1}'),
    ];
    const { body, warnings } = encodeAnswer(
      answerOf(parts, { reason: "tool-calls", raw: "tool_calls" }),
      context,
    );
    expect(warnings).toEqual([]);
    const { id, ...message } = await sdkMessage(body);
    expect(id).toMatch(/^msg_[0-9A-Za-z]{22}$/);
    expect(message).toMatchObject({
      type: "message",
      role: "assistant",
      model: "gpt",
      content: [
        { type: "thinking", thinking: "hm", signature: "s" },
        { type: "text", text: "hello" },
        { type: "tool_use", id: "call_1", name: "f", input: { a: 1 } },
      ],
      stop_reason: "tool_use",
      stop_sequence: null,
      usage: {
        input_tokens: 70,
        cache_creation_input_tokens: 10,
        cache_read_input_tokens: 20,
        output_tokens: 5,
        output_tokens_details: { thinking_tokens: 2 },
      },
    });
  });

  it("gives the same bytes for the same answer", () => {
    const answer = answerOf([call("{}", "no fit!")]);
    expect(encodeAnswer(answer, context)).toEqual(encodeAnswer(answer, context));
  });

  it.for<{ name: string; part: Part; input: string; isDeclared: boolean }>([
    {
      name: "rule 2: arguments as their own text",
      part: call('{"n":9007199254740993,"x":1.0}'),
      input: '{"n":9007199254740993,"x":1.0}',
      isDeclared: false,
    },
    { name: "rule 36: no arguments as an empty object", part: call(""), input: "{}", isDeclared: false },
    {
      name: "rule 36: cut arguments, wrapped and declared",
      part: call('{"a": tr'),
      input: '{"arguments":"{\\"a\\": tr"}',
      isDeclared: true,
    },
    {
      name: "rule 36: an array, wrapped and declared",
      part: call("[1]"),
      input: '{"arguments":"[1]"}',
      isDeclared: true,
    },
  ])("writes $name", ({ part, input, isDeclared }) => {
    const { body, warnings } = encodeAnswer(answerOf([part]), context);
    expect(body).toContain(`"input":${input}}`);
    expect(warnings.map(({ kind }) => kind)).toEqual(isDeclared ? ["changed"] : []);
  });

  it("rule 44: gives the free input of a custom tool as its member input, declared", () => {
    const custom: Part = { kind: "tool-call", id: "c", name: "sql", argumentsText: '"1"', isCustom: true };
    const { body, warnings } = encodeAnswer(answerOf([custom]), context);
    expect(body).toContain('"input":{"input":"\\"1\\""}}');
    expect(warnings).toMatchObject([{ kind: "emulated", subject: "tool_use sql" }]);
  });

  it("rule 29: puts tool calls last", () => {
    expect(contentOf([call("{}"), { kind: "text", text: "after" }])).toMatchObject([
      { type: "text" },
      { type: "tool_use" },
    ]);
  });

  it("rule 30: leaves empty and blank text out", () => {
    expect(
      contentOf([
        { kind: "text", text: "" },
        { kind: "text", text: " \n" },
      ]),
    ).toEqual([]);
  });

  it("rule 9: gives redacted thinking back, and no other vendor's", () => {
    const redacted = (origin: "anthropic-messages" | "openai-chat"): Part => ({
      kind: "reasoning",
      text: "",
      isRedacted: true,
      seal: { origin, value: "d" },
    });
    expect(contentOf([redacted("anthropic-messages")])).toEqual([{ type: "redacted_thinking", data: "d" }]);
    const { body, warnings } = encodeAnswer(answerOf([redacted("openai-chat")]), context);
    expect(JSON.parse(body).content).toEqual([]);
    expect(warnings).toEqual([{ kind: "dropped", subject: "reasoning" }]);
  });

  it("rule 42: keeps the blocks of this dialect that nobody knows, and declares those of others", () => {
    const opaque = (origin: "anthropic-messages" | "openai-chat"): Part => ({
      kind: "opaque",
      type: "x",
      origin,
      raw: new RawJson('{"type":"x","n":1.0}'),
    });
    const { body, warnings } = encodeAnswer(
      answerOf([opaque("anthropic-messages"), opaque("openai-chat")]),
      context,
    );
    expect(body).toContain('"content":[{"type":"x","n":1.0}]');
    expect(warnings).toEqual([{ kind: "dropped", subject: "x" }]);
  });

  it.for<{ reason: FinishReason; parts?: readonly Part[]; expected: string }>([
    { reason: "stop", expected: "end_turn" },
    { reason: "stop", parts: [call("{}")], expected: "tool_use" },
    { reason: "stop", parts: [{ kind: "refusal", text: "no" }], expected: "refusal" },
    { reason: "tool-calls", parts: [call("{}")], expected: "tool_use" },
    { reason: "tool-calls", expected: "end_turn" },
    { reason: "stop-sequence", expected: "stop_sequence" },
    { reason: "length", expected: "max_tokens" },
    { reason: "context-length", expected: "model_context_window_exceeded" },
    { reason: "refusal", expected: "refusal" },
    { reason: "content-filter", expected: "refusal" },
    { reason: "pause", expected: "pause_turn" },
    { reason: "other", expected: "refusal" },
  ])("rule 46: ends $reason as $expected", ({ reason, parts, expected }) => {
    const { body } = encodeAnswer(
      answerOf(parts ?? [{ kind: "text", text: "x" }], { reason, raw: reason }),
      context,
    );
    expect(JSON.parse(body).stop_reason).toBe(expected);
  });

  it("never tells an unknown end as a normal one, and says why", () => {
    const { body, warnings } = encodeAnswer(answerOf([], { reason: "other", raw: "martian" }), context);
    expect(JSON.parse(body).stop_details.explanation).toContain("martian");
    expect(warnings).toMatchObject([{ kind: "changed", subject: "stop_reason" }]);
  });

  it("declares that the zeros of untold usage are none", () => {
    const { usage: _, ...answer } = answerOf([]);
    const { body, warnings } = encodeAnswer(answer, context);
    expect(JSON.parse(body).usage).toMatchObject({ input_tokens: 0, output_tokens: 0 });
    expect(warnings).toMatchObject([{ subject: "usage" }]);
  });

  it("rule 34: gives every tool call an id that fits, the same for the same original, and no two the same", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { maxLength: 8 }), (originals) => {
        const { body } = encodeAnswer(answerOf(originals.map((id) => call("{}", id))), context);
        const ids: readonly string[] = JSON.parse(body).content.map(({ id }: { id: string }) => id);
        for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_-]+$/);
        for (const [index, original] of originals.entries()) {
          if (/^[a-zA-Z0-9_-]+$/.test(original)) expect(ids[index]).toBe(original);
          if (original !== "") expect(ids[index]).toBe(ids[originals.indexOf(original)]);
        }
        const missing = originals.filter((id) => id === "").length;
        expect(new Set(ids).size).toBe(new Set(originals.filter((id) => id !== "")).size + missing);
      }),
    );
  });
});
