import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnswerPart, Part } from "../../exchange/part.ts";
import { createSseReader } from "../../framing/sse.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { anyParts, clientOf, contextOf, streamOf, usage } from "./answers.test-support.ts";
import { encodeChatStreamError } from "./encode-error.ts";
import { encodeChatStream } from "./encode-stream.ts";
import { advance, type ChatGrammar, chatGrammar, type Violation } from "./grammar.ts";

const start: AnswerPart = { kind: "start", answerId: "msg_1", model: "claude" };
const finish: AnswerPart = { kind: "finish", finish: { reason: "stop", raw: "end_turn" } };

function write(parts: readonly AnswerPart[], wantsUsage = false): string {
  const encoder = encodeChatStream(contextOf({ wantsUsage }));
  return parts.map((part) => encoder.push(part)).join("");
}

const dataOf = (text: string): readonly string[] =>
  createSseReader()
    .push(new TextEncoder().encode(text))
    .map(({ data }) => data);

function stateAfter(text: string, wantsUsage: boolean): ChatGrammar | Violation {
  let state: ChatGrammar | Violation = chatGrammar(wantsUsage);
  for (const data of dataOf(text)) {
    if ("kind" in state) return state;
    state = advance(state, data);
  }
  return state;
}

const read = (text: string) =>
  clientOf(text, "text/event-stream").chat.completions.stream({ model: "asked", messages: [], stream: true });

