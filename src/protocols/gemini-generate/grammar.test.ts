import { describe, expect, it } from "vitest";
import {
  advance,
  advanceArray,
  type GeminiGrammar,
  geminiGrammar,
  isWhole,
  type Violation,
} from "./grammar.ts";

const chunk = (candidate: unknown, more: object = {}): string =>
  JSON.stringify({ candidates: [candidate], modelVersion: "m", responseId: "r", ...more });
const parts = (items: readonly unknown[], more: object = {}) => ({
  content: { parts: items, role: "model" },
  index: 0,
  ...more,
});
const text = chunk(parts([{ text: "a" }]));
const stop = chunk(parts([{ text: "" }], { finishReason: "STOP" }));
const calling = (call: object, more: object = {}): string => chunk(parts([{ functionCall: call }], more));
const usage = (counts: object): string => chunk(parts([{ text: "a" }]), { usageMetadata: counts });
const error = '{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}';

function run(frames: readonly string[], streamsArguments = false): string {
  let state: GeminiGrammar | Violation = geminiGrammar({ streamsArguments });
  for (const frame of frames) {
    if ("kind" in state) return `${state.message}, and more`;
    state = advance(state, frame);
  }
  if ("kind" in state) return state.message;
  return state.phase === "failed" ? "failed" : isWhole(state) ? "whole" : "open";
}

describe("advance", () => {
  it.for([
    { name: "a plain answer", frames: [text, text, stop], state: "whole" },
    { name: "an answer in one chunk", frames: [stop], state: "whole" },
    { name: "an answer that goes on", frames: [text], state: "open" },
    { name: "a whole call", frames: [calling({ name: "f", args: {} }), stop], state: "whole" },
    {
      name: "a call without args",
      frames: [calling({ name: "f" }, { finishReason: "STOP" })],
      state: "whole",
    },
    {
      name: "usage of its own",
      frames: [text, stop, '{"usageMetadata":{},"modelVersion":"m","responseId":"r"}'],
      state: "whole",
    },
    { name: "a refused prompt", frames: ['{"promptFeedback":{"blockReason":"SAFETY"}}'], state: "whole" },
    {
      name: "two candidates",
      frames: [text, chunk(parts([{ text: "b" }], { index: 1, finishReason: "STOP" })), stop],
      state: "whole",
    },
    {
      name: "one of two candidates",
      frames: [text, chunk(parts([], { index: 1, finishReason: "STOP" }))],
      state: "open",
    },
    {
      name: "content without parts",
      frames: [chunk({ content: { role: "model" }, finishReason: "MAX_TOKENS" })],
      state: "whole",
    },
    {
      name: "growing usage",
      frames: [usage({ candidatesTokenCount: 1 }), usage({}), usage({ candidatesTokenCount: 2 }), stop],
      state: "whole",
    },
    { name: "an error at once", frames: [error], state: "failed" },
    { name: "an error later", frames: [text, stop, error], state: "failed" },
  ])("takes $name", ({ frames, state }) => {
    expect(run(frames)).toBe(state);
  });

  const first = calling({ name: "f", willContinue: true });
  const piece = calling({ partialArgs: [{ jsonPath: "$.a", stringValue: "x" }], willContinue: true });
  const last = calling({ willContinue: false });
  it("takes arguments in pieces only from one who asked for them", () => {
    expect(run([first, piece, piece, last, stop], true)).toBe("whole");
    expect(run([first], false)).toBe("a call in pieces that was not asked for");
    expect(run([first, text], true)).toBe("another part while a call is open");
    expect(run([first, calling({ willContinue: true }, { finishReason: "STOP" })], true)).toBe(
      "a finish while a call is open",
    );
  });

  it.for([
    { frames: [stop, text], why: "a candidate goes on after its finish" },
    { frames: [stop, stop], why: "a candidate goes on after its finish" },
    { frames: [error, text], why: "a chunk after the error" },
    { frames: [text, "[DONE]"], why: "data that is no JSON object" },
    { frames: ["{}"], why: "a chunk that says nothing" },
    {
      frames: [text, chunk(parts([{ text: "a" }]), { responseId: "s" })],
      why: "modelVersion or responseId changed",
    },
    { frames: ['{"candidates":{}}'], why: "candidates that are no array" },
    { frames: [chunk("a")], why: "a candidate that is no object" },
    { frames: [chunk(parts([], { index: "0" }))], why: "an index that is no number" },
    { frames: [chunk({ content: { parts: {} } })], why: "content without a list of parts" },
    { frames: [chunk(parts([{}]))], why: "a part without data" },
    { frames: [chunk(parts([{ functionCall: "f" }]))], why: "a functionCall that is no object" },
    { frames: [calling({ args: {} })], why: "a call without a name" },
    { frames: [calling({ name: "f", args: "{}" })], why: "a call whose args are no object" },
    {
      frames: [usage({ candidatesTokenCount: 2 }), usage({ candidatesTokenCount: 1 })],
      why: "candidatesTokenCount went back",
    },
    { frames: [usage({ thoughtsTokenCount: "2" })], why: "thoughtsTokenCount that is no number" },
    { frames: [usage([])], why: "usageMetadata that is no object" },
    { frames: ['{"error":{"message":"m","status":"s"}}'], why: "an error without a code of 400-599" },
    {
      frames: ['{"error":{"code":200,"message":"m","status":"s"}}'],
      why: "an error without a code of 400-599",
    },
    { frames: ['{"error":{"code":500,"message":"m"}}'], why: "an error without message or status" },
    { frames: ['{"error":"no"}'], why: "an error without a code of 400-599" },
  ])("refuses $why", ({ frames, why }) => {
    expect(run(frames)).toBe(why);
  });
});

describe("advanceArray", () => {
  it.for([
    { name: "a whole array", array: `[${text},\n${stop}]`, expected: { phase: "open" } },
    { name: "an array that ends in an error", array: `[${text},${error}]`, expected: { phase: "failed" } },
  ])("takes $name", ({ array, expected }) => {
    expect(advanceArray(geminiGrammar(), array)).toMatchObject(expected);
  });

  it.for([
    { array: `[${text}`, message: "text that is no JSON array" },
    { array: `[${text}${stop}]`, message: "text that is no JSON array" },
    { array: text, message: "text that is no JSON array" },
    { array: "[]", message: "an array without chunks" },
    { array: `[${error},${text}]`, message: "a chunk after the error" },
  ])("refuses $message", ({ array, message }) => {
    expect(advanceArray(geminiGrammar(), array)).toEqual({ kind: "violation", message });
  });
});
