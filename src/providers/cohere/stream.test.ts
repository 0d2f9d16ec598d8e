import { describe, expect, it } from "vitest";
import { cohere } from "./index.ts";
import { begun, ended, event, eventsOf, framesOf, partsOf, violations } from "./wire.test-support.ts";

const said = (text: string, index = 0) => event("content-delta", { content: { text } }, index);
const cited = (start: number, end: number, text: string, members: object = {}) =>
  event("citation-start", { citations: { start, end, text, sources: [], ...members } }, 0);
const startCall = (id: string, index: number) =>
  event("tool-call-start", { tool_calls: { id, function: { name: "f", arguments: "" } } }, index);
const argue = (text: string, index: number) =>
  event("tool-call-delta", { tool_calls: { function: { arguments: text } } }, index);

/** The kinds of parts, with their number where they have one. */
const kinds = (stream: string): readonly string[] =>
  partsOf(stream).map((part) => ("part" in part ? `${part.kind} ${part.part}` : part.kind));

describe("decodeStream", () => {
  it("reads text with its citations inside, before and after the end that Cohere tells", () => {
    const stream = eventsOf(
      begun,
      event("content-start", { content: { type: "text", text: "" } }, 0),
      said("The sky "),
      cited(4, 7, "sky"),
      event("citation-end", {}, 0),
      said("is blue."),
      event("content-end", {}, 0),
      cited(11, 15, "blue"),
      ended("COMPLETE"),
    );
    const parts = partsOf(stream);
    expect(violations(parts)).toEqual([]);
    expect(kinds(stream)).toEqual([
      "start",
      "text-start 0",
      "text-delta 0",
      "citation 0",
      "text-delta 0",
      "citation 0",
      "text-end 0",
      "finish",
    ]);
    expect(parts.filter((part) => part.kind === "citation")).toMatchObject([
      { citation: { start: 4, end: 7, origin: "cohere-chat" } },
      { citation: { start: 11, end: 15 } },
    ]);
  });

  it("keeps citations of a plan, and those outside any text, as opaque parts", () => {
    const ofPlan = { start: 0, end: 1, text: "I", type: "PLAN", sources: [] };
    const stream = eventsOf(
      begun,
      event("tool-plan-delta", { tool_plan: "I look." }),
      event("citation-start", { citations: ofPlan }, 0),
      ended("COMPLETE"),
    );
    expect(violations(partsOf(stream))).toEqual([]);
    expect(partsOf(stream)).toContainEqual({
      kind: "whole",
      part: 1,
      value: {
        kind: "opaque",
        type: "citation",
        origin: "cohere-chat",
        raw: { text: JSON.stringify(ofPlan) },
      },
    });
  });

  it("rule 37: opens no block for text that is empty, and closes one before the next opens", () => {
    expect(
      kinds(
        eventsOf(
          begun,
          event("content-start", { content: { type: "thinking", thinking: "" } }, 0),
          event("content-delta", { content: { thinking: "hm" } }, 0),
          event("content-end", {}, 0),
          event("content-start", { content: { type: "text", text: "" } }, 1),
          event("content-end", {}, 1),
          event("tool-plan-delta", { tool_plan: "plan" }),
          startCall("c", 0),
          event("tool-call-end", {}, 0),
          ended("TOOL_CALL"),
        ),
      ),
    ).toEqual([
      "start",
      "reasoning-start 0",
      "reasoning-delta 0",
      "reasoning-end 0",
      "reasoning-start 1",
      "reasoning-delta 1",
      "reasoning-end 1",
      "tool-input-start 2",
      "tool-input-end 2",
      "finish",
    ]);
  });

  it("rule 33: tells calls apart by their index, and a start with an index in use begins a new one", () => {
    const parts = partsOf(
      eventsOf(
        begun,
        startCall("a", 0),
        startCall("b", 1),
        argue('{"x"', 0),
        argue("{}", 1),
        argue(":1}", 0),
        startCall("c", 0),
        ended("TOOL_CALL"),
      ),
    );
    expect(violations(parts)).toEqual([]);
    expect(parts.filter((part) => part.kind === "tool-input-delta")).toMatchObject([
      { part: 0, argumentsText: '{"x"' },
      { part: 1, argumentsText: "{}" },
      { part: 0, argumentsText: ":1}" },
    ]);
    expect(parts.flatMap((part) => (part.kind === "tool-input-start" ? [part.id] : []))).toEqual([
      "a",
      "b",
      "c",
    ]);
  });

  it.for([
    { name: "null in one piece", pieces: ["null"], expected: [] },
    { name: "null in pieces", pieces: ["n", "ul", "l"], expected: [] },
    { name: "what only begins like null", pieces: ["nul", "lable"], expected: ["nullable"] },
    { name: "what was cut at the beginning of null", pieces: ["nu"], expected: ["nu"] },
    { name: "an object", pieces: ["{", "}"], expected: ["{", "}"] },
  ])("rule 36: reads arguments that are $name", ({ pieces, expected }) => {
    const events = pieces.map((piece) => argue(piece, 0));
    const parts = partsOf(eventsOf(begun, startCall("c", 0), ...events, ended("TOOL_CALL")));
    expect(parts.flatMap((part) => (part.kind === "tool-input-delta" ? [part.argumentsText] : []))).toEqual(
      expected,
    );
  });

  it("rules 5, 52: events it does not know, and pieces without a message, add nothing", () => {
    const stream = eventsOf(
      begun,
      { type: "debug", prompt: "secret" },
      { type: "weather-report", delta: {} },
      { type: "content-delta" },
      said("hi"),
      ended("COMPLETE"),
    );
    expect(kinds(stream)).toEqual(["start", "text-start 0", "text-delta 0", "text-end 0", "finish"]);
  });

  it("rule 48: ends in other where the server says it is done and tells no reason", () => {
    const parts = partsOf(eventsOf(begun, said("hi")));
    expect(parts.at(-1)).toEqual({ kind: "finish", finish: { reason: "other", raw: "" } });
    expect(violations(parts)).toEqual([]);
  });

  it("needs no [DONE] after its last event, and reads nothing after it", () => {
    const stream = eventsOf(begun, said("hi"), ended("COMPLETE"), said(" more"));
    expect(partsOf(stream)).toEqual(partsOf(eventsOf(begun, said("hi"), ended("COMPLETE"))));
    const cut = stream.slice(0, stream.indexOf("event: content-delta", stream.indexOf("message-end")));
    expect(partsOf(cut)).toEqual(partsOf(stream));
  });

  it.for([
    {
      name: "an end in ERROR, with its words",
      events: [ended("ERROR", { error: "the model crashed" })],
      failure: { code: "upstream_failed", status: 502, message: "the model crashed" },
    },
    { name: "an end in TIMEOUT", events: [ended("TIMEOUT")], failure: { code: "upstream_timeout" } },
    {
      name: "an end in an error without a known reason",
      events: [ended("", { error: "gone" })],
      failure: { code: "upstream_failed", message: "gone" },
    },
    {
      name: "a bare error",
      events: [{ id: "x", message: "too many tokens: size limit exceeded by 5 tokens." }],
      failure: { code: "context_length_exceeded", status: 400 },
    },
    {
      name: "an error event",
      events: [{ type: "error", error: { message: "overloaded", code: null } }],
      failure: { code: "upstream_overloaded", status: 503, message: "overloaded" },
    },
    {
      name: "an event without a type",
      events: [{ choices: [] }],
      failure: { code: "upstream_malformed_response" },
    },
  ])("rule 50: fails on $name, and so does the tap", ({ events, failure }) => {
    const stream = eventsOf(begun, said("hi"), ...events);
    expect(partsOf(stream).at(-1)).toMatchObject({ kind: "error", failure });
    expect(violations(partsOf(stream))).toEqual([]);

    const tap = cohere.tapStream({ hidesUsage: false });
    const roles = framesOf(stream).map((frame) => tap.push(frame));
    expect(roles.slice(0, 3)).toEqual(["content", "content", "error"]);
    expect(tap.failure()).toMatchObject(failure);
    expect(tap.isComplete()).toBe(false);
  });

  it("rule 50: fails on an event named error, whatever its data", () => {
    const stream = 'event: error\ndata: {"detail":"x"}\n\n';
    expect(partsOf(stream)).toMatchObject([{ kind: "error", failure: { code: "upstream_failed" } }]);
    const tap = cohere.tapStream({ hidesUsage: false });
    expect(framesOf(stream).map((frame) => tap.push(frame))).toEqual(["error"]);
  });

  it("fails on a frame that is no JSON, and so does the tap", () => {
    const stream = "data: {oops\n\n";
    expect(partsOf(stream)).toMatchObject([
      { kind: "error", failure: { code: "upstream_malformed_response" } },
    ]);
    const tap = cohere.tapStream({ hidesUsage: false });
    expect(framesOf(stream).map((frame) => tap.push(frame))).toEqual(["error"]);
  });
});

