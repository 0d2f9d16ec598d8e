import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Answer } from "../../exchange/answer.ts";
import type { FinishReason } from "../../exchange/finish.ts";
import type { Part } from "../../exchange/part.ts";
import { RawJson } from "../../kernel/json.ts";
import { anyParts, clientOf, contextOf, usage } from "./answers.test-support.ts";
import { encodeChat } from "./encode.ts";

const answerOf = (parts: readonly Part[], reason: FinishReason = "stop"): Answer => ({
  answerId: "msg_1",
  model: "claude",
  parts,
  finish: { reason, raw: "raw" },
  usage,
});

const ask = (body: string) =>
  clientOf(body, "application/json").chat.completions.create({ model: "asked", messages: [] });

const joined = (parts: readonly Part[], kind: "text" | "refusal" | "reasoning"): string | null => {
  const texts = parts.flatMap((part) => (part.kind === kind ? [part.text] : []));
  return texts.length === 0 ? null : texts.join("");
};

describe("encodeChat", () => {
  it("is read by the official client as the message that was meant", async () => {
    await fc.assert(
      fc.asyncProperty(anyParts, async (parts) => {
        const { body, warnings } = encodeChat(answerOf(parts), contextOf());
        const completion = await ask(body);
        const [choice] = completion.choices;
        expect(choice?.message).toMatchObject({
          role: "assistant",
          content: joined(parts, "text"),
          refusal: joined(parts, "refusal"),
        });
        expect(Object(choice?.message).reasoning_content ?? null).toBe(joined(parts, "reasoning"));
        const calls = parts.filter((part) => part.kind === "tool-call");
        const read = choice?.message.tool_calls?.map((call) =>
          call.type === "function" ? call.function : undefined,
        );
        expect(read ?? []).toEqual(
          calls.map(({ name, argumentsText }) => ({
            name,
            arguments: argumentsText === "" ? "{}" : argumentsText,
          })),
        );
        expect(choice?.finish_reason).toBe(calls.length > 0 ? "tool_calls" : "stop");
        expect(warnings).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it("has exactly the members of a native completion", () => {
    const { body } = encodeChat(answerOf([{ kind: "text", text: "hi" }]), contextOf());
    expect(JSON.parse(body)).toEqual({
      id: expect.stringMatching(/^chatcmpl-[0-9A-Za-z]{22}$/),
      object: "chat.completion",
      created: 1_700_000_000,
      model: "claude",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "hi", refusal: null },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: {
        prompt_tokens: 13,
        completion_tokens: 7,
        total_tokens: 20,
        prompt_tokens_details: { cached_tokens: 8, cache_write_tokens: 2 },
        completion_tokens_details: { reasoning_tokens: 4 },
      },
    });
  });

  it("gives the same bytes for the same answer, and another id to another request", () => {
    const answer = answerOf([{ kind: "text", text: "hi" }]);
    const again = encodeChat(answer, contextOf()).body;
    expect(encodeChat(answer, contextOf()).body).toBe(again);
    expect(encodeChat(answer, { ...contextOf(), requestId: "req-2" }).body).not.toBe(again);
  });

  it("tells no usage rather than a wrong one when a total is not known", () => {
    const { usage: _, ...untold } = answerOf([]);
    for (const answer of [untold, { ...untold, usage: { ...usage, input: {} } }]) {
      expect(JSON.parse(encodeChat(answer, contextOf()).body)).not.toHaveProperty("usage");
    }
  });

  it.for<{ reason: FinishReason; calls: boolean; finish: string; declared: boolean }>([
    { reason: "stop", calls: false, finish: "stop", declared: false },
    { reason: "stop-sequence", calls: false, finish: "stop", declared: false },
    { reason: "length", calls: false, finish: "length", declared: false },
    { reason: "length", calls: true, finish: "length", declared: false },
    { reason: "context-length", calls: false, finish: "length", declared: false },
    { reason: "tool-calls", calls: true, finish: "tool_calls", declared: false },
    { reason: "stop", calls: true, finish: "tool_calls", declared: false },
    { reason: "tool-calls", calls: false, finish: "stop", declared: false },
    { reason: "refusal", calls: false, finish: "content_filter", declared: false },
    { reason: "content-filter", calls: false, finish: "content_filter", declared: false },
    { reason: "pause", calls: false, finish: "stop", declared: true },
    { reason: "other", calls: false, finish: "content_filter", declared: true },
  ])("rules 45, 46: $reason with calls: $calls ends in $finish", ({ reason, calls, finish, declared }) => {
    const parts: readonly Part[] = calls
      ? [{ kind: "tool-call", id: "c", name: "f", argumentsText: "{}" }]
      : [];
    const { body, warnings } = encodeChat(answerOf(parts, reason), contextOf());
    expect(JSON.parse(body).choices[0].finish_reason).toBe(finish);
    expect(warnings.length > 0).toBe(declared);
  });

  it("ends a refusal as the Chat server did that gave it", () => {
    const answer: Answer = {
      ...answerOf([{ kind: "refusal", text: "no" }]),
      finish: { reason: "refusal", raw: "stop" },
    };
    expect(JSON.parse(encodeChat(answer, contextOf()).body).choices[0].finish_reason).toBe("stop");
  });

  it("rule 34: keeps a fitting call id and maps any other to the same one each time", () => {
    const idOf = (id: string) =>
      JSON.parse(
        encodeChat(answerOf([{ kind: "tool-call", id, name: "f", argumentsText: "{}" }]), contextOf()).body,
      ).choices[0].message.tool_calls[0].id;
    expect(idOf("toolu_01A")).toBe("toolu_01A");
    expect(idOf("a b")).toMatch(/^call_[0-9A-Za-z]{22}$/);
    expect(idOf("a b")).toBe(idOf("a b"));
    expect(idOf("a b")).not.toBe(idOf("a c"));
  });

  it("carries sealed reasoning in the form that comes back", () => {
    const seal = { origin: "anthropic-messages", value: "sig" } as const;
    const { body } = encodeChat(
      answerOf([
        { kind: "reasoning", text: "hm", seal, isRedacted: false },
        { kind: "reasoning", text: "", seal, isRedacted: true },
      ]),
      contextOf(),
    );
    expect(JSON.parse(body).choices[0].message).toMatchObject({
      reasoning_content: "hm",
      reasoning_details: [
        { type: "reasoning.text", text: "hm", signature: "sig", format: "anthropic-claude-v1", index: 0 },
        { type: "reasoning.encrypted", data: "sig", format: "anthropic-claude-v1", index: 1 },
      ],
    });
  });

  it("declares what a Chat message has no place for", () => {
    const { warnings } = encodeChat(
      answerOf([
        { kind: "opaque", type: "server_tool_use", origin: "anthropic-messages", raw: new RawJson("{}") },
        { kind: "image", source: { kind: "url", url: "u" } },
      ]),
      contextOf(),
    );
    expect(warnings).toEqual([
      { kind: "dropped", subject: "server_tool_use" },
      { kind: "dropped", subject: "image" },
    ]);
  });
});
