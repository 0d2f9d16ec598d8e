import { describe, expect, it } from "vitest";
import { featuresOfPrompt } from "./features.ts";
import { createReasked } from "./reasked.ts";

const wordsOf = (text: string): Uint16Array => featuresOfPrompt(text).words;

const question =
  "Summarise the minutes of the meeting of the board of directors on the third of May in five points";
const nearly = `${question} please`;
const other = "Now translate the second point into Portuguese, and tell me who is meant by the chair";

describe("who asks again", () => {
  it.each([
    ["the same at once", question, 10_000, "one"],
    ["nearly the same at once", nearly, 119_000, "one"],
    ["the same after a while", question, 121_000, undefined],
    ["something else", other, 10_000, undefined],
  ])("%s", (_what, text, afterMs, before) => {
    let now = 0;
    const reasked = createReasked(() => now);
    expect(reasked.askedBefore("c", "one", { words: wordsOf(question) })).toBeUndefined();
    now += afterMs;
    expect(reasked.askedBefore("c", "two", { words: wordsOf(text) })).toBe(before);
  });

  it("is one conversation", () => {
    const reasked = createReasked(() => 0);
    reasked.askedBefore("one", "one", { words: wordsOf(question) });
    expect(reasked.askedBefore("other", "two", { words: wordsOf(question) })).toBeUndefined();
  });

  it("is held against the last question, and bounded", () => {
    const reasked = createReasked(() => 0);
    reasked.askedBefore("c", "one", { words: wordsOf(question) });
    expect(reasked.askedBefore("c", "two", { words: wordsOf(question) })).toBe("one");
    expect(reasked.askedBefore("c", "three", { words: wordsOf(question) })).toBe("two");
    for (let index = 0; index < 2000; index += 1)
      reasked.askedBefore(`d${index}`, "x", { words: wordsOf(question) });
    expect(reasked.askedBefore("c", "four", { words: wordsOf(question) })).toBeUndefined();
  });
});
