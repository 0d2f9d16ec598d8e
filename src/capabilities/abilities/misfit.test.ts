import { describe, expect, it } from "vitest";
import type { KnownAbilities, Medium } from "../../exchange/abilities.ts";
import type { Call } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import { type FittingCall, misfitOf } from "./misfit.ts";

const inputs = (...value: readonly Medium[]): KnownAbilities => ({
  inputs: { value, source: "operator", asOf: null },
});
const context = (value: number): KnownAbilities => ({
  contextTokens: { value, source: "built in", asOf: "2026-11" },
});
const source = { kind: "base64", data: "AAAA" } as const;
const image: Part = { kind: "image", source };
const callOf = (...parts: readonly Part[]): Call => ({
  source: "openai-chat",
  model: "m",
  instructions: [],
  turns: [{ role: "user", parts }],
  tools: [],
  sampling: {},
  isStream: false,
  wantsUsage: false,
  extensions: new Map(),
});
const fitting = (more: Partial<FittingCall>): FittingCall => ({
  model: "m",
  abilities: {},
  bodyBytes: 1000,
  holds: () => true,
  call: () => callOf(image),
  tokensAtLeast: () => 0,
  ...more,
});

describe("a call that brings media", () => {
  it("is refused where its model is known not to take them, and told by whom", () => {
    const misfit = misfitOf(fitting({ abilities: inputs("text") }));
    expect(misfit?.code).toBe("unsupported_content");
    expect(misfit?.publicMessage).toBe("The model `m` does not take images, only text (operator).");
  });

  it.for<{ name: string; more: Partial<FittingCall> }>([
    { name: "nothing is known of the model", more: { abilities: {} } },
    { name: "the model takes them", more: { abilities: inputs("text", "image") } },
    {
      name: "only a word of the text looks like them",
      more: { call: () => callOf({ kind: "text", text: '"image"' }) },
    },
    { name: "the body cannot be read here", more: { call: () => undefined } },
    { name: "no mark of them stands in the body", more: { holds: () => false } },
    {
      name: "the document is plain text",
      more: { call: () => callOf({ kind: "document", source: { kind: "text", text: "a" } }) },
    },
  ])("passes when $name", ({ more }) => {
    expect(misfitOf(fitting({ abilities: inputs("text"), ...more }))).toBeUndefined();
  });

  it("is found inside the result of a tool", () => {
    const result: Part = { kind: "tool-result", callId: "c", isError: false, content: [image] };
    expect(misfitOf(fitting({ abilities: inputs("text"), call: () => callOf(result) }))?.code).toBe(
      "unsupported_content",
    );
  });
});

describe("a call that is too long", () => {
  const long = { bodyBytes: 100_000, holds: () => false, abilities: context(1000) };
  it("is refused by the least that its tokens can be", () => {
    const misfit = misfitOf(fitting({ ...long, tokensAtLeast: () => 1001 }));
    expect(misfit?.code).toBe("context_length_exceeded");
    expect(misfit?.publicMessage).toContain("at least 1001 tokens");
    expect(misfit?.publicMessage).toContain("takes 1000, its answer included (built in, 2026-11)");
  });

  it.for<{ name: string; more: Partial<FittingCall> }>([
    { name: "it may fit", more: { tokensAtLeast: () => 1000 } },
    { name: "its bytes are few", more: { bodyBytes: 2000 } },
    { name: "its bytes may be those of an image", more: { holds: () => true } },
    { name: "the window is not known", more: { abilities: {} } },
    {
      name: "the window is told by a list of something else",
      more: {
        abilities: { contextTokens: { value: 1000, source: "a price list", asOf: null, isRough: true } },
      },
    },
  ])("passes when $name", ({ more }) => {
    expect(misfitOf(fitting({ ...long, tokensAtLeast: () => 1001, ...more }))).toBeUndefined();
  });
});
