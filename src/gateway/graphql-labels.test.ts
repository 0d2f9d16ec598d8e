import { describe, expect, it } from "vitest";
import { isLabelOn } from "./graphql-labels.ts";

const keys = Array.from({ length: 20_000 }, (_, index) => `key_${index}`);
const within = (label: string, written = {}) =>
  new Set(keys.filter((keyId) => isLabelOn(label, written, { keyId, requestId: "r" })));

describe("isLabelOn", () => {
  it.for<[label: string, written: Readonly<Record<string, boolean>>, isOn: boolean]>([
    ["new", {}, false],
    ["new", { new: true }, true],
    ["new", { new: false }, false],
    ["percent(100)", {}, true],
    ["percent(0)", {}, false],
    ["percent(100)", { "percent(100)": false }, false],
    ["percent(-1)", {}, false],
    ["percent(x)", {}, false],
    ["constructor", {}, false],
    ["__proto__", {}, false],
  ])("of %s with %j is %s", ([label, written, isOn]) => {
    expect(isLabelOn(label, written, { keyId: "key_1", requestId: "r" })).toBe(isOn);
  });

  it.for([5, 12.5, 50])("holds for %i %% of the keys, the same ones each time", (percent) => {
    const label = `percent(${percent})`;
    const found = within(label);
    // Four standard deviations.
    const spread = 4 * Math.sqrt(keys.length * (percent / 100) * (1 - percent / 100));
    expect(Math.abs(found.size - (keys.length * percent) / 100)).toBeLessThan(spread);
    expect(within(label)).toEqual(found);
  });

  it("loses nobody when a share rises", () => {
    expect([...within("percent(5)")].filter((key) => !within("percent(10)").has(key))).toEqual([]);
  });

  it("goes by the request where no key is asked for", () => {
    const sides = Array.from({ length: 100 }, (_, index) =>
      isLabelOn("percent(50)", {}, { keyId: "", requestId: `r${index}` }),
    );
    expect(new Set(sides).size).toBe(2);
  });
});
