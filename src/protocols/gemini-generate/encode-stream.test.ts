import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnswerContext } from "../../exchange/codec.ts";
import type { StreamForm } from "../../exchange/dialect.ts";
import type { AnswerPart, Part, Seal } from "../../exchange/part.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { tokens } from "../../kernel/units.ts";
import {
  chunksOf,
  claude,
  contextOf,
  datasOf,
  echoed,
  enveloped,
  gemini,
  grammarAfter,
  openai,
  start,
  stop,
  streamOf,
  type WireChunk,
  type WirePart,
  wirePartsOf,
  written,
} from "./answers.test-support.ts";
import { encodeAnswer } from "./encode.ts";
import { encodeStream } from "./encode-stream.ts";
import { isWhole } from "./grammar.ts";
import { geminiGenerate } from "./index.ts";

const usage: AnswerPart = {
  kind: "usage",
  usage: {
    input: { total: tokens(10) },
    output: { total: tokens(3), reasoning: tokens(1) },
    basis: "reported",
  },
};
const broken = new GatewayError("upstream_stream_broken", "cut");
const thought = (text: string, seal?: Seal): Part => ({
  kind: "reasoning",
  text,
  isRedacted: false,
  ...(seal !== undefined && { seal }),
});
const call = (argumentsText: string, id = "c", seal?: Seal): Part => ({
  kind: "tool-call",
  id,
  name: "f",
  argumentsText,
  ...(seal !== undefined && { seal }),
});
const answer = (parts: readonly Part[], context?: AnswerContext): string =>
  written([start, ...streamOf(parts), usage, stop], context);

const arbitraryText = fc.string({ unit: "grapheme", minLength: 1 });
const arbitrarySeal = fc.constantFrom<Seal | undefined>(undefined, claude("s"), openai("e"), gemini("g"));
const arbitraryParts: fc.Arbitrary<readonly Part[]> = fc.array(
  fc.oneof(
    arbitraryText.map((text): Part => ({ kind: "text", text })),
    fc.tuple(arbitraryText, arbitrarySeal).map(([text, seal]) => thought(text, seal)),
    fc.constant<Part>({ kind: "reasoning", text: "", isRedacted: true, seal: claude("r") }),
    fc
      .tuple(fc.oneof(fc.constant(""), fc.json(), arbitraryText), fc.string({ maxLength: 9 }))
      .map(([argumentsText, id]) => call(argumentsText, id)),
  ),
  { maxLength: 6 },
);

