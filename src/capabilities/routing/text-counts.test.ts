import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Counts, countsOf } from "./text-counts.ts";

const kinds = {
  negation: "not no never except false incorrect none least without",
  question: "who what when where why which how",
  condition: "if then suppose assume let given because therefore each every",
} as const;
const hashOf = (word: string): number =>
  Array.from(word).reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 65_536, 0);

/** The definition, by regular expression: what the scanner must agree with. */
function defined(text: string): Counts {
  const parts = text.length > 1024 ? [text.slice(0, 512), text.slice(-512)] : [text];
  const all = (pattern: RegExp): number =>
    parts.reduce((sum, part) => sum + [...part.matchAll(pattern)].length, 0);
  const lines = parts.map((part) => part.split("\n"));
  const ended = lines.flatMap((of) => of.slice(0, -1));
  const option = /(?<![a-zA-Z])[A-E](?=[.):])/g;
  const first = parts.flatMap((part) => [...part.matchAll(option)].map(({ index }) => index + 1)).at(0);
  const ofKind = (kind: keyof typeof kinds): number => {
    const hashes = new Set(kinds[kind].split(" ").map(hashOf));
    const words = parts.flatMap((part) => part.match(/[a-zA-Z]+/g) ?? []);
    return words.filter((word) => hashes.has(hashOf(word.toLowerCase()))).length;
  };
  return {
    read: Math.min(text.length, 1024),
    characters: text.length,
    words: all(/[^ \t\n\r\f\v]+/g),
    letters: all(/[a-zA-Z]/g),
    foreign: all(/[\u0080-\uffff]/g),
    firstOption: first ?? -1,
    longestLine: Math.max(...lines.flat().map(({ length }) => length)),
    shortestLine: Math.min(999, ...ended.map(({ length }) => length)),
    digits: all(/\d/g),
    newlines: all(/\n/g),
    questions: all(/\?/g),
    math: all(/[=+*/^<>-]/g),
    code: all(/[{};]/g),
    latex: all(/[\\$]/g),
    options: all(option),
    lists: lines.flat().filter((line) => /^[-*#\u2022] /.test(line)).length,
    numbers: all(/\d+/g),
    sentences: all(/[.!?](?![^ \t\n\r\f\v])/g),
    capitals: all(/[A-Z]/g),
    quotes: all(/["']/g),
    longWords: all(/[a-zA-Z]{9,}/g),
    commas: all(/,/g),
    money: all(/[%$]/g),
    negation: ofKind("negation"),
    question: ofKind("question"),
    condition: ofKind("condition"),
  };
}

describe("countsOf", () => {
  it("counts what a request for a choice consists of", () => {
    const counts = countsOf("Which is not prime?\nA. 4\nB) 7\n- none, if 12 > 3");
    expect(counts).toMatchObject({ options: 2, firstOption: 21, lists: 1, numbers: 4, sentences: 2 });
    expect(counts).toMatchObject({ question: 1, negation: 2, condition: 1, newlines: 3, shortestLine: 4 });
  });

  it.for([`${"word ".repeat(300)}B) 7`, "x".repeat(1025), `${"a. ".repeat(400)}\n- C: end.`])(
    "counts at both ends of a long text (%#)",
    (text) => {
      expect(countsOf(text)).toEqual(defined(text));
    },
  );

  it("counts in any text, and at both ends of a long one, as the regular expressions do", () => {
    const pieces = fc.oneof(
      fc.constantFrom(
        ..." \n\t.,:?!)-*#=+$%\\\"'{};ABCEKz09".split(""),
        "\u2022",
        "\u00e9",
        "\u6f22",
        "\ud83d\ude00",
        "\ud83d",
      ),
      fc.constantFrom(
        "A) ",
        "B. ",
        "\n- ",
        "\n\n",
        "\n* ",
        "... ",
        "3.14",
        "1,000",
        "not",
        "Why ",
        " if ",
        " supercalifragilistic",
      ),
      fc.string({ unit: "binary", maxLength: 4 }),
    );
    const texts = fc
      .tuple(fc.array(pieces, { maxLength: 120 }), fc.integer({ min: 1, max: 8 }))
      .map(([parts, times]) => parts.join("").repeat(times));
    fc.assert(
      fc.property(texts, (text) => {
        expect(countsOf(text)).toEqual(defined(text));
      }),
      { numRuns: 200 },
    );
  });
});
