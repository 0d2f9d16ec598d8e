import { describe, expect, it } from "vitest";
import type { Call } from "../exchange/call.ts";
import type { Part } from "../exchange/part.ts";
import { gradeOf, gradingCall } from "./grading.ts";

const text = (words: string): Part => ({ kind: "text", text: words });

const question: Call = {
  source: "openai-chat",
  model: "pool",
  instructions: [text("Be brief.")],
  turns: [
    { role: "user", parts: [text("What is 6 times 7?")] },
    {
      role: "assistant",
      parts: [{ kind: "tool-call", id: "1", name: "times", argumentsText: '{"a":6,"b":7}' }],
    },
    {
      role: "user",
      parts: [
        { kind: "tool-result", callId: "1", isError: false, content: [text("42")] },
        { kind: "image", source: { kind: "url", url: "https://images.invalid/1" } },
      ],
    },
  ],
  tools: [],
  sampling: {},
  isStream: true,
  wantsUsage: false,
  extensions: new Map(),
};

const shownTo = (call: Call): string =>
  call.turns[0]?.parts.map((part) => "text" in part && part.text).join("") ?? "";

describe("what a judge is asked", () => {
  it("shows the whole question and the answer between marks, and asks for a score", () => {
    const asked = gradingCall({ call: question, answer: [text("42.")] }, "Only the number counts.", "x7");
    expect(shownTo(asked)).toBe(
      [
        "<request-x7>",
        "Instructions: Be brief.",
        "",
        "user: What is 6 times 7?",
        "",
        'assistant: [calls times: {"a":6,"b":7}]',
        "",
        "user: [result: 42]",
        "[image]",
        "</request-x7>",
        "<answer-x7>",
        "42.",
        "</answer-x7>",
      ].join("\n"),
    );
    const [instructions] = asked.instructions;
    expect(instructions?.kind === "text" && instructions.text).toContain("Only the number counts.");
    expect(asked).toMatchObject({ isStream: false, output: { kind: "schema" }, tools: [] });
  });

  it("shows the ends of what is long", () => {
    const long = `begin ${"x".repeat(100_000)} end`;
    const shown = shownTo(gradingCall({ call: question, answer: [text(long)] }, undefined, "x7"));
    expect(shown.length).toBeLessThan(20_000);
    expect(shown).toContain("begin x");
    expect(shown).toContain("x end\n</answer-x7>");
  });

  it("leaves out the oldest turns of what is long", () => {
    const turns = Array.from({ length: 30 }, (_, turn) => ({
      role: "user" as const,
      parts: [text(`${turn} ${"y".repeat(7000)}`)],
    }));
    const shown = shownTo(gradingCall({ call: { ...question, turns }, answer: [] }, undefined, "x7"));
    expect(shown).toContain("user: 29 ");
    expect(shown).not.toContain("user: 26 ");
  });
});

describe("what a judge says", () => {
  it.each([
    ['{"reason":"right","score":10}', 1],
    ['{"reason":"so so","score":5}', 0.5],
    ['```json\n{"reason":"wrong","score":0}\n```', 0],
    ['{"reason":"more than all","score":11}', undefined],
    ['{"reason":"less than nothing","score":-1}', undefined],
    ['{"reason":"words","score":"8"}', undefined],
    ["I cannot say.", undefined],
    ["", undefined],
  ])("%s is %s", (said, grade) => {
    expect(gradeOf([text(said)])).toBe(grade);
  });
});
