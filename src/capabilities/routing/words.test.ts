import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { murmur3 } from "../../kernel/murmur3.ts";
import { type WordSources, wordPlaces, wordsOf } from "./words.ts";

const nothing: WordSources = { user: "", instructions: "", tools: [], parameters: [] };
const read = (sources: WordSources): readonly number[] => [...wordsOf(sources)];
const ofUser = (user: string) => read({ ...nothing, user });
const place = (feature: string) => murmur3(feature, 0) % wordPlaces;

/** The definition, by regular expression: what the scanner must agree with. */
function defined(role: string, text: string): readonly (readonly number[])[] {
  const words = (text.toLowerCase().match(/[a-z]+|\d+|[^\sa-z\d]/gu) ?? []).map((word) =>
    /^\d/.test(word) ? "#" : word,
  );
  const after = (index: number): string | undefined => words[index + 1];
  return words.map((word, index) => [
    place(`${role}u${word}`),
    ...(after(index) === undefined ? [] : [place(`${role}b${word} ${after(index)}`)]),
  ]);
}

/** All that is read, and in its order: a word's pair with the one read before it, then the word. */
function definedOf({ user, instructions, tools, parameters }: WordSources): readonly number[] {
  const ends = user.length > 8192 ? `${user.slice(0, 4096)} ${user.slice(-4096)}` : user;
  const texts = [
    defined("S", instructions.slice(0, 1024)),
    ...tools.map((name) => defined("T", name)),
    ...parameters.map((name) => defined("P", name)),
    defined("U", ends),
  ];
  const places = new Set<number>();
  const add = (of: readonly (number | undefined)[], bound: number): void => {
    for (const one of of) if (one !== undefined && places.size < bound) places.add(one);
  };
  for (const text of texts)
    for (const [index, [word]] of text.slice(0, 300).entries()) add([text[index - 1]?.[1], word], 150);
  if (places.size < 150) return [...places];
  const bound = places.size + 150;
  for (const text of texts.toReversed())
    for (const [word, pair] of text.slice(-300).toReversed()) add([pair, word], bound);
  return [...places];
}

/** Words, and characters of which lower case, white space, UTF-8 or pairs of surrogates make something of their own. */
const pieces = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[a-zA-Z]{1,12}$/) },
  { weight: 3, arbitrary: fc.constantFrom(" ", "\n", ", ", "\u00a0", "\u2003") },
  fc.constantFrom(
    "12",
    "7",
    "3.14",
    "#",
    "[",
    "@",
    "`",
    "{",
    "\0",
    "\u007f",
    "\u0080",
    "\u07ff",
    "\u0800",
    "\uffff",
  ),
  fc.constantFrom(
    "\u00c9",
    "\u0391\u03a3",
    "\u03a3",
    "\u0130",
    "I\u0307",
    "\u212a",
    "\u6f22",
    "\ud83d\ude00",
    "\ud83d",
    "\ude00",
  ),
  fc.string({ unit: "binary", maxLength: 4 }),
);
/** A few pieces again and again, since long texts are what has ends. */
const texts = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.array(pieces, { minLength: 1, maxLength: 200 }),
      fc.nat({ max: maxLength }),
      fc.integer({ min: 1, max: 9 }),
    )
    .map(([parts, length, step]) => {
      let text = "";
      for (let at = 0; text.length < length; at += step)
        text += `${parts[at % parts.length] ?? ""}${at % 3 === 0 ? " " : ""}`;
      return text.slice(0, length);
    });

describe("wordsOf", () => {
  it("gives the specified places of `What is 12+30?`", () => {
    const expected = [25058, 32270, 18731, 38, 17917, 18180, 20942, 23025, 28130, 4786];
    expect(ofUser("What is 12+30?").toSorted((a, b) => a - b)).toEqual(expected.toSorted((a, b) => a - b));
  });

  it("marks whose the words are", () => {
    const sources: WordSources = { user: "hi", instructions: "hi", tools: ["hi"], parameters: ["hi"] };
    expect(read(sources)).toEqual([place("Suhi"), place("Tuhi"), place("Puhi"), place("Uuhi")]);
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
        expect(new Set(ofUser(user))).toEqual(new Set(defined("U", user).flat()));
      }),
    );
  });

  it("gives the places of any request in the order of the definition", () => {
    const names = fc.array(fc.oneof(texts(30), fc.stringMatching(/^[a-z_]{1,20}$/)), { maxLength: 40 });
    const sources = fc.record({
      user: fc.oneof(texts(600), texts(9000), texts(20_000)),
      instructions: fc.oneof(fc.constant(""), texts(1500)),
      tools: fc.oneof(fc.constant([]), names),
      parameters: fc.oneof(fc.constant([]), names),
    });
    fc.assert(
      fc.property(sources, (request) => {
        expect(read(request)).toEqual(definedOf(request));
      }),
      { numRuns: 200 },
    );
  });

  it("reads the end in lower case though the front was not beyond ASCII", () => {
    const user = `${Array.from({ length: 900 }, (_, index) => letters(index)).join(" ")} \u0130stan BUL \u212aelvin`;
    expect(ofUser(user)).toEqual(definedOf({ ...nothing, user }));
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
    const places = read({
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
