import { describe, expect, it } from "vitest";
import { advance, type ChatGrammar, chatGrammar, type Violation } from "./grammar.ts";

const chunk = (choices: readonly unknown[], members: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ id: "i", object: "chat.completion.chunk", created: 1, model: "m", choices, ...members });
const delta = (piece: unknown, finish: string | null = null, index = 0) => ({
  index,
  delta: piece,
  finish_reason: finish,
});
const role = chunk([delta({ role: "assistant", content: "" })]);
const text = chunk([delta({ content: "a" })]);
const stop = chunk([delta({}, "stop")]);
const usage = chunk([], { usage: { total_tokens: 1 } });
const call = (piece: unknown): string => chunk([delta({ tool_calls: [piece] })]);
const begin = call({ index: 0, id: "c", type: "function", function: { name: "f", arguments: "" } });
const error = '{"error":{"message":"m"}}';

function run(frames: readonly string[], wantsUsage?: boolean): string {
  let state: ChatGrammar | Violation = chatGrammar(wantsUsage);
  for (const frame of frames) {
    if ("kind" in state) return `${state.message}, and more`;
    state = advance(state, frame);
  }
  return "kind" in state ? state.message : state.phase;
}

describe("advance", () => {
  it.for([
    { name: "a plain answer", frames: [role, text, stop, "[DONE]"], wantsUsage: false },
    { name: "with usage", frames: [role, text, stop, usage, "[DONE]"], wantsUsage: true },
    {
      name: "with a call",
      frames: [role, begin, call({ index: 0, function: { arguments: "{}" } }), stop, "[DONE]"],
      wantsUsage: false,
    },
    {
      name: "with a call of a tool with free input",
      frames: [
        role,
        call({ index: 0, id: "c", type: "custom", custom: { name: "f", input: "" } }),
        call({ index: 0, custom: { input: "a" } }),
        stop,
        "[DONE]",
      ],
      wantsUsage: false,
    },
    {
      name: "with Azure's filter results first",
      frames: [chunk([], { id: "", prompt_filter_results: [] }), role, stop, "[DONE]"],
      wantsUsage: false,
    },
    {
      name: "of two choices",
      frames: [
        role,
        chunk([delta({ role: "assistant" }, null, 1)]),
        stop,
        chunk([delta({}, "stop", 1)]),
        "[DONE]",
      ],
      wantsUsage: false,
    },
  ])("takes an answer $name", ({ frames, wantsUsage }) => {
    expect(run(frames, wantsUsage)).toBe("end");
  });

  it("takes an error at any time", () => {
    for (const before of [[], [role], [role, stop]]) expect(run([...before, error])).toBe("failed");
  });

  it.for([
    { frames: [text], why: "a choice that begins without role" },
    { frames: [role, role], why: "a second role" },
    { frames: [role, stop, text], why: "a delta after the finish" },
    { frames: [role, "[DONE]"], why: "[DONE] while open" },
    { frames: ["[DONE]"], why: "[DONE] while start" },
    { frames: [role, stop, "[DONE]", text], why: "a frame after the end" },
    { frames: [error, "[DONE]"], why: "a frame after the failed" },
    { frames: [role, usage], why: "usage while open" },
    { frames: [role, chunk([delta({ content: "a" })], { id: "j" })], why: "id, created or model changed" },
    { frames: [role, chunk([])], why: "a chunk without choices and usage" },
    { frames: [role, "{}"], why: "a chunk without choices" },
    {
      frames: [role, call({ index: 0, id: "c", type: "function", custom: { name: "f", input: "" } })],
      why: "a tool call that begins incompletely",
    },
    { frames: [role, call({ index: 0, custom: {} })], why: "a tool call without arguments" },
    { frames: [role, "nonsense"], why: "data that is no JSON object" },
    { frames: [chunk([{ index: 0 }])], why: "a choice without delta" },
    { frames: [chunk([{ delta: {} }])], why: "a choice without index" },
    {
      frames: [chunk([delta({ role: "assistant" })], { object: "chat.completion" })],
      why: "an object that is no chunk",
    },
    {
      frames: [role, call({ index: 1, id: "c", type: "function", function: { name: "f", arguments: "" } })],
      why: "a tool index out of order",
    },
    {
      frames: [role, call({ index: 0, id: "c", type: "function", function: { name: "f", arguments: "{}" } })],
      why: "a tool call that begins incompletely",
    },
    {
      frames: [role, call({ index: 0, function: { arguments: "" } })],
      why: "a tool call that begins incompletely",
    },
    {
      frames: [role, begin, call({ index: 0, id: "c", function: { arguments: "{}" } })],
      why: "a tool call that is named twice",
    },
    {
      frames: [role, call({ index: 0, id: "c", type: "function", function: { name: "f" } })],
      why: "a tool call without arguments",
    },
  ])("refuses $why", ({ frames, why }) => {
    expect(run(frames)).toBe(why);
  });

  it("holds the usage chunk against what was asked", () => {
    expect(run([role, stop, usage], false)).toBe("usage that was not asked for");
    expect(run([role, stop, "[DONE]"], true)).toBe("[DONE] while finished");
  });
});
