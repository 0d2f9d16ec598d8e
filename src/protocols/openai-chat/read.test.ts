import { describe, expect, it } from "vitest";
import { readChat } from "./read.ts";

const read = (text: string) => readChat(new TextEncoder().encode(text));

const factsOf = (text: string) => {
  const reading = read(text);
  return reading.kind === "facts" ? reading.facts : expect.fail("no facts");
};

describe("readChat", () => {
  it("reads the routing facts and keeps the stream options as text", () => {
    const body =
      '{"model":"gpt-5","stream":true,"stream_options":{"include_obfuscation": false},"max_tokens":7,"messages":[]}';
    expect(read(body)).toEqual({
      kind: "facts",
      facts: {
        model: "gpt-5",
        isStream: true,
        wantsUsage: false,
        streamOptions: '{"include_obfuscation": false}',
        outputTokensMax: 7,
      },
    });
  });

  it("takes null for a member that is not set, and the newer limit before the older", () => {
    const body =
      '{"model":"a","messages":[],"stream":null,"stream_options":null,"max_tokens":1,"max_completion_tokens":2}';
    expect(read(body)).toEqual({
      kind: "facts",
      facts: { model: "a", isStream: false, wantsUsage: false, outputTokensMax: 2 },
    });
  });

  it.for([
    { name: "the larger of two limits", body: '"max_tokens":9000,"max_completion_tokens":1', limit: 9000 },
    { name: "no limit where one of them is below 0", body: '"max_tokens":-1000000', limit: undefined },
    {
      name: "no limit where one is below 0",
      body: '"max_tokens":-1,"max_completion_tokens":5',
      limit: undefined,
    },
    { name: "how many answers are wanted", body: '"max_tokens":5,"n":128', limit: 5, choices: 128 },
    { name: "one answer", body: '"max_tokens":5,"n":1', limit: 5 },
    { name: "no answers as one", body: '"max_tokens":5,"n":-7', limit: 5 },
  ])("reads what an answer may cost at most: $name", ({ body, limit, choices }) => {
    const { outputTokensMax, choices: wanted } = factsOf(`{"model":"a","messages":[],${body}}`);
    expect([outputTokensMax, wanted]).toEqual([limit, choices]);
  });

  it("sees that usage is wanted", () => {
    const body = '{"model":"a","messages":[],"stream":true,"stream_options":{"include_usage":true}}';
    expect(read(body)).toMatchObject({ facts: { wantsUsage: true } });
  });

  it.for([
    { body: "", path: "", expected: "a JSON object", got: "expected an object at line 1, column 1" },
    { body: "[]", path: "", expected: "a JSON object", got: "expected an object at line 1, column 1" },
    {
      body: '{"model":"a",\n "messages":[}',
      path: "",
      expected: "a JSON object",
      got: "expected a value or ] at line 2, column 14",
    },
    { body: '{"messages":[]}', path: "model", expected: "a model name", got: "nothing" },
    { body: '{"model":"","messages":[]}', path: "model", expected: "a model name", got: "an empty string" },
    { body: '{"model":7,"messages":[]}', path: "model", expected: "a model name", got: "a number" },
    { body: '{"model":"a"}', path: "messages", expected: "an array", got: "nothing" },
    { body: '{"model":"a","messages":"hi"}', path: "messages", expected: "an array", got: "a string" },
    { body: '{"model":"a","messages":{}}', path: "messages", expected: "an array", got: "an object" },
    {
      body: '{"model":"a","messages":[],"stream":"yes"}',
      path: "stream",
      expected: "a boolean",
      got: "a string",
    },
    {
      body: '{"model":"a","messages":[],"stream_options":true}',
      path: "stream_options",
      expected: "an object",
      got: "a boolean",
    },
    {
      body: '{"model":"a","messages":[],"stream_options":{"include_usage":1}}',
      path: "stream_options.include_usage",
      expected: "a boolean",
      got: "a number",
    },
    {
      body: '{"model":"a","messages":[],"max_tokens":"9"}',
      path: "max_tokens",
      expected: "a finite number",
      got: "a string",
    },
    {
      body: '{"model":"a","messages":[],"max_tokens":1e400}',
      path: "max_tokens",
      expected: "a finite number",
      got: "a number",
    },
    {
      body: '{"model":"a","messages":[],"mod\\u0065l":"b"}',
      path: "model",
      expected: "one member of this name",
      got: "two",
    },
  ])("refuses $body", ({ body, path, expected, got }) => {
    expect(read(body)).toEqual({ kind: "invalid", problems: [{ path, expected, got }] });
  });

  it("refuses bytes that are not UTF-8", () => {
    const body = new Uint8Array([
      ...new TextEncoder().encode('{"model":"a","messages":["'),
      0xff,
      0x22,
      0x5d,
      0x7d,
    ]);
    expect(readChat(body)).toEqual({
      kind: "invalid",
      problems: [{ path: "", expected: "UTF-8", got: "other bytes" }],
    });
  });

  it("reports every fault, not only the first", () => {
    expect(read('{"model":1,"messages":1,"stream":1}')).toMatchObject({
      problems: [{ path: "model" }, { path: "messages" }, { path: "stream" }],
    });
  });
});
