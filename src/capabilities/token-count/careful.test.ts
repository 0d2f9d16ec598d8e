import { describe, expect, it } from "vitest";
import type { Call, Turn } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import { countedPrompt, promptTokens } from "./careful.ts";

const text = (said: string): Part => ({ kind: "text", text: said });
const callOf = (turns: readonly Turn[], more: Partial<Call> = {}): Call => ({
  ...{ source: "openai-chat", model: "m", instructions: [], turns, tools: [], sampling: {} },
  ...{ isStream: false, wantsUsage: false, extensions: new Map() },
  ...more,
});
const user = (...parts: readonly Part[]): Turn => ({ role: "user", parts });

describe("what is counted of a prompt", () => {
  it("is each message's text, and the form around them: four tokens a message, one a name, three at the end", () => {
    const call = callOf([user(text("a"), text("b")), { role: "user", parts: [text("c")], name: "Bo" }], {
      instructions: [text("be kind")],
    });
    const prompt = countedPrompt(call, "gpt-4.1");
    expect(prompt).toEqual({
      vocabulary: "o200k",
      texts: ["be kind", "ab", "c", "Bo"],
      formTokens: 3 * 4 + 1 + 3,
      scale: 1,
    });
    expect(promptTokens(prompt, [2, 1, 1, 1])).toBe(21);
  });

  it.for([
    { model: "gpt-4o-mini", vocabulary: "o200k", end: 3 },
    { model: "gpt-4", vocabulary: "cl100k", end: 3 },
    { model: "gpt-4-turbo", vocabulary: "cl100k", end: 3 },
    { model: "gpt-3.5-turbo", vocabulary: "cl100k", end: 3 },
    { model: "openai/gpt-5-mini", vocabulary: "o200k", end: 2 },
    { model: "claude-x", vocabulary: "o200k", end: 3 },
  ])("of $model: $vocabulary, and $end tokens at the end", ({ model, vocabulary, end }) => {
    expect(countedPrompt(callOf([user(text("a"))]), model)).toMatchObject({
      vocabulary,
      formTokens: 4 + end,
    });
  });

  it("holds calls, results and tools, and no state", () => {
    const call = callOf(
      [
        { role: "assistant", parts: [{ kind: "tool-call", id: "c", name: "f", argumentsText: '{"x":1}' }] },
        user({ kind: "tool-result", callId: "c", isError: false, content: [text("done")] }),
        user({
          kind: "reasoning",
          text: "",
          isRedacted: true,
          seal: { origin: "gemini-generate", value: "xx" },
        }),
      ],
      { tools: [{ kind: "function", name: "f", description: "does it", parameters: { type: "object" } }] },
    );
    expect(countedPrompt(call, "m").texts).toEqual(['f{"x":1}', "done", 'f\ndoes it\n{"type":"object"}']);
  });

  it("is a sample of a long prompt, which stands for all of it", () => {
    const prompt = countedPrompt(callOf([user(text("word ".repeat(40_000)))]), "m");
    expect(prompt.texts).toHaveLength(16);
    expect(prompt.texts.every(({ length }) => length === 4096)).toBe(true);
    expect(prompt.scale).toBeCloseTo(200_000 / 65_536, 3);
  });
});
