import { describe, expect, it } from "vitest";
import type { FinishReason } from "../../exchange/finish.ts";
import { isoTime } from "../../kernel/units.ts";
import { bytesOf, chunkOf } from "./fixtures.test-support.ts";
import { gemini } from "./index.ts";

function answerOf(parts: readonly object[], candidate: object = {}, more: object = {}) {
  const decoding = gemini.decodeAnswer(bytesOf(chunkOf(parts, { finishReason: "STOP", ...candidate }, more)));
  if (decoding.kind !== "answer") throw new Error(decoding.failure.message);
  return decoding;
}
const partsOf = (...parts: readonly object[]) => answerOf(parts).answer.parts;
const own = (value: string) => ({ origin: "gemini-generate", value });

describe("the parts of a whole answer", () => {
  it("are text, thoughts as summaries, and calls", () => {
    expect(
      partsOf(
        { text: "hm", thought: true },
        { text: "a" },
        { functionCall: { id: "x", name: "f", args: { a: 1 } } },
      ),
    ).toEqual([
      { kind: "reasoning", text: "hm", isSummary: true, isRedacted: false },
      { kind: "text", text: "a" },
      { kind: "tool-call", id: "x", name: "f", argumentsText: '{"a":1}' },
    ]);
  });

  it("rule 11: keep their signatures: of calls, of texts, of thoughts; one on an empty text seals the text before", () => {
    expect(
      partsOf(
        { text: "hm", thought: true, thoughtSignature: "s1" },
        { text: "a" },
        { text: "", thoughtSignature: "s2" },
        { functionCall: { id: "x", name: "f" }, thoughtSignature: "s3" },
        { text: "", thoughtSignature: "s4" },
        { thoughtSignature: "s5" },
        { text: "" },
      ),
    ).toEqual([
      { kind: "reasoning", text: "hm", isSummary: true, isRedacted: false, seal: own("s1") },
      { kind: "text", text: "a", seal: own("s2") },
      { kind: "tool-call", id: "x", name: "f", argumentsText: "", seal: own("s3") },
      { kind: "text", text: "", seal: own("s4") },
      { kind: "text", text: "", seal: own("s5") },
    ]);
  });

  it("rule 02: keep the text of arguments and of parts of unknown kinds", () => {
    const body =
      '{"candidates":[{"content":{"parts":[{"functionCall":{"args":{ "n" : 9007199254740993, "x":1.0 },"name":"f"}},' +
      '{"executableCode": {"code":"1.0", "n": 1.0}}]},"finishReason":"STOP"}],"responseId":"r"}';
    expect(gemini.decodeAnswer(bytesOf(body))).toMatchObject({
      answer: {
        parts: [
          { kind: "tool-call", argumentsText: '{ "n" : 9007199254740993, "x":1.0 }' },
          {
            kind: "opaque",
            type: "executableCode",
            raw: { text: '{"executableCode": {"code":"1.0", "n": 1.0}}' },
          },
        ],
      },
    });
  });

  it("rule 32: calls without ids get ids of their own, the same on every reading", () => {
    const calls = [{ functionCall: { name: "f" } }, { text: "x" }, { functionCall: { name: "f" } }];
    const ids = partsOf(...calls).flatMap((part) => (part.kind === "tool-call" ? [part.id] : []));
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^call_[0-9A-Za-z]{22}$/);
    expect(partsOf(...calls).flatMap((part) => (part.kind === "tool-call" ? [part.id] : []))).toEqual(ids);
    const other = answerOf(calls, {}, { responseId: "r2" }).answer.parts;
    expect(other.flatMap((part) => (part.kind === "tool-call" ? [part.id] : []))).not.toContain(ids[0]);
  });

  it.for([
    { mimeType: "image/png", kind: "image" },
    { mimeType: "audio/wav", kind: "audio" },
    { mimeType: "video/mp4", kind: "video" },
    { mimeType: "application/pdf", kind: "document" },
  ])("are $kind by their type $mimeType", ({ mimeType, kind }) => {
    expect(partsOf({ inlineData: { mimeType, data: "QQ==" } })).toEqual([
      { kind, source: { kind: "base64", data: "QQ==" }, mediaType: mimeType },
    ]);
  });

  it("are opaque for a picture that was only thought of: it is not part of the answer", () => {
    expect(partsOf({ thought: true, inlineData: { mimeType: "image/png", data: "QQ==" } })).toMatchObject([
      { kind: "opaque" },
    ]);
  });

  it("declare a signature that has no place", () => {
    const { warnings } = answerOf([
      { inlineData: { mimeType: "image/png", data: "QQ==" }, thoughtSignature: "s" },
    ]);
    expect(warnings).toMatchObject([{ kind: "dropped", subject: "thoughtSignature" }]);
  });
});

