import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { murmur3 } from "../../kernel/murmur3.ts";
import { type WordSources, wordPlaces, wordsOf } from "./words.ts";

const nothing: WordSources = { user: "", instructions: "", tools: [], parameters: [] };
const ofUser = (user: string) => wordsOf({ ...nothing, user });
const place = (feature: string) => murmur3(feature, 0) % wordPlaces;

/** The definition, by regular expression: what the scanner must agree with. */
function defined(role: string, text: string): readonly number[] {
  const words = (text.toLowerCase().match(/[a-z]+|\d+|[^\sa-z\d]/gu) ?? []).map((word) =>
    /^\d/.test(word) ? "#" : word,
  );
  return words.flatMap((word, index) => {
    const next = words[index + 1];
    return [place(`${role}u${word}`), ...(next === undefined ? [] : [place(`${role}b${word} ${next}`)])];
  });
}

describe("wordsOf", () => {
  it("gives the specified places of `What is 12+30?`", () => {
    const expected = [25058, 32270, 18731, 38, 17917, 18180, 20942, 23025, 28130, 4786];
    expect(ofUser("What is 12+30?").toSorted((a, b) => a - b)).toEqual(expected.toSorted((a, b) => a - b));
  });

  it("marks whose the words are", () => {
    const sources: WordSources = { user: "hi", instructions: "hi", tools: ["hi"], parameters: ["hi"] };
    expect(wordsOf(sources)).toEqual([place("Suhi"), place("Tuhi"), place("Puhi"), place("Uuhi")]);
  });

  it("reads any text as the regular expression defines it", () => {
    const text = fc.oneof(
      fc
        .array(fc.integer({ min: 0, max: 0x10_ffff }), { maxLength: 60 })
        .map((points) => String.fromCodePoint(...points)),
      fc.string({
        unit: fc.constantFrom("a", "Z", "7", " ", "\u00a0", "\u2003", "é", "漢", "😀", "+", "\n"),
        maxLength: 60,
      }),
    );
    fc.assert(
      fc.property(text, (user) => {
        expect(new Set(ofUser(user))).toEqual(new Set(defined("U", user)));
      }),
    );
  });

  it("takes at most 300 places, of both ends", () => {
    const numbered = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => letters(from + index)).join(" ");
    const long = numbered(0, 2000);
    const places = ofUser(long);
    expect(places).toHaveLength(300);
    expect(new Set(places).size).toBe(300);
    expect(places).toEqual(expect.arrayContaining([place(`Uu${letters(0)}`), place(`Uu${letters(1999)}`)]));
    expect(places).not.toContain(place(`Uu${letters(1000)}`));
  });

  it("reads the user's last words however long the instructions are", () => {
    const places = wordsOf({
      ...nothing,
      instructions: "rule and rule again, ".repeat(200),
      user: "goodbye",
    });
    expect(places).toContain(place("Uugoodbye"));
  });
});

/** A word for a number, of letters alone. */
const letters = (value: number): string =>
  String(value).replaceAll(/\d/g, (digit) => "abcdefghij".charAt(Number(digit)));
