import { describe, expect, it } from "vitest";
import { readDay, readList, readPairs, writeDay, writePairs } from "./lists.ts";

describe("what is written in one line", () => {
  it("is read as a list", () => {
    expect(readList(" gpt-*,  claude-* o1 ,")).toEqual(["gpt-*", "claude-*", "o1"]);
    expect(readList("  ")).toEqual([]);
  });

  it("is read as pairs, and written again", () => {
    const pairs = { team: "blue", link: "a=b", odd: "" };
    expect(readPairs("team=blue, link=a=b, odd,")).toEqual(pairs);
    expect(readPairs(writePairs(pairs))).toEqual(pairs);
  });

  it("is read as the end of a day, and written again", () => {
    const at = readDay("2027-02-28");
    expect(at).toBe(Date.UTC(2027, 2, 1) - 1);
    expect(writeDay(at)).toBe("2027-02-28");
    expect([readDay(""), writeDay(null)]).toEqual([null, ""]);
  });
});
