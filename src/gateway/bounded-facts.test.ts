import { describe, expect, it } from "vitest";
import { boundedFact, headerLists, listsOf } from "./bounded-facts.ts";

const numbered = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `n${index}`);

describe("boundedFact", () => {
  it.for<{ name: string; fact: Parameters<typeof boundedFact>; says: string }>([
    { name: "a long text", fact: ["request.path", "a".repeat(8193)], says: "8192 characters" },
    { name: "many tools", fact: ["ai.tools", numbered(129)], says: "128 items" },
    { name: "a long name of a tool", fact: ["ai.tools", ["a".repeat(257)]], says: "256 characters" },
    {
      name: "many names",
      fact: ["request.query", listsOf(numbered(257).map((name) => [name, "1"]))],
      says: "256 items",
    },
    {
      name: "many values",
      fact: ["request.headers", listsOf(numbered(101).map((value) => ["x-a", value])), "x-a"],
      says: "100 items",
    },
    {
      name: "a long value",
      fact: ["request.headers", { "x-a": ["a".repeat(8193)] }],
      says: "8192 characters",
    },
  ])("tells no part of $name: what is behind it would be hidden", ({ fact, says }) => {
    expect(() => boundedFact(...fact)).toThrow(says);
  });

  it("tells one list of many", () => {
    const lists = listsOf([...numbered(300), "bad"].map((name) => [name, "1"]));
    expect(boundedFact("request.query", lists, "bad")).toEqual(["1"]);
    expect(boundedFact("request.query", lists, "none")).toEqual([]);
  });

  it("knows names of the language as names like any other", () => {
    const lists = headerLists(["__proto__", "1", "Constructor", "2"]);
    expect(Object.keys(lists)).toEqual(["__proto__", "constructor"]);
    expect(boundedFact("request.headers", lists, "constructor")).toEqual(["2"]);
    expect(boundedFact("request.headers", {}, "constructor")).toEqual([]);
    expect(boundedFact("request.headers", {}, "__proto__")).toEqual([]);
  });
});
