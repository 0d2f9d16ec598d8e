import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Part } from "../../exchange/part.ts";
import { stretchOfBytes } from "./byte-offsets.ts";
import { assemble, bytesOf, chunkOf, decoded, events } from "./fixtures.test-support.ts";
import { gemini } from "./index.ts";

const bytes = (text: string): number => new TextEncoder().encode(text).length;
const web = (uri: string, title: string) => ({ web: { uri, title } });

/** The segment that cites `words` inside `text`, as Gemini counts. */
function segmentOf(text: string, words: string, more: object = {}): object {
  const start = bytes(text.slice(0, text.indexOf(words)));
  return {
    ...(start === 0 ? {} : { startIndex: start }),
    endIndex: start + bytes(words),
    text: words,
    ...more,
  };
}

function textsOf(parts: readonly Part[]) {
  return parts.flatMap((part) =>
    part.kind === "text"
      ? [
          (part.citations ?? []).map(({ url, title, quote, start, end }) => [
            url,
            title ?? quote,
            start === undefined ? undefined : part.text.slice(start, end),
          ]),
        ]
      : [],
  );
}

function whole(parts: readonly object[], candidate: object) {
  const decoding = gemini.decodeAnswer(bytesOf(chunkOf(parts, { finishReason: "STOP", ...candidate })));
  if (decoding.kind !== "answer") throw new Error(decoding.failure.message);
  return decoding;
}

const sentence = "Grüße 🏛 aus Rom. Und aus Köln.";
const grounding = {
  webSearchQueries: ["rom", "köln"],
  groundingChunks: [web("https://rom", "Rom"), web("https://koeln", "Köln"), web("https://all", "Alles")],
  groundingSupports: [
    { segment: segmentOf(sentence, "Grüße 🏛 aus Rom."), groundingChunkIndices: [0] },
    { segment: segmentOf(sentence, "Und aus Köln."), groundingChunkIndices: [1, 0] },
  ],
};
const cited = [
  ["https://rom", "Rom", "Grüße 🏛 aus Rom."],
  ["https://koeln", "Köln", "Und aus Köln."],
  ["https://rom", "Rom", "Und aus Köln."],
  ["https://all", "Alles", undefined],
];

describe("rule 43: citations", () => {
  it("of a whole answer are counted in code units, sources without a stretch cite all of it", () => {
    const { answer } = whole([{ text: sentence }], { groundingMetadata: grounding });
    expect(textsOf(answer.parts)).toEqual([cited]);
    const [text] = answer.parts;
    expect(text?.kind === "text" ? text.citations?.[0] : undefined).toMatchObject({
      raw: web("https://rom", "Rom"),
      origin: "gemini-generate",
    });
  });

  it("of a stream come inside the text they belong to, before it ends, once", () => {
    const pieces = [sentence.slice(0, 9), sentence.slice(9, 20), sentence.slice(20)];
    const [first = "", ...rest] = pieces;
    const parts = decoded(
      events(
        chunkOf([{ text: "let me see", thought: true }]),
        chunkOf([{ text: first }], { groundingMetadata: { webSearchQueries: ["rom"] } }),
        ...rest.map((text) => chunkOf([{ text }], { groundingMetadata: grounding })),
        chunkOf([{ text: "", thoughtSignature: "sig" }], {
          finishReason: "STOP",
          groundingMetadata: grounding,
        }),
      ),
    );
    expect(textsOf(assemble(parts))).toEqual([cited]);
    const kinds = parts.map(({ kind }) => kind);
    expect(kinds.indexOf("text-end")).toBe(kinds.lastIndexOf("citation") + 1);
    expect(parts.find(({ kind }) => kind === "text-end")).toMatchObject({ seal: { value: "sig" } });
  });

  it.for([
    { name: "by the number of the part", index: 2, words: "Rom liegt am Tiber." },
    { name: "by their words, when the number is of another part", index: 0, words: "Köln liegt am Rhein." },
  ])("find their text $name", ({ index, words }) => {
    const texts = ["Köln liegt am Rhein.", "Rom liegt am Tiber."];
    const [koeln, rom] = texts;
    const segment = segmentOf(words, words, { partIndex: index });
    const groundingMetadata = {
      groundingChunks: [web("https://x", "X")],
      groundingSupports: [{ segment, groundingChunkIndices: [0] }],
    };
    const { answer } = whole([{ text: koeln }, { executableCode: { code: "1" } }, { text: rom }], {
      groundingMetadata,
    });
    expect(textsOf(answer.parts)).toEqual(
      texts.map((text) => (text === words ? [["https://x", "X", words]] : [])),
    );
  });

  it("of quotations are read, also under their older name", () => {
    for (const name of ["citations", "citationSources"]) {
      const citationMetadata = {
        [name]: [{ startIndex: 8, endIndex: 12, uri: "https://q", license: "mit" }],
      };
      const { answer } = whole([{ text: "Grüße 🏛" }], { citationMetadata });
      expect(textsOf(answer.parts), name).toEqual([[["https://q", undefined, "🏛"]]]);
    }
  });

  it("from files carry the words of the source", () => {
    const groundingMetadata = {
      groundingChunks: [{ retrievedContext: { text: "the source", uri: "gs://f" } }],
    };
    const { answer } = whole([{ text: "x" }], { groundingMetadata });
    expect(answer.parts).toMatchObject([{ citations: [{ url: "gs://f", quote: "the source" }] }]);
  });

  it("without any text are declared", () => {
    const { warnings } = whole([{ functionCall: { name: "f" } }], { groundingMetadata: grounding });
    expect(warnings).toMatchObject([{ kind: "dropped", subject: "citations" }]);
  });

  it("are counted as searches, which Google bills", () => {
    const decoding = gemini.decodeAnswer(
      bytesOf(
        chunkOf(
          [{ text: "x" }],
          { finishReason: "STOP", groundingMetadata: grounding },
          { usageMetadata: { promptTokenCount: 1 } },
        ),
      ),
    );
    expect(decoding).toMatchObject({ answer: { usage: { counts: { webSearch: 2 } } } });
  });
});

describe("stretchOfBytes", () => {
  it("gives back the stretch of any text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.string({ unit: "grapheme" }),
        fc.string(),
        (before, words, after) => {
          const text = before + words + after;
          const { start, end } = stretchOfBytes(text, { start: bytes(before), end: bytes(before + words) });
          expect(text.slice(start, end)).toBe(words);
        },
      ),
    );
  });

  it("moves what is inside a character to its front, and what is behind the text to its end", () => {
    expect(stretchOfBytes("a🏛b", { start: 2, end: 99 })).toEqual({ start: 1, end: 4 });
    expect(stretchOfBytes("abc", { start: 1, end: 99 })).toEqual({ start: 1, end: 3 });
  });
});