describe("rule 46: the finish of an answer", () => {
  const word = (finishReason: unknown, parts: readonly object[] = [{ text: "a" }]) =>
    answerOf(parts, { finishReason }).answer.finish;
  it.for<[string, FinishReason]>([
    ["STOP", "stop"],
    ["MAX_TOKENS", "length"],
    ["CONTINUATION", "pause"],
    ["SAFETY", "content-filter"],
    ["RECITATION", "content-filter"],
    ["LANGUAGE", "content-filter"],
    ["BLOCKLIST", "content-filter"],
    ["PROHIBITED_CONTENT", "content-filter"],
    ["SPII", "content-filter"],
    ["MODEL_ARMOR", "content-filter"],
    ["JAILBREAK", "content-filter"],
    ["IMAGE_SAFETY", "content-filter"],
    ["IMAGE_PROHIBITED_CONTENT", "content-filter"],
    ["IMAGE_RECITATION", "content-filter"],
    ["IMAGE_OTHER", "content-filter"],
    ["NO_IMAGE", "other"],
    ["OTHER", "other"],
    ["FINISH_REASON_UNSPECIFIED", "other"],
    ["SOMETHING_NEW", "other"],
  ])("%s is %s", ([raw, reason]) => {
    expect(word(raw)).toEqual({ reason, raw });
  });

  it.for<[number, FinishReason, string]>([
    [1, "stop", "STOP"],
    [2, "length", "MAX_TOKENS"],
    [3, "content-filter", "SAFETY"],
    [5, "other", "OTHER"],
    [7, "content-filter", "7"],
    [10, "other", "10"],
  ])("may be told by number: %i is %s", ([number, reason, raw]) => {
    expect(word(number)).toEqual({ reason, raw });
  });

  it("rule 45: STOP next to calls is tool-calls; a cut answer stays cut", () => {
    const calls = [{ functionCall: { name: "f" } }];
    expect(word("STOP", calls)).toEqual({ reason: "tool-calls", raw: "STOP" });
    expect(word("MAX_TOKENS", calls)).toEqual({ reason: "length", raw: "MAX_TOKENS" });
  });

  it("rule 48: one that was not told is other", () => {
    expect(word(undefined)).toEqual({ reason: "other", raw: "" });
  });

  it.for(["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE"])(
    "%s is a failure, no finish",
    (finishReason) => {
      const body = bytesOf(chunkOf([], { finishReason, finishMessage: "print(f(" }));
      expect(gemini.decodeAnswer(body)).toEqual({
        kind: "failure",
        failure: {
          code: "upstream_malformed_response",
          status: 502,
          message: `finishReason ${finishReason}: print(f(`,
        },
      });
      expect(gemini.tapAnswer(body)).toBeUndefined();
    },
  );

  it("is content-filter for a prompt that was blocked", () => {
    const body = bytesOf({
      promptFeedback: { blockReason: "PROHIBITED_CONTENT" },
      usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 },
      modelVersion: "m",
      responseId: "r",
    });
    const finish = { reason: "content-filter", raw: "PROHIBITED_CONTENT" };
    expect(gemini.decodeAnswer(body)).toMatchObject({
      answer: { parts: [], finish, usage: { input: { total: 5 }, output: { total: 0 } } },
    });
    expect(gemini.tapAnswer(body)).toMatchObject({ model: "m", finish });
  });
});

describe("decodeAnswer", () => {
  it.for([
    "",
    "null",
    "[]",
    "{",
    "{}",
    '{"candidates":[]}',
    '{"candidates":[{"index":1}]}',
    '{"usageMetadata":{}}',
  ])("takes %s for no answer", (body) => {
    expect(gemini.decodeAnswer(bytesOf(body))).toMatchObject({
      kind: "failure",
      failure: { code: "upstream_malformed_response" },
    });
    expect(gemini.tapAnswer(bytesOf(body))).toBeUndefined();
  });

  it("refuses parts that are no objects", () => {
    const body = { candidates: [{ content: { parts: ["a"] }, finishReason: "STOP" }] };
    expect(gemini.decodeAnswer(bytesOf(body))).toMatchObject({ kind: "failure" });
  });

  it("takes a candidate without content", () => {
    const body = { candidates: [{ finishReason: "SAFETY", index: 0 }], modelVersion: "m" };
    expect(gemini.decodeAnswer(bytesOf(body))).toMatchObject({
      answer: { parts: [], finish: { reason: "content-filter" } },
    });
  });

  it("reads the first candidate, and declares the others and what else has no place", () => {
    const first = chunkOf([{ text: "a" }], {
      finishReason: "STOP",
      logprobsResult: {},
      urlContextMetadata: {},
      groundingMetadata: { searchEntryPoint: {} },
      continuationToken: "t",
    });
    const body = {
      ...first,
      candidates: [{ index: 1, content: { parts: [{ text: "b" }] } }, ...Object.values(first)[0]],
    };
    const decoding = gemini.decodeAnswer(bytesOf(body));
    expect(decoding).toMatchObject({ answer: { parts: [{ kind: "text", text: "a" }] } });
    expect(decoding.kind === "answer" && decoding.warnings.map(({ subject }) => subject)).toEqual([
      "candidates",
      "urlContextMetadata",
      "groundingMetadata.searchEntryPoint",
      "continuationToken",
    ]);
  });

  it.for([
    "2025-10-10T15:56:32.819932Z",
    "2024-02-29T00:00:00Z",
    "2000-12-31T23:59:59.5Z",
    "1969-12-31T23:59:59.999Z",
  ])("reads the time %s", (createTime) => {
    const { createdAt } = answerOf([], {}, { createTime }).answer;
    const [seconds, fraction = ""] = createTime.slice(0, -1).split(".");
    expect(createdAt === undefined ? undefined : isoTime(createdAt)).toBe(
      `${seconds}.${fraction.padEnd(3, "0").slice(0, 3)}Z`,
    );
  });

  it("has no time where Google tells none, or another form", () => {
    expect(answerOf([]).answer).not.toHaveProperty("createdAt");
    expect(answerOf([], {}, { createTime: "yesterday" }).answer).not.toHaveProperty("createdAt");
  });
});
