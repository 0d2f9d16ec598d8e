import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Turn } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import {
  assistant,
  inputOf,
  opaque,
  result,
  seal,
  text,
  thought,
  toolCall,
  user,
  written,
} from "./request.test-support.ts";

describe("input", () => {
  it("writes system text first, a single text as a string and several parts as a list", () => {
    const turns = [user(text("c"), text("d")), assistant(text("e"), text("f")), user(text("g"))];
    expect(written({ instructions: [text("a")], turns }).body).toEqual({
      model: "gpt-4o",
      input: [
        { type: "message", role: "system", content: "a" },
        {
          type: "message",
          role: "user",
          content: [
            { type: "input_text", text: "c" },
            { type: "input_text", text: "d" },
          ],
        },
        {
          type: "message",
          role: "assistant",
          content: [
            { type: "output_text", text: "e", annotations: [] },
            { type: "output_text", text: "f", annotations: [] },
          ],
        },
        { type: "message", role: "user", content: "g" },
      ],
      store: false,
    });
  });

  it("writes the instructions of a client of this dialect as such", () => {
    const { body } = written({ source: "openai-responses", instructions: [text("be kind")] });
    expect(body).toEqual({
      model: "gpt-4o",
      instructions: "be kind",
      input: [{ type: "message", role: "user", content: "hi" }],
    });
  });

  it("rule 22: keeps the roles system and developer; for models that reject both the text heads the first user turn", () => {
    const turns: readonly Turn[] = [user(text("a")), { role: "developer", parts: [text("b")] }];
    const call = { instructions: [text("s")], turns };
    expect(written(call).body.input.map(({ role }: Turn) => role)).toEqual(["system", "user", "developer"]);
    const old = written(call, "o1-mini");
    expect(old.body.input).toEqual([
      {
        type: "message",
        role: "user",
        content: [
          { type: "input_text", text: "s" },
          { type: "input_text", text: "a" },
        ],
      },
      { type: "message", role: "user", content: "b" },
    ]);
    expect(old.declared).toEqual(["changed system"]);
  });

  it("rules 2, 28, 36: gives results first; arguments keep their text, empty ones are {}", () => {
    const argumentsText = '{ "n": 9007199254740993 }';
    expect(
      inputOf(
        assistant(text("so"), toolCall("a", argumentsText), toolCall("b", "")),
        user(text("also"), result("b", text("one"), text("more")), result("a")),
      ),
    ).toEqual([
      {
        type: "message",
        role: "assistant",
        content: [{ type: "output_text", text: "so", annotations: [] }],
      },
      { type: "function_call", call_id: "a", name: "f", arguments: argumentsText },
      { type: "function_call", call_id: "b", name: "f", arguments: "{}" },
      {
        type: "function_call_output",
        call_id: "b",
        output: [
          { type: "input_text", text: "one" },
          { type: "input_text", text: "more" },
        ],
      },
      { type: "function_call_output", call_id: "a", output: "" },
      { type: "message", role: "user", content: "also" },
    ]);
  });

  it("rule 36: keeps cut arguments as they are", () => {
    expect(inputOf(assistant(toolCall("a", '{"b"')), user(result("a")))[0].arguments).toBe('{"b"');
  });

  it("rule 38: carries images and files of a result natively", () => {
    const image: Part = { kind: "image", source: { kind: "base64", data: "AA==" }, mediaType: "image/png" };
    const { body, declared } = written({ turns: [user(result("c", text("see"), image))] });
    expect(body.input).toEqual([
      {
        type: "function_call_output",
        call_id: "c",
        output: [
          { type: "input_text", text: "see" },
          { type: "input_image", detail: "auto", image_url: "data:image/png;base64,AA==" },
        ],
      },
    ]);
    expect(declared).toEqual([]);
  });

  it("rule 30: leaves blank text out, and messages that nothing is left of", () => {
    expect(inputOf(user(text(" "), text("a")), assistant(text("\n")), user(text("b")))).toEqual([
      { type: "message", role: "user", content: "a" },
      { type: "message", role: "user", content: "b" },
    ]);
  });

  it("rule 34: shortens call ids of more than 64 characters, a call's and its result's alike", () => {
    const id = "x".repeat(65);
    const [call, output] = inputOf(assistant(toolCall(id)), user(result(id)));
    expect(call.call_id).toMatch(/^call_[0-9A-Za-z]{22}$/);
    expect(output.call_id).toBe(call.call_id);
    for (const fitting of ["functions.f:0", "x".repeat(64)])
      expect(inputOf(assistant(toolCall(fitting)))[0].call_id).toBe(fitting);
  });

  it("rule 44: tells calls of custom tools and their results apart from functions", () => {
    const custom: Part = { kind: "tool-call", id: "a", name: "sh", argumentsText: "ls", isCustom: true };
    expect(inputOf(assistant(custom, toolCall("b")), user(result("a"), result("b")))).toMatchObject([
      { type: "custom_tool_call", call_id: "a", name: "sh", input: "ls" },
      { type: "function_call", call_id: "b" },
      { type: "custom_tool_call_output", call_id: "a" },
      { type: "function_call_output", call_id: "b" },
    ]);
    const byTool = written({
      tools: [{ kind: "custom", name: "sh" }],
      turns: [assistant(toolCall("a", "ls", "sh")), user(result("a"))],
    });
    expect(byTool.body.input).toMatchObject([
      { type: "custom_tool_call" },
      { type: "custom_tool_call_output" },
    ]);
  });

  it("gives refusals and its own annotations back", () => {
    const raw = { type: "url_citation", url: "u", start_index: 0, end_index: 1, title: "t" };
    const cited: Part = {
      kind: "text",
      text: "a",
      citations: [
        { raw, origin: "openai-responses" },
        { raw: {}, origin: "anthropic-messages" },
      ],
    };
    const { body, declared } = written({ turns: [assistant(cited, { kind: "refusal", text: "no" })] });
    expect(body.input[0].content).toEqual([
      { type: "output_text", text: "a", annotations: [raw] },
      { type: "refusal", refusal: "no" },
    ]);
    expect(declared).toEqual(["dropped citations"]);
  });

  it.for<{ name: string; part: Part; item: unknown }>([
    {
      name: "an image by URL",
      part: { kind: "image", source: { kind: "url", url: "u" }, detail: "low" },
      item: { type: "input_image", detail: "low", image_url: "u" },
    },
    {
      name: "an image by file id",
      part: { kind: "image", source: { kind: "file", id: "file-1" } },
      item: { type: "input_image", detail: "auto", file_id: "file-1" },
    },
    {
      name: "an inline PDF",
      part: { kind: "document", source: { kind: "base64", data: "AA==" }, mediaType: "application/pdf" },
      item: { type: "input_file", filename: "document.pdf", file_data: "data:application/pdf;base64,AA==" },
    },
    {
      name: "a document by URL",
      part: { kind: "document", source: { kind: "url", url: "u" } },
      item: { type: "input_file", file_url: "u" },
    },
    {
      name: "a document by file id",
      part: { kind: "document", source: { kind: "file", id: "file-1" }, title: "t" },
      item: { type: "input_file", file_id: "file-1", filename: "t" },
    },
    {
      name: "a text document",
      part: { kind: "document", source: { kind: "text", text: "b" }, title: "t" },
      item: { type: "input_text", text: "t\n\nb" },
    },
    {
      name: "content of this dialect that we do not know",
      part: opaque("input_x"),
      item: { type: "input_x", n: 1 },
    },
  ])("writes $name", ({ part, item }) => {
    expect(inputOf(user(text("a"), part))[0].content).toEqual([{ type: "input_text", text: "a" }, item]);
  });

  it("gives items of this dialect back as their text, in their place", () => {
    const turns = [
      user(text("a"), opaque("item_reference"), text("b")),
      assistant(opaque("web_search_call"), text("c")),
    ];
    const { body, text: raw } = written({ source: "openai-responses", turns });
    expect(body.input.map(({ type }: { readonly type: string }) => type)).toEqual([
      "message",
      "item_reference",
      "message",
      "web_search_call",
      "message",
    ]);
    expect(raw).toContain('{"type": "web_search_call", "n": 1.0}');
  });

  it("keeps the order of a client of its own dialect", () => {
    const turns = [user(text("a"), result("b", text("c")))];
    expect(written({ source: "openai-responses", turns }).body.input).toMatchObject([
      { type: "message" },
      { type: "function_call_output" },
    ]);
  });

  it("rule 5 and prefix stability: a conversation that grows keeps the bytes of what came before", () => {
    const words = fc.string().map(text);
    const call = fc
      .tuple(fc.string({ minLength: 1, maxLength: 80 }), fc.json())
      .map(([id, json]) => toolCall(id, json));
    const turn: fc.Arbitrary<Turn> = fc.oneof(
      fc
        .array(
          fc.oneof(
            words,
            call,
            fc.string().map((id) => thought(seal("e", id))),
          ),
          { maxLength: 3 },
        )
        .map((parts) => assistant(...parts, text("so"))),
      fc
        .array(
          fc.oneof(
            words,
            fc.string({ minLength: 1 }).map((id) => result(id, text("r"))),
          ),
          { maxLength: 3 },
        )
        .map((parts) => user(...parts)),
    );
    const prefixOf = (turns: readonly Turn[]): string => {
      const { text: body } = written({ instructions: [text("s")], turns });
      return body.slice(0, body.lastIndexOf('],"store":false}'));
    };
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 5 }), turn, (turns, next) => {
        const before = prefixOf(turns);
        expect(prefixOf(turns)).toBe(before);
        expect(prefixOf([...turns, next]).startsWith(before)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
