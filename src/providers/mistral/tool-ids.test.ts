import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createToolIds } from "./tool-ids.ts";

const fitting = /^[a-zA-Z0-9]{9}$/;
const ids = fc.oneof(fc.string(), fc.stringMatching(/^call_[a-zA-Z0-9]{24}$/), fc.stringMatching(fitting));

describe("createToolIds", () => {
  it("rule 34: gives nine letters and digits, the same again in another process, and lets those pass", () => {
    const toolId = createToolIds();
    expect(toolId("gSIMJiOkT")).toBe("gSIMJiOkT");
    for (const near of ["gSIMJiOk", "gSIMJiOkTT", "gSIMJiO-T"]) {
      expect(toolId(near)).toMatch(fitting);
      expect(toolId(near)).not.toBe("gSIMJiOkT");
    }
    // Known answers, computed by another program: a change would break every conversation under way.
    expect(toolId("call_0fypS1hVX")).toBe("0oAT8iXDt");
    expect(toolId("toolu_01A09q90qw90lq917835lq9")).toBe("4sUKKMBhg");
    expect(toolId("")).toBe("6CqJdeDk3");
  });

  it("rule 34: every id fits and keeps its own, whatever comes with it", () => {
    fc.assert(
      fc.property(fc.uniqueArray(ids), (originals) => {
        const toolId = createToolIds();
        const given = originals.map(toolId);
        for (const id of given) expect(id).toMatch(fitting);
        expect(new Set(given).size).toBe(originals.length);
        expect(originals.map(toolId)).toEqual(given);
        expect(originals.map(createToolIds())).toEqual(given);
      }),
    );
  });

  it("rule 34: salts the later of two that would get the same", () => {
    const hashed = createToolIds()("call_1");
    const toolId = createToolIds();
    expect(toolId("call_1")).toBe(hashed);
    const salted = toolId(hashed);
    expect(salted).toMatch(fitting);
    expect(salted).not.toBe(hashed);
    expect(toolId("call_1")).toBe(hashed);
    expect(toolId(hashed)).toBe(salted);
  });

  it("gives the ids of a conversation again when it goes on", () => {
    fc.assert(
      fc.property(fc.array(ids), fc.array(ids), (before, after) => {
        const shorter = before.map(createToolIds());
        const longer = [...before, ...after].map(createToolIds());
        expect(longer.slice(0, before.length)).toEqual(shorter);
      }),
    );
  });
});