describe("encodeChatStream", () => {
  it("writes what the grammar of native streams allows, for any answer in any pieces", () => {
    fc.assert(
      fc.property(anyParts, fc.integer({ min: 1, max: 9 }), fc.boolean(), (parts, size, wantsUsage) => {
        const text = write([start, ...streamOf(parts, size), { kind: "usage", usage }, finish], wantsUsage);
        expect(stateAfter(text, wantsUsage)).toMatchObject({ phase: "end" });
      }),
      { numRuns: 300 },
    );
  });

  it("is read by the official client as the message that was meant", async () => {
    await fc.assert(
      fc.asyncProperty(anyParts, fc.integer({ min: 1, max: 9 }), async (parts, size) => {
        const final = await read(
          write([start, ...streamOf(parts, size), { kind: "usage", usage }, finish], true),
        ).finalChatCompletion();
        const message = final.choices[0]?.message;
        const texts = (kind: "text" | "refusal") =>
          parts.flatMap((part) => (part.kind === kind ? [part.text] : [])).join("");
        expect(message?.content ?? "").toBe(texts("text"));
        expect(message?.refusal ?? "").toBe(texts("refusal"));
        const calls = parts.filter((part) => part.kind === "tool-call");
        expect(
          (message?.tool_calls ?? []).map((call) =>
            "function" in call ? [call.function.name, call.function.arguments] : [],
          ),
        ).toEqual(
          calls.map(({ name, argumentsText }) => [name, argumentsText === "" ? "{}" : argumentsText]),
        );
        expect(final.choices[0]?.finish_reason).toBe(calls.length > 0 ? "tool_calls" : "stop");
        expect(final.usage).toMatchObject({ prompt_tokens: 13, completion_tokens: 7, total_tokens: 20 });
      }),
      { numRuns: 100 },
    );
  });

  it("rule 35: role first, then a call's id and name, then bare arguments, and no chunk without content", () => {
    const parts: readonly Part[] = [{ kind: "tool-call", id: "c1", name: "f", argumentsText: '{"a":1}' }];
    const deltas = dataOf(
      write([start, ...streamOf(parts, 4), { kind: "tool-input-delta", part: 0, argumentsText: "" }, finish]),
    )
      .filter((data) => data !== "[DONE]")
      .map((data) => JSON.parse(data).choices[0].delta);
    expect(deltas).toEqual([
      { role: "assistant", content: "", refusal: null },
      { tool_calls: [{ index: 0, id: "c1", type: "function", function: { name: "f", arguments: "" } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"a"' } }] },
      { tool_calls: [{ index: 0, function: { arguments: ":1}" } }] },
      {},
    ]);
  });

  it("writes the arguments of interleaved calls to the call they belong to", async () => {
    const final = await read(
      write([
        start,
        { kind: "tool-input-start", part: 0, id: "a", name: "f" },
        { kind: "tool-input-start", part: 1, id: "b", name: "g" },
        { kind: "tool-input-delta", part: 1, argumentsText: "[2" },
        { kind: "tool-input-delta", part: 0, argumentsText: "[1]" },
        { kind: "tool-input-delta", part: 1, argumentsText: "]" },
        { kind: "tool-input-end", part: 0 },
        { kind: "tool-input-end", part: 1 },
        finish,
      ]),
    ).finalChatCompletion();
    expect(
      final.choices[0]?.message.tool_calls?.map((call) =>
        "function" in call ? call.function.arguments : "",
      ),
    ).toEqual(["[1]", "[2]"]);
  });

  it("has the usage member exactly where a native stream has it", () => {
    const parts: readonly AnswerPart[] = [
      start,
      ...streamOf([{ kind: "text", text: "hi" }], 9),
      { kind: "usage", usage },
      finish,
    ];
    const members = (wantsUsage: boolean) =>
      dataOf(write(parts, wantsUsage))
        .filter((data) => data !== "[DONE]")
        .map((data) => JSON.parse(data).usage);
    expect(members(false)).toEqual([undefined, undefined, undefined]);
    expect(members(true)).toEqual([null, null, null, expect.objectContaining({ total_tokens: 20 })]);
  });

  it("rule 47: takes the later of repeated usage and keeps what only the earlier told", () => {
    const early: AnswerPart = { kind: "usage", usage: { input: usage.input, output: {}, basis: "partial" } };
    const late: AnswerPart = { kind: "usage", usage: { input: {}, output: usage.output, basis: "reported" } };
    expect(write([start, early, late, finish], true)).toContain('"total_tokens":20');
  });

  it("closes sealed reasoning with the detail that a client sends back", () => {
    const text = write([
      start,
      { kind: "reasoning-start", part: 0 },
      { kind: "reasoning-delta", part: 0, text: "h" },
      { kind: "reasoning-delta", part: 0, text: "m" },
      { kind: "reasoning-end", part: 0, seal: { origin: "anthropic-messages", value: "sig" } },
      finish,
    ]);
    expect(text).toContain(
      '"reasoning_details":[{"type":"reasoning.text","text":"hm","signature":"sig","format":"anthropic-claude-v1","index":0}]',
    );
  });

  it("ends in the error, without [DONE], and writes nothing after it", async () => {
    const encoder = encodeChatStream(contextOf({ wantsUsage: false }));
    const text = [
      encoder.push(start),
      encoder.push({ kind: "text-start", part: 0 }),
      encoder.push({ kind: "text-delta", part: 0, text: "hi" }),
      encoder.fail(new GatewayError("upstream_overloaded", "tenant 7 is busy")),
      encoder.push(finish),
    ].join("");
    expect(stateAfter(text, false)).toMatchObject({ phase: "failed" });
    expect(text).not.toContain("[DONE]");
    expect(text).not.toContain("tenant 7");
    await expect(read(text).finalChatCompletion()).rejects.toThrow(/overloaded/);
  });

  it("makes the official client throw at an error that the gateway adds after any frame", async () => {
    const whole = dataOf(write([start, ...streamOf([{ kind: "text", text: "hello" }], 1), finish])).filter(
      (data) => data !== "[DONE]",
    );
    for (let count = 0; count <= whole.length; count += 1) {
      const cut = whole.slice(0, count).map((data) => `data: ${data}\n\n`);
      const text = [...cut, encodeChatStreamError(new GatewayError("upstream_stream_broken", "reset"))].join(
        "",
      );
      await expect(read(text).finalChatCompletion()).rejects.toThrow();
    }
  });
});