describe("encodeStream", () => {
  it("writes a chunk per piece, and the end with the usage in the last one", () => {
    expect(chunksOf(answer([{ kind: "text", text: "Hello" }]))).toEqual([
      expect.objectContaining({
        candidates: [{ content: { parts: [{ text: "Hel" }], role: "model" }, index: 0 }],
      }),
      expect.objectContaining({
        candidates: [{ content: { parts: [{ text: "lo" }], role: "model" }, index: 0 }],
      }),
      {
        candidates: [{ content: { parts: [{ text: "" }], role: "model" }, finishReason: "STOP", index: 0 }],
        usageMetadata: {
          promptTokenCount: 10,
          candidatesTokenCount: 2,
          totalTokenCount: 13,
          thoughtsTokenCount: 1,
        },
        modelVersion: "upstream",
        responseId: expect.stringMatching(/^[0-9A-Za-z]{22}$/),
      },
    ]);
  });

  it("rule 55: has no [DONE] and no event names", () => {
    const events = answer([{ kind: "text", text: "a" }]);
    expect(events).not.toContain("[DONE]");
    expect(events).toMatch(/^(?:data: \{.*\}\n\n)+$/);
  });

  it("rule 2: tells a call whole, its arguments as they are, in one line", () => {
    const args = '{"n":9007199254740993,\n"x":1.0}';
    expect(answer([call(args)])).toContain('"args":{"n":9007199254740993, "x":1.0}');
  });

  it("rule 32: tells parallel calls one per chunk, each with its id, in the order of their end", () => {
    const events = written([
      start,
      { kind: "tool-input-start", part: 0, id: "a", name: "f" },
      { kind: "tool-input-start", part: 1, id: "", name: "g" },
      { kind: "tool-input-delta", part: 1, argumentsText: '{"b":' },
      { kind: "tool-input-delta", part: 0, argumentsText: "{}" },
      { kind: "tool-input-delta", part: 1, argumentsText: "1}" },
      { kind: "tool-input-end", part: 1 },
      stop,
    ]);
    expect(chunksOf(events).map((chunk) => chunk.candidates?.[0]?.content?.parts)).toEqual([
      [{ functionCall: { name: "g", args: { b: 1 }, id: expect.stringMatching(/^call_[0-9A-Za-z]{22}$/) } }],
      [{ functionCall: { name: "f", args: {}, id: "a" } }],
      [{ text: "" }],
    ]);
  });

  it("rule 45: says STOP beside calls, and without any", () => {
    for (const parts of [[call("{}")], []]) {
      const stream = written([
        ...streamOf(parts),
        { kind: "finish", finish: { reason: "tool-calls", raw: "tool_calls" } },
      ]);
      expect(chunksOf(stream).at(-1)?.candidates?.[0]?.finishReason).toBe("STOP");
    }
  });

  it("rule 48: an end without a reason is OTHER, with words, and declared", () => {
    const encoder = encodeStream(contextOf());
    const last = chunksOf(encoder.push({ kind: "finish", finish: { reason: "other", raw: "" } }))[0];
    expect(last?.candidates?.[0]).toMatchObject({
      finishReason: "OTHER",
      finishMessage: expect.stringContaining("nothing"),
    });
    expect(encoder.warnings()).toHaveLength(1);
  });

  it("takes the last reading of each counter, and writes none that was not told", () => {
    const events = written([
      start,
      { kind: "usage", usage: { input: { total: tokens(5) }, output: {}, basis: "partial" } },
      { kind: "usage", usage: { input: {}, output: { total: tokens(2) }, basis: "reported" } },
      stop,
    ]);
    expect(chunksOf(events).at(-1)?.usageMetadata).toEqual({
      promptTokenCount: 5,
      candidatesTokenCount: 2,
      totalTokenCount: 7,
    });
    expect(chunksOf(written([start, stop])).at(-1)).not.toHaveProperty("usageMetadata");
  });

  it("writes nothing after the end, and names the model the client asked for until another answers", () => {
    const encoder = encodeStream(contextOf());
    const head = encoder.push({ kind: "text-delta", part: 0, text: "a" });
    expect(chunksOf(head)[0]?.modelVersion).toBe("asked");
    encoder.push(stop);
    expect(
      encoder.push({ kind: "text-delta", part: 0, text: "b" }) + encoder.push(stop) + encoder.fail(broken),
    ).toBe("");
  });

  it("gives up when more arguments wait than fit", () => {
    const encoder = encodeStream(contextOf());
    encoder.push({ kind: "tool-input-start", part: 0, id: "a", name: "f" });
    const piece: AnswerPart = {
      kind: "tool-input-delta",
      part: 0,
      argumentsText: "x".repeat(5 * 1024 * 1024),
    };
    encoder.push(piece);
    expect(() => encoder.push(piece)).toThrow(
      expect.objectContaining({ code: "upstream_malformed_response" }),
    );
  });

  it("rule 43: counts citations in the bytes of all the text", () => {
    const citations = [{ url: "https://a", start: 1, end: 4, raw: {}, origin: "openai-chat" as const }];
    const events = answer([
      { kind: "text", text: "é, " },
      { kind: "text", text: "abcdef", citations },
    ]);
    expect(chunksOf(events).at(-1)?.candidates?.[0]?.groundingMetadata).toEqual({
      groundingChunks: [{ web: { uri: "https://a" } }],
      groundingSupports: [
        { segment: { startIndex: 5, endIndex: 8, text: "bcd" }, groundingChunkIndices: [0] },
      ],
    });
  });

  it("declares citations whose text was interrupted by another", () => {
    const encoder = encodeStream(contextOf());
    const citation = { url: "https://a", raw: {}, origin: "openai-chat" as const };
    encoder.push({ kind: "text-delta", part: 0, text: "a" });
    encoder.push({ kind: "text-delta", part: 1, text: "b" });
    encoder.push({ kind: "citation", part: 0, citation });
    encoder.push({ kind: "text-end", part: 0 });
    expect(chunksOf(encoder.push(stop))[0]?.candidates?.[0]).not.toHaveProperty("groundingMetadata");
    expect(encoder.warnings()).toMatchObject([{ kind: "dropped", subject: "citations" }]);
  });
});

