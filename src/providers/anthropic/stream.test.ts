import { describe, expect, it } from "vitest";
import type { StreamPart } from "../../exchange/part.ts";
import { eventsOf, framesOf } from "./fixtures.test-support.ts";
import { decodeStream } from "./stream.ts";
import { tapStream } from "./tap.ts";

const begin = (usage: object = { input_tokens: 5, output_tokens: 1 }) => ({
  type: "message_start",
  message: { id: "msg_1", model: "claude", usage },
});
const open = (index: number, block: object) => ({ type: "content_block_start", index, content_block: block });
const delta = (index: number, change: object) => ({ type: "content_block_delta", index, delta: change });
const close = (index: number) => ({ type: "content_block_stop", index });
const change = (reason: string | null, usage: object = { output_tokens: 9 }) => ({
  type: "message_delta",
  delta: { stop_reason: reason, stop_sequence: null },
  usage,
});
const stop = { type: "message_stop" };
const overloaded = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };

function read(...events: readonly object[]): readonly StreamPart[] {
  const decoder = decodeStream();
  return [...framesOf(eventsOf(...events)).flatMap(decoder.push), ...decoder.end()];
}
const kinds = (parts: readonly StreamPart[]) => parts.map(({ kind }) => kind);

describe("decodeStream", () => {
  it("tells the final usage and then the finish, last of all", () => {
    const parts = read(
      begin(),
      open(0, { type: "text", text: "" }),
      delta(0, { type: "text_delta", text: "a" }),
      close(0),
      change("end_turn"),
      stop,
    );
    expect(kinds(parts)).toEqual([
      "start",
      "usage",
      "text-start",
      "text-delta",
      "text-end",
      "usage",
      "finish",
    ]);
    expect(parts.at(-2)).toMatchObject({
      usage: { input: { total: 5 }, output: { total: 9 }, basis: "reported" },
    });
  });

  it("rule 47: takes the maximum of each counter over all frames, and adds nothing up", () => {
    const parts = read(
      begin({
        input_tokens: 43,
        cache_creation_input_tokens: 7,
        cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
        output_tokens: 1,
      }),
      change(null, { output_tokens: 8, input_tokens: 61 }),
      change("end_turn", {
        output_tokens: 6,
        cache_read_input_tokens: 2,
        output_tokens_details: { thinking_tokens: 3 },
      }),
      stop,
    );
    expect(parts.at(-2)).toMatchObject({
      usage: {
        input: { total: 70, uncached: 61, cacheRead: 2, cacheWrite5m: 3, cacheWrite1h: 4 },
        output: { total: 8, reasoning: 3 },
      },
    });
  });

  it("keeps the text of arguments, and gives those that came with the block", () => {
    const parts = read(
      begin(),
      open(0, { type: "tool_use", id: "a", name: "f", input: {} }),
      delta(0, { type: "input_json_delta", partial_json: "" }),
      delta(0, { type: "input_json_delta", partial_json: '{"n":90071' }),
      delta(0, { type: "input_json_delta", partial_json: "99254740993}" }),
      close(0),
      open(1, { type: "tool_use", id: "b", name: "g", input: {} }),
      close(1),
      open(2, { type: "tool_use", id: "c", name: "h", input: { x: 1 } }),
      close(2),
      change("tool_use"),
      stop,
    );
    const textOf = (number: number) =>
      parts
        .map((part) => (part.kind === "tool-input-delta" && part.part === number ? part.argumentsText : ""))
        .join("");
    expect([0, 1, 2].map(textOf)).toEqual(['{"n":9007199254740993}', "{}", '{"x":1}']);
  });

  it("reads an answer that comes whole in its first event", () => {
    const content = [{ type: "tool_use", id: "a", name: "f", input: { x: 1 } }];
    const parts = read(
      {
        type: "message_start",
        message: { id: "i", model: "m", content, stop_reason: "tool_use", usage: {} },
      },
      stop,
    );
    expect(parts.slice(2)).toMatchObject([
      { kind: "tool-input-start", part: 0, id: "a" },
      { kind: "tool-input-delta", argumentsText: '{"x":1}' },
      { kind: "tool-input-end" },
      { kind: "usage" },
      { kind: "finish", finish: { reason: "tool-calls" } },
    ]);
  });

  it("rule 8: keeps a signature without thinking", () => {
    const parts = read(
      begin(),
      open(0, { type: "thinking", thinking: "", signature: "" }),
      delta(0, { type: "signature_delta", signature: "s" }),
      close(0),
      change("end_turn"),
      stop,
    );
    expect(parts[3]).toEqual({
      kind: "reasoning-end",
      part: 0,
      seal: { origin: "anthropic-messages", value: "s" },
    });
  });

  it("tells a server tool's call in one piece, with the input that came after its start", () => {
    const parts = read(
      begin(),
      open(0, { type: "server_tool_use", id: "s", name: "web_search", input: {} }),
      delta(0, { type: "input_json_delta", partial_json: '{"q":1.0}' }),
      close(0),
      change("end_turn"),
      stop,
    );
    expect(parts[2]).toMatchObject({
      kind: "whole",
      value: {
        kind: "opaque",
        raw: { text: '{"type":"server_tool_use","id":"s","name":"web_search","input":{"q":1.0}}' },
      },
    });
  });

  it.for<{ name: string; events: readonly object[]; code: string }>([
    { name: "an error event", events: [begin(), overloaded], code: "upstream_overloaded" },
    {
      name: "an end without a stop reason",
      events: [begin(), open(0, { type: "text", text: "half" })],
      code: "upstream_stream_broken",
    },
    { name: "nothing at all", events: [], code: "upstream_stream_broken" },
    { name: "message_stop without a reason", events: [begin(), stop], code: "upstream_stream_broken" },
    {
      name: "a block before the message",
      events: [open(0, { type: "text" })],
      code: "upstream_malformed_response",
    },
    {
      name: "a second message inside the first",
      events: [begin(), { ...begin(), message: { id: "msg_2" } }],
      code: "upstream_malformed_response",
    },
  ])("rule 48: ends $name in one error", ({ events, code }) => {
    const parts = read(...events);
    expect(parts.at(-1)).toMatchObject({ kind: "error", failure: { code } });
    expect(parts.filter(({ kind }) => kind === "error" || kind === "finish").length).toBe(1);
  });

  it("takes a stream as whole whose stop reason was told, though its last frame was lost", () => {
    expect(kinds(read(begin(), change("end_turn")))).toEqual(["start", "usage", "usage", "finish"]);
  });

  it("ignores a repeated start of the same message, pings, and events that are newer than we are", () => {
    const parts = read(
      begin(),
      begin(),
      { type: "ping" },
      { type: "hologram" },
      change("end_turn"),
      stop,
      stop,
    );
    expect(kinds(parts)).toEqual(["start", "usage", "usage", "finish"]);
  });

  it("does not take data that is no JSON for an end", () => {
    const decoder = decodeStream();
    const [frame] = framesOf("event: message_start\ndata: {oops\n\n");
    expect(frame && decoder.push(frame)).toMatchObject([
      { kind: "error", failure: { code: "upstream_malformed_response" } },
    ]);
  });
});

