import { describe, expect, it } from "vitest";
import type { Json } from "../../kernel/json.ts";
import { chunk, commentFrame, frameOf, framesOf } from "./frames.test-support.ts";
import { tapChatStream } from "./tap.ts";

const usage = { prompt_tokens: 3, completion_tokens: 2 };
const usageChunk = chunk({}, null, { choices: [], usage });

function run(data: readonly (Json | string)[], hidesUsage = false) {
  const tap = tapChatStream({ hidesUsage });
  return { tap, roles: framesOf(data).map((frame) => tap.push(frame)) };
}

describe("tapChatStream", () => {
  it("reads model, usage and finish, and calls the last frame the end", () => {
    const { tap, roles } = run([
      chunk({ role: "assistant" }),
      chunk({ content: "a" }),
      chunk({}, "length"),
      usageChunk,
      "[DONE]",
    ]);
    expect(roles).toEqual(["idle", "content", "content", "content", "end"]);
    expect(tap.tapped()).toMatchObject({
      model: "m",
      usage: { input: { total: 3 }, output: { total: 2 } },
      finish: { reason: "length", raw: "length" },
    });
    expect(tap.failure()).toBeUndefined();
  });

  it("hides only the usage chunk that the gateway caused", () => {
    const data = [chunk({ content: "a" }), chunk({}, "stop", { usage }), usageChunk, "[DONE]"];
    expect(run(data, true).roles).toEqual(["content", "content", "usage-only", "end"]);
    expect(
      run([chunk({}, null, { choices: [], prompt_filter_results: [] }), chunk({ content: "a" })], true).roles,
    ).toEqual(["idle", "content"]);
  });

  it("takes comments and empty data for idle", () => {
    const tap = tapChatStream({ hidesUsage: false });
    expect([tap.push(commentFrame), tap.push(frameOf(""))]).toEqual(["idle", "idle"]);
    expect(tap.isComplete()).toBe(false);
  });

  it.for([
    {
      name: "the first frame",
      before: [],
      frame: frameOf('{"error":{"message":"m","type":"server_error"}}'),
      code: "upstream_failed",
    },
    {
      name: "a later frame",
      before: [chunk({ content: "a" })],
      frame: frameOf('{"error": {"message": "m", "code": 429}}'),
      code: "upstream_rate_limited",
    },
    {
      name: "a named event",
      before: [chunk({ content: "a" })],
      frame: frameOf('{"message":"m","type":"overloaded"}', "error"),
      code: "upstream_overloaded",
    },
    {
      name: "a first frame that is no JSON",
      before: [],
      frame: frameOf("<html>"),
      code: "upstream_malformed_response",
    },
    {
      name: "a finish that tells of a breakdown",
      before: [],
      frame: frameOf(JSON.stringify(chunk({}, "error"))),
      code: "upstream_failed",
    },
  ])("rule 50: sees an error in $name", ({ before, frame, code }) => {
    const { tap } = run(before);
    expect(tap.push(frame)).toBe("error");
    expect(tap.failure()?.code).toBe(code);
    expect(tap.isComplete()).toBe(false);
  });

  it("takes no text of the model for an error, a finish or usage", () => {
    const content =
      'say {"error":{"message":"x"}} and "finish_reason":"stop" and "usage":{"prompt_tokens":1}';
    const { tap, roles } = run([chunk({ role: "assistant" }), chunk({ content })]);
    expect(roles).toEqual(["idle", "content"]);
    expect(tap.tapped()).toEqual({ model: "m" });
  });

  it("takes `error: null` for no error", () => {
    expect(
      run([chunk({}, null, { error: null }), chunk({ content: "a" }, null, { error: null })]).roles,
    ).toEqual(["idle", "content"]);
  });

  it("is whole when every choice it saw has its finish, or at [DONE]", () => {
    const second = (finish: string | null): Json =>
      chunk({}, null, { choices: [{ index: 1, delta: { content: "b" }, finish_reason: finish }] });
    expect(run([chunk({ content: "a" }), second(null), chunk({}, "stop")]).tap.isComplete()).toBe(false);
    expect(
      run([chunk({ content: "a" }), second(null), chunk({}, "stop"), second("stop")]).tap.isComplete(),
    ).toBe(true);
    expect(run([chunk({ content: "a" }), "[DONE]"]).tap.isComplete()).toBe(true);
    expect(run([chunk({ content: "a" })]).tap.isComplete()).toBe(false);
  });

  it("rule 45: reads stop next to calls as tool calls", () => {
    const call = chunk({
      tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
    });
    expect(run([call, chunk({}, "stop")]).tap.tapped().finish).toEqual({ reason: "tool-calls", raw: "stop" });
  });

  it("sees a refusal, and calls that come after text", () => {
    const { tap } = run([
      chunk({ role: "assistant", refusal: null }),
      chunk({ refusal: "no" }),
      chunk({}, "stop"),
    ]);
    expect(tap.tapped().finish).toEqual({ reason: "refusal", raw: "stop" });
    expect(
      run([chunk({ role: "assistant", refusal: "" }), chunk({}, "stop")]).tap.tapped().finish?.reason,
    ).toBe("stop");
  });

  it("reads frames with spaces between the tokens", () => {
    const spaced =
      '{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 3, "completion_tokens": 2}}';
    expect(run([chunk({ content: "a" }), spaced]).tap.tapped()).toMatchObject({
      usage: { input: { total: 3 } },
      finish: { reason: "stop" },
    });
  });
});
