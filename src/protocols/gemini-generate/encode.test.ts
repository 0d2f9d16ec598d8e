import { describe, expect, it } from "vitest";
import type { Answer } from "../../exchange/answer.ts";
import type { AnswerContext } from "../../exchange/codec.ts";
import type { Finish, FinishReason } from "../../exchange/finish.ts";
import type { Part } from "../../exchange/part.ts";
import type { Usage } from "../../exchange/usage.ts";
import { RawJson } from "../../kernel/json.ts";
import { tokens } from "../../kernel/units.ts";
import {
  claude,
  contextOf,
  echoed,
  enveloped,
  gemini,
  grammarAfter,
  openai,
  type WireChunk,
  type WirePart,
} from "./answers.test-support.ts";
import { encodeAnswer } from "./encode.ts";

const answerOf = (parts: readonly Part[], more: Partial<Answer> = {}): Answer => ({
  answerId: "chatcmpl-1",
  model: "gpt",
  parts,
  finish: { reason: "stop", raw: "stop" },
  ...more,
});
function encoded(parts: readonly Part[], context: AnswerContext = contextOf()) {
  const { body, warnings } = encodeAnswer(answerOf(parts), context);
  const answer: WireChunk = JSON.parse(body);
  const wire: readonly WirePart[] = answer.candidates?.[0]?.content?.parts ?? [];
  return { body, wire, warnings };
}
const call = (argumentsText: string, id = "call_1"): Part => ({
  kind: "tool-call",
  id,
  name: "f",
  argumentsText,
});
const thought = (text: string, seal?: ReturnType<typeof claude>): Part => ({
  kind: "reasoning",
  text,
  isRedacted: false,
  ...(seal === undefined ? {} : { seal }),
});

describe("encodeAnswer", () => {
  it("rule 62: has the members of a native answer, in their order, and no others", () => {
    const usage: Usage = {
      input: { total: tokens(100), uncached: tokens(70), cacheRead: tokens(20), cacheWriteOther: tokens(10) },
      output: { total: tokens(7), reasoning: tokens(2) },
      basis: "reported",
      tier: "standard",
    };
    const { body } = encodeAnswer(answerOf([{ kind: "text", text: "hi" }], { usage }), contextOf());
    expect(body).toMatch(
      /^\{"candidates":\[\{"content":\{"parts":\[\{"text":"hi"\}\],"role":"model"\},"finishReason":"STOP","index":0\}\],"usageMetadata":\{"promptTokenCount":100,"candidatesTokenCount":5,"totalTokenCount":107,"cachedContentTokenCount":20,"thoughtsTokenCount":2,"serviceTier":"standard"\},"modelVersion":"gpt","responseId":"[0-9A-Za-z]{22}"\}$/,
    );
  });

  it("rule 62: an answer without parts, and one without usage, lack the members", () => {
    const { body } = encodeAnswer(answerOf([]), contextOf());
    const { responseId, ...rest }: WireChunk = JSON.parse(body);
    expect(responseId).toBeTypeOf("string");
    expect(rest).toEqual({
      candidates: [{ content: { role: "model" }, finishReason: "STOP", index: 0 }],
      modelVersion: "gpt",
    });
  });

  it("rule 2: arguments are spliced in as they are", () => {
    const args = '{"n":9007199254740993,"x":1e400 ,"z":1.0}';
    expect(encoded([call(args)]).body).toContain(`"functionCall":{"name":"f","args":${args},"id":"call_1"}`);
  });

  it.for([
    { name: "no text at all", argumentsText: "", args: {}, declared: 0 },
    { name: "blank text", argumentsText: " ", args: {}, declared: 0 },
    { name: "a cut object", argumentsText: '{"a":', args: { arguments: '{"a":' }, declared: 1 },
    { name: "a list", argumentsText: "[1]", args: { arguments: "[1]" }, declared: 1 },
  ])("rule 36: arguments of $name become an object and come back", ({ argumentsText, args, declared }) => {
    const { wire, warnings } = encoded([call(argumentsText)]);
    expect(wire[0]?.functionCall?.args).toEqual(args);
    expect(warnings).toHaveLength(declared);
    const [back] = echoed([{ role: "model", parts: wire }]);
    const isSame = back?.kind === "tool-call" && (declared === 0 || back.argumentsText === argumentsText);
    expect(isSame).toBe(true);
  });

  it("rule 34: ids of calls pass, missing ones are made, the same on every replay", () => {
    const idsOf = () =>
      encoded([call("{}", "toolu_1"), call("{}", ""), call("{}", "")]).wire.map(
        (part) => part.functionCall?.id,
      );
    const ids = idsOf();
    expect(ids[0]).toBe("toolu_1");
    expect(new Set(ids).size).toBe(3);
    expect(ids[1]).toMatch(/^call_[0-9A-Za-z]{22}$/);
    expect(idsOf()).toEqual(ids);
  });

  it("writes media and Gemini's own parts, and declares what has no place", () => {
    const raw = new RawJson('{"executableCode":{"code":"1.0"}}');
    const { wire, body, warnings } = encoded([
      { kind: "image", source: { kind: "base64", data: "AA==" }, mediaType: "image/png" },
      { kind: "image", source: { kind: "url", url: "https://a/b" }, mediaType: "image/png" },
      { kind: "document", source: { kind: "text", text: "t" } },
      { kind: "opaque", type: "executableCode", origin: "gemini-generate", raw },
      { kind: "refusal", text: "no" },
      { kind: "opaque", type: "server_tool_use", origin: "anthropic-messages", raw: new RawJson("{}") },
      { kind: "image", source: { kind: "file", id: "file_1" } },
      { kind: "tool-result", callId: "c", isError: false, content: [] },
    ]);
    expect(wire).toEqual([
      { inlineData: { mimeType: "image/png", data: "AA==" } },
      { fileData: { mimeType: "image/png", fileUri: "https://a/b" } },
      { text: "t" },
      { executableCode: { code: "1.0" } },
      { text: "no" },
    ]);
    expect(body).toContain(raw.text);
    expect(warnings.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      "dropped server_tool_use",
      "dropped image",
      "dropped tool-result",
    ]);
  });
});