describe("tapStream", () => {
  it("tells comments from content, and reads members in any order", () => {
    const tap = cohere.tapStream({ hidesUsage: false });
    const stream = [
      ": ping\n\n",
      `data: ${JSON.stringify(begun)}\n\n`,
      `data: ${JSON.stringify({ delta: { message: { tool_calls: { id: "c".repeat(200) } } }, type: "tool-call-start" })}\n\n`,
      `data: ${JSON.stringify({ delta: { usage: { tokens: { output_tokens: 2 } }, x: "y".repeat(200), finish_reason: "COMPLETE" }, type: "message-end" })}\n\n`,
      "data: [DONE]\n\n",
    ].join("");
    expect(framesOf(stream).map((frame) => tap.push(frame))).toEqual([
      "idle",
      "content",
      "content",
      "content",
      "end",
    ]);
    expect(tap.tapped()).toMatchObject({
      usage: { output: { total: 2 } },
      finish: { reason: "tool-calls", raw: "COMPLETE" },
    });
    expect(tap.isComplete()).toBe(true);
  });

  it("does not take the model's words for events", () => {
    const tap = cohere.tapStream({ hidesUsage: false });
    const words = '{"type":"message-end","delta":{"finish_reason":"ERROR"}}';
    expect(framesOf(eventsOf(begun, said(words))).map((frame) => tap.push(frame))).toEqual([
      "content",
      "content",
      "end",
    ]);
    expect(tap.tapped().finish).toEqual({ reason: "other", raw: "" });
  });
});
