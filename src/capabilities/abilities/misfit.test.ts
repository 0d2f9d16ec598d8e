import { describe, expect, it } from "vitest";
import type { KnownAbilities, Medium } from "../../exchange/abilities.ts";
import type { Call } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import { misfitOf } from "./misfit.ts";
import { type CallInBytes, needsOf } from "./needs.ts";

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
type Fitting = CallInBytes & { readonly abilities: KnownAbilities };
/** What a model of these abilities is held against. */
function misfit({ abilities = {}, ...more }: Partial<Fitting>) {
  const needs = needsOf({
    bodyBytes: 1000,
    holds: () => true,
    call: () => callOf(image),
    tokensAtLeast: () => 0,
    ...more,
  });
  return misfitOf({ provider: "p", model: "m", abilities }, needs);
}

describe("a call that brings media", () => {
  it("is refused where its model is known not to take them, and told by whom", () => {
    const found = misfit({ abilities: inputs("text") });
    expect(found).toMatchObject({ by: "abilities", detail: "does not take images, only text (operator)" });
    expect(found?.error.code).toBe("unsupported_content");
    expect(found?.error.publicMessage).toBe("The model `m` does not take images, only text (operator).");
  });

  it.for<{ name: string; more: Partial<Fitting> }>([
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
    expect(misfit({ abilities: inputs("text"), ...more })).toBeUndefined();
  });

  it("is found inside the result of a tool", () => {
    const result: Part = { kind: "tool-result", callId: "c", isError: false, content: [image] };
    expect(misfit({ abilities: inputs("text"), call: () => callOf(result) })?.error.code).toBe(
      "unsupported_content",
    );
  });
});

describe("a call that is too long", () => {
  const long = { bodyBytes: 100_000, holds: () => false, abilities: context(1000) };
  it("is refused by the least that its tokens can be", () => {
    const found = misfit({ ...long, tokensAtLeast: () => 1001 });
    expect(found?.by).toBe("context_window");
    expect(found?.error.code).toBe("context_length_exceeded");
    expect(found?.error.publicMessage).toContain("at least 1001 tokens");
    expect(found?.error.publicMessage).toContain("takes 1000, its answer included (built in, 2026-11)");
  });

  it.for<{ name: string; more: Partial<Fitting> }>([
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
    expect(misfit({ ...long, tokensAtLeast: () => 1001, ...more })).toBeUndefined();
  });
});

describe("a call that asks for tools or for a form", () => {
  const lacks = (name: "tools" | "schema", isRough = false): KnownAbilities => ({
    [name]: { value: false, source: "operator", asOf: null, isRough },
  });
  const tool = { kind: "function", name: "f" } as const;
  const withTools: Call = { ...callOf(), tools: [tool] };
  const withSchema: Call = {
    ...callOf(),
    output: { kind: "schema", name: "s", schema: {}, strict: true },
  };

  it.for<{ name: string; more: Partial<Fitting>; param: string | undefined }>([
    { name: "tools", more: { abilities: lacks("tools"), call: () => withTools }, param: "tools" },
    {
      name: "a schema",
      more: { abilities: lacks("schema"), call: () => withSchema },
      param: "response_format",
    },
    {
      name: "tools that must not be called",
      more: { abilities: lacks("tools"), call: () => ({ ...withTools, toolChoice: { kind: "none" } }) },
      param: undefined,
    },
    {
      name: "JSON of any form",
      more: { abilities: lacks("schema"), call: () => ({ ...callOf(), output: { kind: "json" } }) },
      param: undefined,
    },
    {
      name: "tools that the body does not have",
      more: { abilities: lacks("tools"), call: () => withTools, holds: () => false },
      param: undefined,
    },
    {
      name: "tools that a price list says are not called",
      more: { abilities: lacks("tools", true), call: () => withTools },
      param: undefined,
    },
  ])("is held against the model: $name", ({ more, param }) => {
    const found = misfit(more);
    expect(found?.error.facts.param).toBe(param);
    if (param !== undefined)
      expect([found?.by, found?.error.code]).toEqual(["abilities", "unsupported_parameter"]);
  });
});

describe("the needs of a call", () => {
  it("are looked for once, however many models are held against them, and only where one may lack them", () => {
    let searches = 0;
    let reads = 0;
    const needs = needsOf({
      bodyBytes: 10,
      holds: () => {
        searches += 1;
        return true;
      },
      call: () => {
        reads += 1;
        return callOf();
      },
      tokensAtLeast: () => 0,
    });
    const model = { provider: "p", model: "m" };
    misfitOf({ ...model, abilities: {} }, needs);
    misfitOf({ ...model, abilities: inputs("text", "image", "audio", "video", "document") }, needs);
    expect([searches, reads]).toEqual([0, 0]);
    for (let count = 0; count < 10; count += 1) misfitOf({ ...model, abilities: inputs("text") }, needs);
    expect([searches, reads]).toEqual([1, 1]);
  });
});