describe("encodeAnswer: how it ended", () => {
  it.for<{ finish: Finish; word: string }>([
    { finish: { reason: "stop", raw: "stop" }, word: "STOP" },
    { finish: { reason: "stop-sequence", raw: "stop_sequence" }, word: "STOP" },
    { finish: { reason: "tool-calls", raw: "tool_use" }, word: "STOP" },
    { finish: { reason: "length", raw: "length" }, word: "MAX_TOKENS" },
    { finish: { reason: "context-length", raw: "model_context_window_exceeded" }, word: "MAX_TOKENS" },
    { finish: { reason: "refusal", raw: "refusal" }, word: "SAFETY" },
    { finish: { reason: "content-filter", raw: "content_filter" }, word: "SAFETY" },
    { finish: { reason: "content-filter", raw: "RECITATION" }, word: "RECITATION" },
    { finish: { reason: "content-filter", raw: "MODEL_ARMOR" }, word: "SAFETY" },
    { finish: { reason: "pause", raw: "pause_turn" }, word: "CONTINUATION" },
    { finish: { reason: "other", raw: "mystery" }, word: "OTHER" },
  ])("rule 46: $finish.reason ($finish.raw) is $word", ({ finish, word }) => {
    const { body, warnings } = encodeAnswer(answerOf([{ kind: "text", text: "a" }], { finish }), contextOf());
    const answer: WireChunk = JSON.parse(body);
    expect(answer.candidates?.[0]?.finishReason).toBe(word);
    expect(warnings).toHaveLength(finish.reason === "other" ? 1 : 0);
    expect(answer.candidates?.[0]?.finishMessage?.includes("mystery") ?? false).toBe(
      finish.reason === "other",
    );
  });

  it("rule 46: only an end in STOP looks complete", () => {
    const whole: readonly FinishReason[] = ["stop", "stop-sequence", "tool-calls"];
    const others: readonly FinishReason[] = [
      "length",
      "context-length",
      "refusal",
      "content-filter",
      "pause",
      "other",
    ];
    const wordOf = (reason: FinishReason) =>
      /"finishReason":"(\w+)"/.exec(
        encodeAnswer(answerOf([], { finish: { reason, raw: "" } }), contextOf()).body,
      )?.[1];
    for (const reason of whole) expect(wordOf(reason)).toBe("STOP");
    for (const reason of others) expect(wordOf(reason)).not.toBe("STOP");
  });

  it("an answer that refuses says SAFETY, whatever its provider said", () => {
    expect(encoded([{ kind: "refusal", text: "no" }]).body).toContain('"finishReason":"SAFETY"');
  });
});