describe("encodeStream: reasoning and its seals", () => {
  it.for<{ name: string; parts: readonly Part[]; expected: readonly WirePart[] }>([
    {
      name: "Claude's comes apart, behind its thought",
      parts: [thought("abcd", claude("s"))],
      expected: [
        { text: "abc", thought: true },
        { text: "d", thought: true },
        { text: "", thought: true, thoughtSignature: enveloped(claude("s")) },
        { text: "" },
      ],
    },
    {
      name: "OpenAI's is on the call that follows",
      parts: [thought("sum", openai("e")), call("{}")],
      expected: [
        { text: "sum", thought: true },
        { functionCall: { name: "f", args: {}, id: "c" }, thoughtSignature: enveloped(openai("e")) },
        { text: "" },
      ],
    },
    {
      name: "OpenAI's is on the first piece of the text that follows",
      parts: [thought("", openai("e")), { kind: "text", text: "abcd" }],
      expected: [{ text: "abc", thoughtSignature: enveloped(openai("e")) }, { text: "d" }, { text: "" }],
    },
    {
      name: "OpenAI's is on the last chunk where nothing follows",
      parts: [thought("", openai("e"))],
      expected: [{ text: "", thought: true, thoughtSignature: enveloped(openai("e")) }],
    },
    {
      name: "Gemini's of a call is on the call, that of a text behind it",
      parts: [call("{}", "c", gemini("g1")), { kind: "text", text: "a", seal: gemini("g2") }],
      expected: [
        { functionCall: { name: "f", args: {}, id: "c" }, thoughtSignature: "g1" },
        { text: "a" },
        { text: "", thoughtSignature: "g2" },
        { text: "" },
      ],
    },
  ])("rule 11: $name", ({ parts, expected }) => {
    expect(wirePartsOf(answer(parts))).toEqual(expected);
  });

  it("hides thoughts that nobody asked to see, unless they have to come back", () => {
    const hidden = contextOf({ show: "omitted" });
    expect(wirePartsOf(answer([thought("hm"), { kind: "text", text: "a" }], hidden))).toEqual([
      { text: "a" },
      { text: "" },
    ]);
    expect(wirePartsOf(answer([thought("hmmm", claude("s"))], hidden))).toEqual([
      { text: "hmmm", thought: true, thoughtSignature: enveloped(claude("s")) },
      { text: "" },
    ]);
    expect(wirePartsOf(answer([thought("hmmm"), call("{}")], hidden))).toMatchObject([
      { text: "hmmm", thought: true },
      { functionCall: {} },
      {},
    ]);
  });

  it("comes back whole from a client that keeps the chunks of a stream as its history", () => {
    const parts: readonly Part[] = [
      thought("I think", claude("s")),
      { kind: "reasoning", text: "", isRedacted: true, seal: claude("r") },
      { kind: "text", text: "Let me look." },
      call('{"a":1}', "toolu_1"),
      call("{}", "toolu_2"),
    ];
    const contents = chunksOf(answer(parts)).flatMap((chunk) => chunk.candidates?.[0]?.content ?? []);
    expect(echoed(contents)).toEqual(parts);
  });
});

describe("encodeStream: in either form", () => {
  const forms: readonly StreamForm[] = ["sse", "json-array"];

  it.for(forms)(
    "the grammar takes every answer as %s, and it says what the whole answer says",
    (streamForm) => {
      const signed = (text: string, signature: string | undefined): string =>
        signature === undefined ? text : `${text}#`;
      const joined = (parts: readonly WirePart[], isThought: boolean): string =>
        parts
          .filter((part) => part.text !== undefined && (part.thought === true) === isThought)
          .map((part) => signed(part.text ?? "", part.thoughtSignature))
          .join("");
      fc.assert(
        fc.property(arbitraryParts, fc.integer({ min: 1, max: 9 }), (parts, size) => {
          const context = contextOf({ streamForm });
          const stream = written([start, ...streamOf(parts, size), usage, stop], context);
          const state = grammarAfter(stream);
          expect(state).toMatchObject({ phase: "open" });
          expect(!("kind" in state) && isWhole(state)).toBe(true);
          const chunks: readonly WireChunk[] = streamForm === "sse" ? chunksOf(stream) : JSON.parse(stream);
          const pieces = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? []);
          const { body } = encodeAnswer(
            { answerId: "a", model: "m", parts, finish: { reason: "stop", raw: "stop" } },
            context,
          );
          const whole: WireChunk = JSON.parse(body);
          const wire = whole.candidates?.[0]?.content?.parts ?? [];
          const callsOf = (all: readonly WirePart[]) => all.flatMap((part) => part.functionCall ?? []);
          expect(callsOf(pieces)).toEqual(callsOf(wire));
          expect(joined(pieces, true)).toBe(joined(wire, true));
          expect(joined(pieces, false).replaceAll("#", "")).toBe(joined(wire, false).replaceAll("#", ""));
        }),
      );
    },
  );

  it.for(forms)("rule 50: an error is the last thing of a stream as %s, wherever it comes", (streamForm) => {
    fc.assert(
      fc.property(arbitraryParts, fc.nat({ max: 40 }), (parts, at) => {
        const encoder = encodeStream(contextOf({ streamForm }));
        const before = [start, ...streamOf(parts), usage].slice(0, at).map((part) => encoder.push(part));
        const stream = before.join("") + encoder.fail(broken) + encoder.push(stop);
        expect(grammarAfter(stream)).toMatchObject({ phase: "failed" });
      }),
    );
  });

  it("an array begins with its bracket, so that white space may follow, and ends with one", () => {
    const encoder = encodeStream(contextOf({ streamForm: "json-array" }));
    const pushed = [start, ...streamOf([{ kind: "text", text: "abcd" }]), stop].map((part) =>
      encoder.push(part),
    );
    expect(pushed[0]).toBe("[");
    const blank = geminiGenerate.keepAlive("json-array");
    const chunks: readonly WireChunk[] = JSON.parse(pushed.join(blank));
    expect(chunks).toHaveLength(3);
    expect(encoder.fail(broken)).toBe("");
  });

  it("what keeps a stream of events alive is no event", () => {
    expect(datasOf(geminiGenerate.keepAlive("sse"))).toEqual([]);
  });
});
