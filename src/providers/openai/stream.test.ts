import { describe, expect, it } from "vitest";
import type { Json } from "../../kernel/json.ts";
import { assemble, eventsOf, frameOf, framesOf, streamPartsOf } from "./fixtures.test-support.ts";
import {
  added,
  argumentsDelta,
  call,
  completed,
  created,
  delta,
  done,
  emptyMessage,
  event,
  message,
  partsOf,
  response,
  usage,
} from "./stream.test-support.ts";
import { decodeResponsesStream } from "./stream.ts";

describe("decodeResponsesStream", () => {
  it("tells the start with the first sign of the output, then the blocks, usage, finish", () => {
    const decoder = decodeResponsesStream();
    const push = (value: Json) => decoder.push(frameOf(JSON.stringify(value)));
    expect(push(created)).toEqual([]);
    expect(push(event("in_progress", { response: response() }))).toEqual([]);
    expect(push(added(0, emptyMessage("a")))).toEqual([
      { kind: "start", answerId: "resp_1", model: "m", createdAt: 2000 },
    ]);
    expect(push(delta("a", "h"))).toEqual([
      { kind: "text-start", part: 0 },
      { kind: "text-delta", part: 0, text: "h" },
    ]);
    expect(push(delta("a", "i"))).toEqual([{ kind: "text-delta", part: 0, text: "i" }]);
    expect(push(done(0, message("a", "hi")))).toEqual([{ kind: "text-end", part: 0 }]);
    expect(push(completed([message("a", "hi")]))).toEqual([
      {
        kind: "usage",
        usage: {
          input: { total: 3, uncached: 3 },
          output: { total: 2 },
          basis: "reported",
          raw: { text: JSON.stringify(usage) },
        },
      },
      { kind: "finish", finish: { reason: "stop", raw: "completed" } },
    ]);
    expect(decoder.end()).toEqual([]);
  });

  it.for<{ name: string; events: readonly Json[] }>([
    { name: "deltas", events: [added(0, emptyMessage("a")), delta("a", "hi"), done(0, message("a", "hi"))] },
    {
      name: "a whole text without deltas",
      events: [
        added(0, emptyMessage("a")),
        event("output_text.done", { item_id: "a", output_index: 0, content_index: 0, text: "hi" }),
      ],
    },
    { name: "an item that is only told when it is done", events: [done(0, message("a", "hi"))] },
    { name: "an item that never was done", events: [added(0, emptyMessage("a")), delta("a", "h")] },
    { name: "only the last event", events: [] },
    {
      name: "ids that change with every event",
      events: [added(0, emptyMessage("1")), delta("2", "h"), delta("3", "i"), done(0, message("4", "hi"))],
    },
    {
      name: "events without the item's id",
      events: [added(0, emptyMessage("a")), delta("", "hi"), done(0, message("a", "hi"))],
    },
    {
      name: "an item that is announced twice",
      events: [
        added(0, emptyMessage("a")),
        added(0, emptyMessage("a")),
        delta("a", "hi"),
        done(0, message("a", "hi")),
      ],
    },
  ])("puts a text together from $name", ({ events }) => {
    const parts = partsOf(created, ...events, completed([message("a", "hi")]));
    expect(assemble(parts)).toEqual([{ kind: "text", text: "hi" }]);
    expect(parts.at(-1)).toMatchObject({ kind: "finish", finish: { reason: "stop" } });
  });

  it("keeps what was said where the end tells otherwise", () => {
    const events = [added(0, emptyMessage("a")), delta("a", "hello"), done(0, message("a", "other words"))];
    const parts = partsOf(created, ...events, completed([message("a", "other words")]));
    expect(assemble(parts)).toEqual([{ kind: "text", text: "hello" }]);
  });

  it("knows an output that the last event does not repeat", () => {
    const parts = partsOf(
      created,
      added(0, call("a", "")),
      argumentsDelta("a", 0, "{}"),
      done(0, call("a", "{}")),
      completed([]),
    );
    expect(assemble(parts)).toMatchObject([{ kind: "tool-call", argumentsText: "{}" }]);
    expect(parts.at(-1)).toMatchObject({ finish: { reason: "tool-calls" } });
  });

  it("rule 33: keeps interleaved calls apart, by id where all have the same place", () => {
    for (const [first, second] of [
      [0, 1],
      [0, 0],
    ] as const) {
      const parts = partsOf(
        created,
        added(first, call("a", "")),
        added(second, call("b", "")),
        argumentsDelta("a", first, '{"x":'),
        argumentsDelta("b", second, "{"),
        argumentsDelta("a", first, "1}"),
        argumentsDelta("b", second, "}"),
        done(second, call("b", "{}")),
        done(first, call("a", '{"x":1}')),
        completed([call("a", '{"x":1}'), call("b", "{}")]),
      );
      expect(assemble(parts)).toMatchObject([
        { id: "call_a", argumentsText: '{"x":1}' },
        { id: "call_b", argumentsText: "{}" },
      ]);
    }
  });

  it("keeps items apart that all have the same place and are only told when they are done", () => {
    const parts = partsOf(created, done(0, call("a", "1")), done(0, call("b", "2")), completed([]));
    expect(assemble(parts)).toMatchObject([{ argumentsText: "1" }, { argumentsText: "2" }]);
  });

  it("rule 36: keeps the text of arguments, whether they come in pieces, with their start or with their end", () => {
    const text = '{ "n": 9007199254740993 }';
    const ways: readonly (readonly Json[])[] = [
      [
        added(0, call("a", "")),
        argumentsDelta("a", 0, text.slice(0, 5)),
        argumentsDelta("a", 0, text.slice(5)),
      ],
      [added(0, call("a", text)), done(0, call("a", text))],
      [
        added(0, call("a", "")),
        event("function_call_arguments.done", { item_id: "a", output_index: 0, arguments: text }),
      ],
      [added(0, call("a", "", { name: "" })), argumentsDelta("a", 0, text), done(0, call("a", text))],
    ];
    for (const way of ways) {
      expect(assemble(partsOf(created, ...way, completed([call("a", text)])))).toEqual([
        { kind: "tool-call", id: "call_a", name: "f", argumentsText: text },
      ]);
    }
  });

  it("reads calls of custom tools", () => {
    const custom = (input: string): Json => ({
      id: "c",
      type: "custom_tool_call",
      call_id: "x",
      name: "sh",
      input,
    });
    const parts = partsOf(
      created,
      added(0, custom("")),
      event("custom_tool_call_input.delta", { item_id: "c", output_index: 0, delta: "l" }),
      event("custom_tool_call_input.done", { item_id: "c", output_index: 0, input: "ls" }),
      done(0, custom("ls")),
      completed([custom("ls")]),
    );
    expect(assemble(parts)).toEqual([
      { kind: "tool-call", id: "x", name: "sh", argumentsText: "ls", isCustom: true },
    ]);
  });

  it("rule 12: seals a thought with what is told when it is done, its summaries a line apart", () => {
    const thought = (encrypted_content: string, summary: readonly Json[]): Json => ({
      id: "rs_1",
      type: "reasoning",
      encrypted_content,
      summary,
    });
    const say = (summary_index: number, words: string): Json =>
      event("reasoning_summary_text.delta", {
        item_id: "rs_1",
        output_index: 0,
        summary_index,
        delta: words,
      });
    const summaries = [{ text: "ab" }, { text: "c" }, { text: "d" }];
    const parts = partsOf(
      created,
      added(0, thought("early", [])),
      say(0, "a"),
      say(0, "b"),
      say(1, "c"),
      event("reasoning_summary_text.done", { item_id: "rs_1", output_index: 0, summary_index: 2, text: "d" }),
      done(0, thought("enc", summaries)),
      completed([thought("again", summaries)]),
    );
    expect(assemble(parts)).toEqual([
      {
        kind: "reasoning",
        text: "ab\n\nc\n\nd",
        isSummary: true,
        isRedacted: false,
        seal: { origin: "openai-responses", value: "enc", itemId: "rs_1" },
      },
    ]);
  });

  it("says a summary that was only told when it was done", () => {
    const bare: Json = { id: "rs_1", type: "reasoning", summary: [] };
    const place = { item_id: "rs_1", output_index: 0, summary_index: 0 };
    const parts = partsOf(
      created,
      added(0, bare),
      event("reasoning_summary_text.done", { ...place, text: "hm" }),
      done(0, bare),
      completed([bare]),
    );
    expect(assemble(parts)).toMatchObject([{ kind: "reasoning", text: "hm", isSummary: true }]);
  });

  it("tells a thought without words for the sake of its seal, and a shown one beside its summary", () => {
    const empty: Json = { id: "rs_1", type: "reasoning", summary: [] };
    const itsSeal = { origin: "openai-responses", value: "", itemId: "rs_1" } as const;
    for (const [value, isRedacted] of [
      ["", false],
      ["enc", true],
    ] as const) {
      const wordless: Json = { id: "rs_1", type: "reasoning", summary: [], encrypted_content: value };
      const whole = { kind: "reasoning", text: "", isRedacted, seal: { ...itsSeal, value } };
      expect(partsOf(created, added(0, empty), done(0, wordless), completed([wordless])).slice(1, 2)).toEqual(
        [{ kind: "whole", part: 0, value: whole }],
      );
    }
    const both: Json = { id: "rs_1", type: "reasoning", summary: [{ text: "s" }], content: [{ text: "t" }] };
    const parts = partsOf(
      created,
      added(0, empty),
      event("reasoning_text.delta", { item_id: "rs_1", output_index: 0, content_index: 0, delta: "t" }),
      done(0, both),
      completed([both]),
    );
    expect(assemble(parts)).toEqual([
      {
        kind: "reasoning",
        text: "t",
        isRedacted: false,
        seal: { origin: "openai-responses", value: "", itemId: "rs_1" },
      },
      { kind: "reasoning", text: "s", isSummary: true, isRedacted: false },
    ]);
  });

  it("rule 43: tells citations inside their block, once, in UTF-16 offsets", () => {
    const first: Json = { type: "url_citation", url: "u", title: "t", start_index: 1, end_index: 2 };
    const second: Json = { type: "url_citation", url: "v", title: "w", start_index: 2, end_index: 3 };
    const parts = partsOf(
      created,
      added(0, emptyMessage("a")),
      delta("a", "😀b"),
      event("output_text.annotation.added", {
        item_id: "a",
        output_index: 0,
        content_index: 0,
        annotation: first,
      }),
      delta("a", "c"),
      done(0, message("a", "😀bc", [first, second])),
      completed([message("a", "😀bc", [first, second])]),
    );
    expect(assemble(parts)).toMatchObject([
      {
        text: "😀bc",
        citations: [
          { url: "u", start: 2, end: 3 },
          { url: "v", start: 3, end: 4 },
        ],
      },
    ]);
    expect(parts.filter(({ kind }) => kind === "citation")).toHaveLength(2);
  });

  it("tells items of other kinds whole, as their text", () => {
    const item = '{"type":"web_search_call", "id":"ws", "n":1.0}';
    const frames = framesOf(
      `data: ${JSON.stringify(created)}\n\n` +
        `data: {"type":"response.output_item.added","output_index":0,"item":{"type":"web_search_call","id":"ws"}}\n\n` +
        `data: {"type":"response.web_search_call.searching","output_index":0,"item_id":"ws"}\n\n` +
        `data: {"type":"response.output_item.done","output_index":0,"item":${item}}\n\n` +
        `data: ${JSON.stringify(completed([]))}\n\n`,
    );
    expect(assemble(streamPartsOf(frames))).toEqual([
      { kind: "opaque", type: "web_search_call", origin: "openai-responses", raw: { text: item } },
    ]);
  });

  it("reads a refusal", () => {
    const refusal: Json = { id: "a", type: "message", content: [{ type: "refusal", refusal: "no" }] };
    const parts = partsOf(
      created,
      added(0, emptyMessage("a")),
      event("refusal.delta", { item_id: "a", output_index: 0, content_index: 0, delta: "no" }),
      done(0, refusal),
      completed([refusal]),
    );
    expect(assemble(parts)).toEqual([{ kind: "refusal", text: "no" }]);
    expect(parts.at(-1)).toMatchObject({ finish: { reason: "refusal" } });
  });

  it("rule 52: takes heartbeats, comments, events it does not know and odd ones without a crash", () => {
    const parts = partsOf(
      { type: "keepalive", sequence_number: 1 },
      created,
      event("rate_limits.updated", { rate_limits: [] }),
      added(0, null),
      event("output_item.done", { output_index: 0 }),
      delta("nobody", "x", { output_index: 7 }),
      event("brand_new.delta", { output_index: 0, item_id: "a" }),
      completed([message("a", "hi")]),
    );
    expect(assemble(parts)).toEqual([{ kind: "text", text: "hi" }]);
  });

  it("rule 48: ends in an error when the last event is missing, open blocks left open", () => {
    const parts = partsOf(created, added(0, call("a", "")), argumentsDelta("a", 0, '{"x'));
    expect(parts.map(({ kind }) => kind)).toEqual(["start", "tool-input-start", "tool-input-delta", "error"]);
    expect(parts.at(-1)).toMatchObject({ failure: { code: "upstream_stream_broken" } });
  });

  it("rule 48: ends with `other` at a [DONE] that stands for the last event", () => {
    const frames = [
      ...framesOf(eventsOf([created, added(0, emptyMessage("a")), delta("a", "hi")])),
      frameOf("[DONE]"),
    ];
    const parts = streamPartsOf(frames);
    expect(assemble(parts)).toEqual([{ kind: "text", text: "hi" }]);
    expect(parts.at(-1)).toEqual({ kind: "finish", finish: { reason: "other", raw: "" } });
  });

  it("takes the last event at its name, and nothing after it", () => {
    const incomplete = event("incomplete", {
      response: response({ output: [], incomplete_details: { reason: "max_output_tokens" } }),
    });
    const parts = streamPartsOf([
      ...framesOf(eventsOf([created, incomplete, delta("a", "x")])),
      frameOf("[DONE]"),
    ]);
    expect(parts).toEqual([
      { kind: "start", answerId: "resp_1", model: "m", createdAt: 2000 },
      { kind: "finish", finish: { reason: "length", raw: "max_output_tokens" } },
    ]);
  });
});