describe("encodeAnswer: usage", () => {
  const usageOf = (input: Usage["input"], output: Usage["output"]): unknown => {
    const usage: Usage = { input, output, basis: "reported" };
    const answer: WireChunk = JSON.parse(encodeAnswer(answerOf([], { usage }), contextOf()).body);
    return answer.usageMetadata;
  };

  it.for<{ name: string; input: Usage["input"]; output: Usage["output"]; expected: object }>([
    {
      name: "the prompt includes the cache, the candidates exclude the thoughts",
      input: { total: tokens(30), uncached: tokens(10), cacheRead: tokens(20) },
      output: { total: tokens(9), reasoning: tokens(4) },
      expected: {
        promptTokenCount: 30,
        candidatesTokenCount: 5,
        totalTokenCount: 39,
        cachedContentTokenCount: 20,
        thoughtsTokenCount: 4,
      },
    },
    {
      name: "an answer of nothing but thoughts",
      input: { total: tokens(3) },
      output: { total: tokens(4), reasoning: tokens(4) },
      expected: { promptTokenCount: 3, totalTokenCount: 7, thoughtsTokenCount: 4 },
    },
    { name: "what was not told is not 0", input: {}, output: {}, expected: {} },
    {
      name: "half of it told",
      input: { total: tokens(3) },
      output: {},
      expected: { promptTokenCount: 3 },
    },
    {
      name: "sound",
      input: { total: tokens(3), audio: tokens(2) },
      output: { total: tokens(4), audio: tokens(1) },
      expected: {
        promptTokenCount: 3,
        candidatesTokenCount: 4,
        totalTokenCount: 7,
        promptTokensDetails: [{ modality: "AUDIO", tokenCount: 2 }],
        candidatesTokensDetails: [{ modality: "AUDIO", tokenCount: 1 }],
      },
    },
  ])("$name", ({ input, output, expected }) => {
    expect(usageOf(input, output)).toEqual(expected);
  });
});

describe("encodeAnswer: reasoning and its seals", () => {
  it("shows thoughts to a client that asked for them", () => {
    expect(encoded([thought("hm"), { kind: "text", text: "a" }]).wire).toEqual([
      { text: "hm", thought: true },
      { text: "a" },
    ]);
  });

  it("hides thoughts from one that did not, unless they have to come back", () => {
    const hidden = contextOf({ show: "omitted" });
    expect(encoded([thought("hm"), { kind: "text", text: "a" }], hidden).wire).toEqual([{ text: "a" }]);
    expect(encoded([thought("hm"), { kind: "text", text: "a" }, call("{}")], hidden).wire).toMatchObject([
      { text: "a" },
      { text: "hm", thought: true },
      { functionCall: { name: "f" } },
    ]);
    expect(encoded([thought("hm", claude("s")), { kind: "text", text: "a" }], hidden).wire).toEqual([
      { text: "hm", thought: true, thoughtSignature: enveloped(claude("s")) },
      { text: "a" },
    ]);
  });

  it("rule 11: Gemini's own seals stand bare on their parts", () => {
    const { wire } = encoded([
      thought("hm", gemini("s1")),
      { kind: "tool-call", id: "c", name: "f", argumentsText: "{}", seal: gemini("s2") },
      { kind: "text", text: "", seal: gemini("s3") },
    ]);
    expect(wire.map(({ thoughtSignature }) => thoughtSignature)).toEqual(["s1", "s2", "s3"]);
  });

  it.for<{ name: string; parts: readonly Part[]; at: number }>([
    {
      name: "Claude's is on the thought",
      parts: [thought("hm", claude("s")), { kind: "text", text: "a" }],
      at: 0,
    },
    {
      name: "Claude's of redacted thinking is on a thought without text",
      parts: [{ kind: "reasoning", text: "", isRedacted: true, seal: claude("s") }, call("{}")],
      at: 0,
    },
    { name: "OpenAI's is on the call that follows", parts: [thought("sum", openai("s")), call("{}")], at: 1 },
    {
      name: "OpenAI's is on the text that follows",
      parts: [thought("", openai("s")), { kind: "text", text: "a" }],
      at: 0,
    },
    { name: "OpenAI's is on a thought where nothing follows", parts: [thought("sum", openai("s"))], at: 1 },
    {
      name: "OpenAI's is on a thought where a sealed part follows",
      parts: [thought("sum", openai("s")), thought("hm", claude("t"))],
      at: 1,
    },
  ])("rule 17: $name, in an envelope that comes back", ({ parts, at }) => {
    const { wire, body, warnings } = encoded(parts);
    const signature = wire[at]?.thoughtSignature ?? "";
    expect(Buffer.from(signature, "base64").toString()).toMatch(/^sp1\./);
    expect(warnings).toEqual([]);
    // rule 5: no envelope is text that anybody reads
    expect(wire.map(({ text }) => text).join("")).not.toContain("sp1.");
    expect(body).not.toContain("sp1.");
    const sealsOf = (found: readonly Part[]) => found.flatMap((part) => ("seal" in part ? [part.seal] : []));
    expect(sealsOf(echoed([{ role: "model", parts: wire }]))).toEqual(sealsOf(parts));
  });

  it("rule 17: without envelopes foreign seals are left out and declared, Gemini's own are not", () => {
    const bare = contextOf({ seals: false });
    const redacted: Part = { kind: "reasoning", text: "", isRedacted: true, seal: claude("s") };
    const { wire, warnings } = encoded(
      [thought("hm", claude("s")), redacted, thought("g", gemini("s"))],
      bare,
    );
    expect(wire).toEqual([
      { text: "hm", thought: true },
      { text: "g", thought: true, thoughtSignature: "s" },
    ]);
    expect(warnings).toEqual([
      { kind: "dropped", subject: "thoughtSignature", note: "state of anthropic-messages" },
      { kind: "dropped", subject: "thoughtSignature", note: "state of anthropic-messages" },
    ]);
  });
});

