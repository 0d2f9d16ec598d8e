import { afterAll, describe, expect, it } from "vitest";
import { ownThreads } from "../threads/index.ts";
import { createTokenizer } from "./tokenizer.ts";

const tokenizer = createTokenizer(ownThreads);
afterAll(() => tokenizer.close());

describe("the tokenizer", () => {
  // Source: OpenAI cookbook, "How to count tokens with tiktoken".
  it.for([
    { vocabulary: "cl100k", text: "tiktoken is great!", count: 6 },
    { vocabulary: "o200k", text: "tiktoken is great!", count: 6 },
    { vocabulary: "cl100k", text: "antidisestablishmentarianism", count: 6 },
    { vocabulary: "o200k", text: "antidisestablishmentarianism", count: 6 },
    { vocabulary: "cl100k", text: "お誕生日おめでとう", count: 9 },
    { vocabulary: "o200k", text: "お誕生日おめでとう", count: 8 },
    { vocabulary: "o200k", text: "", count: 0 },
  ] as const)("counts $text in $vocabulary", async ({ vocabulary, text, count }) => {
    expect(await tokenizer.count(vocabulary, [text])).toEqual([count]);
  });

  it("takes words that mean something to models for words, and keeps the order of many counts", async () => {
    const texts = ["a", "<|endoftext|>", "a b c"];
    const [alone, special, three] = await tokenizer.count("o200k", texts);
    expect([alone, three]).toEqual([1, 3]);
    expect(special).toBeGreaterThan(1);
    const all = await Promise.all(texts.map((text) => tokenizer.count("o200k", [text])));
    expect(all.flat()).toEqual([alone, special, three]);
  });

  it("is done with a run of one letter, the worst that its method knows, before anybody notices", async () => {
    expect((await tokenizer.count("o200k", ["a".repeat(65_536)]))[0]).toBeGreaterThan(0);
  });

  it("fails what waits when it is closed, and begins again when it is asked again", async () => {
    const own = createTokenizer(ownThreads);
    const waiting = own.count("cl100k", ["x"]);
    await Promise.all([expect(waiting).rejects.toThrow("shutting down"), own.close()]);
    expect(await own.count("cl100k", ["x"])).toEqual([1]);
    await own.close();
  });
});
