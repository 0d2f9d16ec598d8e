import { describe, expect, it } from "vitest";
import { assemble, bytesOf, chunkOf, decoded, events, framesOf } from "./fixtures.test-support.ts";
import { gemini } from "./index.ts";

const stop = { finishReason: "STOP" };
const usage = (prompt: number, candidates: number) => ({
  usageMetadata: {
    promptTokenCount: prompt,
    candidatesTokenCount: candidates,
    totalTokenCount: prompt + candidates,
  },
});

describe("decodeStream", () => {
  it("gives text as it comes, the finish and the last usage at the end", () => {
    const parts = decoded(
      events(chunkOf([{ text: "He" }], {}, usage(3, 1)), chunkOf([{ text: "llo" }], stop, usage(3, 2))),
    );
    const told = (basis: string, total: number) => ({
      kind: "usage",
      usage: { basis, input: { total: 3 }, output: { total } },
    });
    expect(parts).toMatchObject([
      { kind: "start", answerId: "r1", model: "gemini-3-pro" },
      { kind: "text-start", part: 0 },
      { kind: "text-delta", part: 0, text: "He" },
      told("partial", 1),
      { kind: "text-delta", part: 0, text: "llo" },
      told("partial", 2),
      { kind: "text-end", part: 0 },
      told("reported", 2),
      { kind: "finish", finish: { reason: "stop", raw: "STOP" } },
    ]);
  });

  it("rule 37: opens no block for empty text", () => {
    const parts = decoded(
      events(
        chunkOf([{ text: "" }]),
        chunkOf([{ functionCall: { name: "f" } }]),
        chunkOf([{ text: "" }], stop),
      ),
    );
    expect(parts.map(({ kind }) => kind)).toEqual(["start", "tool-input-start", "tool-input-end", "finish"]);
  });

  it("starts a new block when text turns into thoughts and back", () => {
    const parts = decoded(
      events(
        chunkOf([{ text: "a", thought: true }]),
        chunkOf([{ text: "b", thought: true }, { text: "c" }]),
        chunkOf([{ text: "d", thought: true }], stop),
      ),
    );
    expect(assemble(parts)).toMatchObject([
      { kind: "reasoning", text: "ab", isSummary: true },
      { kind: "text", text: "c" },
      { kind: "reasoning", text: "d" },
    ]);
  });

  it("rule 11: a signature on a trailing empty text seals the text before it, one after calls stands alone", () => {
    const seal = { origin: "gemini-generate", value: "s" };
    const signed = { text: "", thoughtSignature: "s" };
    const text = decoded(events(chunkOf([{ text: "a" }]), chunkOf([signed], stop)));
    expect(assemble(text)).toEqual([{ kind: "text", text: "a", seal }]);
    const afterCall = decoded(
      events(chunkOf([{ functionCall: { name: "f", id: "x" } }]), chunkOf([signed], stop)),
    );
    expect(assemble(afterCall)).toMatchObject([{ kind: "tool-call" }, { kind: "text", text: "", seal }]);
    const two = decoded(
      events(chunkOf([{ text: "a", thoughtSignature: "s" }]), chunkOf([{ text: "b" }], stop)),
    );
    expect(assemble(two)).toEqual([
      { kind: "text", text: "a", seal },
      { kind: "text", text: "b" },
    ]);
  });

  it("rule 11: the signature of a call is known before its arguments", () => {
    const call = { functionCall: { name: "f", args: { a: 1 } }, thoughtSignature: "s" };
    expect(decoded(events(chunkOf([call], stop)))[1]).toMatchObject({
      kind: "tool-input-start",
      name: "f",
      seal: { origin: "gemini-generate", value: "s" },
    });
  });

  it("rule 32: parallel calls that come one a chunk are calls of their own, with ids of their own", () => {
    const chunks = ["Boston", "Delhi"].map((city) =>
      chunkOf([{ functionCall: { name: "weather", args: { city } } }]),
    );
    const parts = assemble(decoded(events(...chunks, chunkOf([{ text: "" }], stop))));
    expect(parts).toMatchObject([
      { kind: "tool-call", name: "weather", argumentsText: '{"city":"Boston"}' },
      { kind: "tool-call", name: "weather", argumentsText: '{"city":"Delhi"}' },
    ]);
    const whole = gemini.decodeAnswer(
      bytesOf(
        chunkOf(
          ["Boston", "Delhi"].map((city) => ({ functionCall: { name: "weather", args: { city } } })),
          stop,
        ),
      ),
    );
    expect(whole).toMatchObject({ answer: { parts } });
  });

  it("rule 45: remembers calls of earlier chunks when STOP comes", () => {
    const parts = decoded(events(chunkOf([{ functionCall: { name: "f" } }]), chunkOf([{ text: "" }], stop)));
    expect(parts.at(-1)).toEqual({ kind: "finish", finish: { reason: "tool-calls", raw: "STOP" } });
  });

  it("gives arguments in pieces as they come, and closes a call whose end was not told", () => {
    const piece = (stringValue: string, willContinue: boolean) => ({
      functionCall: { partialArgs: [{ jsonPath: "$.a", stringValue, willContinue }], willContinue: true },
    });
    const parts = decoded(
      events(
        chunkOf([{ functionCall: { name: "f", willContinue: true }, thoughtSignature: "s" }]),
        chunkOf([piece("x", true)]),
        chunkOf([piece("y", false)]),
        chunkOf([{ functionCall: { name: "g", partialArgs: [{ jsonPath: "$.n", numberValue: 1 }] } }]),
        chunkOf([{ functionCall: { name: "h", willContinue: true } }]),
        chunkOf([], stop),
      ),
    );
    expect(assemble(parts)).toMatchObject([
      { name: "f", argumentsText: '{"a":"xy"}', seal: { value: "s" } },
      { name: "g", argumentsText: '{"n":1}' },
      { name: "h", argumentsText: "" },
    ]);
    expect(parts.filter(({ kind }) => kind === "tool-input-end")).toHaveLength(3);
  });

  it("fails for arguments that cannot be put together", () => {
    const back = ["$.a.x", "$.b", "$.a.y"].map((jsonPath) => ({ jsonPath, numberValue: 1 }));
    const parts = decoded(events(chunkOf([{ functionCall: { name: "f", partialArgs: back } }], stop)));
    expect(parts.at(-1)).toMatchObject({ kind: "error", failure: { code: "upstream_malformed_response" } });
  });

  it("gives pictures and parts of unknown kinds whole", () => {
    const image = { inlineData: { mimeType: "image/png", data: "QQ==" } };
    const code = { executableCode: { code: "1" } };
    expect(
      assemble(decoded(events(chunkOf([{ text: "a" }, image, code, { text: "b" }], stop)))),
    ).toMatchObject([
      { kind: "text", text: "a" },
      { kind: "image", mediaType: "image/png" },
      { kind: "opaque", type: "executableCode", raw: { text: JSON.stringify(code) } },
      { kind: "text", text: "b" },
    ]);
  });

  it("rule 47: usage may come before the answer, on every chunk, or after the finish; the last word counts", () => {
    const early = { usageMetadata: { promptTokenCount: 10, totalTokenCount: 10 } };
    const late = { usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 2, totalTokenCount: 11 } };
    const parts = decoded(events(early, chunkOf([{ text: "a" }]), chunkOf([], stop), late));
    expect(parts[0]?.kind).toBe("start");
    expect(parts.slice(-2)).toMatchObject([
      { kind: "usage", usage: { input: { total: 9 }, output: { total: 2 }, basis: "reported" } },
      { kind: "finish" },
    ]);
  });

  it("ends in content-filter when the prompt is blocked", () => {
    const blocked = { promptFeedback: { blockReason: "SAFETY" }, modelVersion: "m", responseId: "r" };
    expect(decoded(events(blocked))).toEqual([
      { kind: "start", answerId: "r", model: "m" },
      { kind: "finish", finish: { reason: "content-filter", raw: "SAFETY" } },
    ]);
  });

  it("fails for a finish that tells of a breakdown, after what was said", () => {
    const parts = decoded(
      events(chunkOf([{ text: "a" }]), chunkOf([], { finishReason: "MALFORMED_FUNCTION_CALL" })),
    );
    expect(parts.slice(-2)).toMatchObject([
      { kind: "text-delta", text: "a" },
      {
        kind: "error",
        failure: { code: "upstream_malformed_response", message: "finishReason MALFORMED_FUNCTION_CALL" },
      },
    ]);
  });

  it("rule 48: a stream of nothing, or one that was cut, is broken", () => {
    for (const frames of [[], events(usage(1, 0)), events(chunkOf([{ text: "a" }]))]) {
      expect(decoded(frames).at(-1)).toMatchObject({
        kind: "error",
        failure: { code: "upstream_stream_broken" },
      });
    }
  });

  it("fails for a frame that is no chunk, and says nothing more", () => {
    const decoder = gemini.decodeStream();
    const [frame] = framesOf({ form: "sse", body: Buffer.from("data: [1]\n\n") });
    const [comment] = framesOf({ form: "sse", body: Buffer.from(": x\n\n") });
    if (frame === undefined || comment === undefined) throw new Error("no frame");
    expect(decoder.push(comment)).toEqual([]);
    expect(decoder.push(frame)).toMatchObject([
      { kind: "error", failure: { code: "upstream_malformed_response" } },
    ]);
    expect([...events(chunkOf([{ text: "a" }], stop)).flatMap(decoder.push), ...decoder.end()]).toEqual([]);
  });

  it("reads only the first candidate", () => {
    const second = { index: 1, content: { parts: [{ text: "b" }] }, finishReason: "MAX_TOKENS" };
    const first = { index: 0, content: { parts: [{ text: "a" }] }, finishReason: "STOP" };
    const parts = decoded(events({ candidates: [second, first], responseId: "r" }));
    expect(assemble(parts)).toEqual([{ kind: "text", text: "a" }]);
    expect(parts.at(-1)).toMatchObject({ finish: { reason: "stop" } });
  });
});
