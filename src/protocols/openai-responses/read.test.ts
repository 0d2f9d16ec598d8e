import { describe, expect, it } from "vitest";
import { readFacts } from "./read.ts";

const read = (body: unknown) =>
  readFacts(new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)));

describe("readFacts", () => {
  it("finds what routing needs, and usage is always wanted", () => {
    expect(read({ model: "m", input: "hi", stream: true, max_output_tokens: 64 })).toEqual({
      kind: "facts",
      facts: { model: "m", isStream: true, wantsUsage: true, outputTokensMax: 64 },
    });
  });

  it("takes null for what was left out", () => {
    expect(read({ model: "m", input: [], stream: null, max_output_tokens: null })).toEqual({
      kind: "facts",
      facts: { model: "m", isStream: false, wantsUsage: true },
    });
  });

  it.for(["previous_response_id", "conversation", "prompt"])(
    "takes a request without input that has %s",
    (name) => {
      expect(read({ model: "m", [name]: "x" })).toMatchObject({ kind: "facts" });
      expect(read({ model: "m", [name]: null })).toMatchObject({ kind: "invalid" });
    },
  );

  it.for<{ name: string; body: unknown; path: string; expected: string; got: string }>([
    { name: "no model", body: { input: "" }, path: "model", expected: "a model name", got: "nothing" },
    {
      name: "an empty model",
      body: { model: "", input: "" },
      path: "model",
      expected: "a model name",
      got: "an empty string",
    },
    {
      name: "no input",
      body: { model: "m" },
      path: "input",
      expected: "a string or an array of items",
      got: "nothing",
    },
    {
      name: "an object as input",
      body: { model: "m", input: {} },
      path: "input",
      expected: "a string or an array of items",
      got: "an object",
    },
    {
      name: "a number as input",
      body: { model: "m", input: 7 },
      path: "input",
      expected: "a string or an array of items",
      got: "7",
    },
    {
      name: "a word as stream",
      body: { model: "m", input: "", stream: "yes" },
      path: "stream",
      expected: "true or false",
      got: 'the string "yes"',
    },
    {
      name: "an output limit of 0",
      body: { model: "m", input: "", max_output_tokens: 0 },
      path: "max_output_tokens",
      expected: "an integer of at least 1",
      got: "the number 0",
    },
    {
      name: "a doubled routing key",
      body: '{"model":"a","model":"b","input":""}',
      path: "model",
      expected: "one member of this name",
      got: "two",
    },
    {
      name: "what is no JSON",
      body: '{"model":"a",',
      path: "",
      expected: "a JSON object",
      got: "unexpected end at line 1, column 14",
    },
  ])("refuses $name", ({ body, path, expected, got }) => {
    expect(read(body)).toEqual({ kind: "invalid", problems: [{ path, expected, got }] });
  });

  it("refuses bytes that are not UTF-8", () => {
    const bytes = new TextEncoder().encode('{"model":"m","input":"a"}');
    bytes[22] = 0xff;
    expect(readFacts(bytes)).toEqual({
      kind: "invalid",
      problems: [{ path: "", expected: "UTF-8", got: "other bytes" }],
    });
  });
});