describe("tapStream", () => {
  const roles = (events: string) => {
    const tap = tapStream();
    return { roles: framesOf(events).map(tap.push), tap };
  };

  it("tells content, silence and the end apart", () => {
    const events = `: comment\n\n${eventsOf(begin(), { type: "ping" }, open(0, { type: "text" }), delta(0, {}), close(0), change("end_turn"), stop)}`;
    const { roles: seen, tap } = roles(events);
    expect(seen).toEqual(["idle", "idle", "idle", "idle", "content", "content", "content", "end"]);
    expect(tap.isComplete()).toBe(true);
    expect(tap.tapped()).toMatchObject({
      model: "claude",
      finish: { reason: "stop" },
      usage: { output: { total: 9 }, basis: "reported" },
    });
  });

  it("has partial usage and no end while the stream goes on", () => {
    const { tap } = roles(eventsOf(begin(), open(0, { type: "text" })));
    expect(tap.isComplete()).toBe(false);
    expect(tap.tapped().usage).toMatchObject({ input: { total: 5 }, basis: "partial" });
    expect(tap.tapped().finish).toBeUndefined();
  });

  it("tells an error inside the stream", () => {
    const { roles: seen, tap } = roles(eventsOf(begin(), overloaded));
    expect(seen.at(-1)).toBe("error");
    expect(tap.failure()).toMatchObject({ code: "upstream_overloaded", status: 529 });
  });

  it("knows events whose name was lost by the beginning of their data", () => {
    const nameless = eventsOf(begin(), { type: "ping" }, change("end_turn"), stop).replaceAll(
      /^event: .*\n/gm,
      "",
    );
    const { roles: seen, tap } = roles(nameless);
    expect(seen).toEqual(["idle", "idle", "content", "end"]);
    expect(tap.tapped().finish?.reason).toBe("stop");
  });
});
