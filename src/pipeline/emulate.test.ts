import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Answer } from "../exchange/answer.ts";
import type { Part, StreamPart } from "../exchange/part.ts";
import { emulateAnswer, emulateStream } from "./emulate.ts";

const finish = { reason: "stop", raw: "stop" } as const;
const answerOf = (...parts: readonly Part[]): Answer => ({ answerId: "a", model: "m", parts, finish });
const call = (name: string): Part => ({ kind: "tool-call", id: "c", name, argumentsText: "{}" });

/** What a client is told of a text that comes in these pieces. */
function streamed(pieces: readonly string[], stop: readonly string[]) {
  const emulator = emulateStream({ stop });
  const parts: readonly StreamPart[] = [
    { kind: "text-start", part: 0 },
    ...pieces.map((text): StreamPart => ({ kind: "text-delta", part: 0, text })),
    { kind: "text-end", part: 0 },
    { kind: "finish", finish },
  ];
  const told = parts.flatMap(emulator.push);
  return {
    text: told.map((part) => (part.kind === "text-delta" ? part.text : "")).join(""),
    kinds: told.map(({ kind }) => kind),
    finish: told.flatMap((part) => (part.kind === "finish" ? [part.finish] : [])),
    isOver: emulator.isOver(),
  };
}

describe("rule 24: stop sequences that the upstream has no word for", () => {
  it.for([
    { text: "one two three", stop: ["two"], told: "one ", hit: "two" },
    { text: "one two three", stop: ["three", "two"], told: "one ", hit: "two" },
    { text: "one two three", stop: ["four"], told: "one two three", hit: undefined },
    { text: "aaab", stop: ["aab"], told: "a", hit: "aab" },
    { text: "ends in a beginning: tw", stop: ["two"], told: "ends in a beginning: tw", hit: undefined },
  ])("cuts $text at $stop", ({ text, stop, told, hit }) => {
    const expected =
      hit === undefined ? finish : { reason: "stop-sequence", raw: "stop_sequence", stopSequence: hit };
    const whole = emulateAnswer(answerOf({ kind: "text", text }), { stop });
    expect(whole).toMatchObject({ answer: { parts: [{ text: told }], finish: expected } });
    expect(streamed([text], stop)).toMatchObject({
      text: told,
      finish: [expected],
      isOver: hit !== undefined,
    });
  });

  it("tells the same however the stream is cut, and ends its block before its finish", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 });
    const stops = fc.array(fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(letters, stops, fc.array(fc.nat(12), { maxLength: 6 }), (text, stop, cuts) => {
        const places = [
          0,
          ...cuts.map((cut) => Math.min(cut, text.length)).toSorted((a, b) => a - b),
          text.length,
        ];
        const pieces = places.slice(1).map((end, index) => text.slice(places[index], end));
        const told = streamed(pieces, stop);
        // Letter by letter, as a model says it: the first sequence that is whole ends it, the longest of several.
        const ends = Array.from({ length: text.length }, (_, index) => text.slice(0, index + 1));
        const said = ends.find((begun) => stop.some((sequence) => begun.endsWith(sequence)));
        const hits = stop.filter((sequence) => said?.endsWith(sequence));
        const cut = Math.max(0, ...hits.map((sequence) => sequence.length));
        expect(told.text).toBe(said === undefined ? text : said.slice(0, said.length - cut));
        expect(told.kinds.slice(-2)).toEqual(["text-end", "finish"]);
      }),
    );
  });

  it("keeps the citations of what is left", () => {
    const citation = (start: number, end: number) =>
      ({ start, end, raw: {}, origin: "cohere-chat" }) as const;
    const text: Part = { kind: "text", text: "one two three", citations: [citation(0, 3), citation(4, 7)] };
    expect(emulateAnswer(answerOf(text, call("f")), { stop: ["two"] })).toMatchObject({
      answer: { parts: [{ text: "one ", citations: [{ start: 0 }] }] },
    });
  });
});

describe("a choice among some of the tools that the upstream cannot be held to", () => {
  const toolsAmong = ["f", "g"];
  it("lets the named tools be called, and fails an answer that calls another", () => {
    expect(emulateAnswer(answerOf(call("f"), call("g")), { toolsAmong }).kind).toBe("answer");
    expect(emulateAnswer(answerOf(call("f"), call("h")), { toolsAmong })).toMatchObject({
      kind: "failure",
      failure: { code: "upstream_malformed_response", message: expect.stringContaining("`h`") },
    });
  });

  it.for<{ part: StreamPart }>([
    { part: { kind: "tool-input-start", part: 0, id: "c", name: "h" } },
    { part: { kind: "whole", part: 0, value: call("h") } },
  ])("in streams too ($part.kind)", ({ part }) => {
    expect(emulateStream({ toolsAmong }).push(part)).toMatchObject([{ kind: "error" }]);
    expect(emulateStream({ toolsAmong: ["h"] }).push(part)).toEqual([part]);
  });
});
