import fc from "fast-check";
import { expect, it } from "vitest";
import { countTokens, tokenize } from "./tokens.ts";

it("the tokens of any text join to it, are counted alike, and none is longer than 9 characters", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.lorem({ mode: "sentences" })), (text) => {
      const tokens = tokenize(text);
      expect(tokens.join("")).toBe(text);
      expect(countTokens(text)).toBe(tokens.length);
      for (const token of tokens) expect(Array.from(token).length).toBeLessThanOrEqual(9);
    }),
  );
});

it("an ordinary word with its space is one token", () => {
  expect(tokenize("Hello brave new world")).toEqual(["Hello", " brave", " new", " world"]);
});