describe("encodeAnswer: citations", () => {
  const groundingOf = (parts: readonly Part[]) => {
    const { body, warnings } = encodeAnswer(answerOf(parts), contextOf());
    const answer: WireChunk = JSON.parse(body);
    return { grounding: answer.candidates?.[0]?.groundingMetadata, warnings };
  };
  const cited = (text: string, ...citations: readonly object[]): Part => ({
    kind: "text",
    text,
    citations: citations.map((citation) => ({ raw: {}, origin: "openai-responses", ...citation })),
  });

  it("rule 43: stretches are counted in UTF-8 bytes within their part", () => {
    const { grounding } = groundingOf([
      { kind: "text", text: "first" },
      cited(
        "é😀 says who",
        { url: "https://a", title: "A", start: 0, end: 3 },
        { url: "https://b", start: 4, end: 8 },
      ),
    ]);
    expect(grounding).toEqual({
      groundingChunks: [{ web: { uri: "https://a", title: "A" } }, { web: { uri: "https://b" } }],
      groundingSupports: [
        { segment: { partIndex: 1, endIndex: 6, text: "é😀" }, groundingChunkIndices: [0] },
        { segment: { partIndex: 1, startIndex: 7, endIndex: 11, text: "says" }, groundingChunkIndices: [1] },
      ],
    });
  });

  it("lists a source once, and two sources of one stretch together", () => {
    const { grounding } = groundingOf([
      cited("abc", { url: "https://a" }, { url: "https://b" }),
      cited("def", { url: "https://a" }),
    ]);
    expect(grounding).toEqual({
      groundingChunks: [{ web: { uri: "https://a" } }, { web: { uri: "https://b" } }],
      groundingSupports: [
        { segment: { endIndex: 3, text: "abc" }, groundingChunkIndices: [0, 1] },
        { segment: { partIndex: 1, endIndex: 3, text: "def" }, groundingChunkIndices: [0] },
      ],
    });
  });

  it("keeps a document's words and Google's own sources, and declares the words of web pages", () => {
    const own = { maps: { uri: "https://maps" } };
    const { grounding, warnings } = groundingOf([
      cited(
        "a",
        { title: "T", quote: "q" },
        { raw: own, origin: "gemini-generate" },
        { url: "https://a", quote: "q" },
      ),
    ]);
    expect(grounding).toMatchObject({
      groundingChunks: [{ retrievedContext: { title: "T", text: "q" } }, own, { web: { uri: "https://a" } }],
    });
    expect(warnings).toEqual([{ kind: "dropped", subject: "the quoted words of citations" }]);
  });

  it("is not there without citations", () => {
    expect(groundingOf([{ kind: "text", text: "a" }]).grounding).toBeUndefined();
  });
});

it("a whole answer is a stream of one chunk", () => {
  const { body } = encoded([thought("hm", claude("s")), { kind: "text", text: "a" }, call('{"a":1}')]);
  expect(grammarAfter(`[${body}]`)).toMatchObject({ phase: "open" });
});
