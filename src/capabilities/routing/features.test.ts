import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Features, featuresOf, wavesCount } from "./features.ts";
import type { RequestTraits } from "./traits.ts";

const plain: RequestTraits = {
  turns: 1,
  tools: 0,
  requiredParameters: 0,
  images: 0,
  outputTokensMax: undefined,
  isReasoning: false,
  isSchema: false,
};
const seen = (user: string, request: Partial<RequestTraits> = {}): Features =>
  featuresOf({ user, instructions: "", tools: [], parameters: [] }, { ...plain, ...request });

/** How alike two requests are by their traits: near 1 for the same. */
const likeness = (left: Features, right: Features): number =>
  left.waves.reduce((sum, wave, index) => sum + wave * (right.waves[index] ?? 0), 0);

const choice = "Which of these is a prime?\nA. 4\nB. 6\nC. 7\nD. 9\nAnswer:";

describe("featuresOf", () => {
  it.for<[shape: Features["shape"], text: string, request?: Partial<RequestTraits>]>([
    ["tools", "What is the weather in Oslo?", { tools: 2 }],
    ["schema", "Who wrote Faust?", { isSchema: true }],
    ["long", "word ".repeat(8000)],
    ["non-latin", "\u4eca\u65e5\u306f\u3044\u3044\u5929\u6c17\u3067\u3059\u306d"],
    ["multi-turn", "And then?", { turns: 5 }],
    ["code", "function f(a) { return a; }; const g = { f };"],
    ["choice", choice],
    ["math", "Compute 12 * 31 + 4 = ? and 3^2 - 1"],
    ["other", "Who goes there?"],
  ])("tells %s from what stands in the request", ([shape, text, request]) => {
    expect(seen(text, request).shape).toBe(shape);
  });

  it("finds those alike that are built alike", () => {
    const other = "Which of these is a river?\nA. Elbe\nB. Rome\nC. Gold\nD. Oak\nAnswer:";
    const code = "def add(a, b): return a + b  # why does this fail; where is {x}?";
    expect(likeness(seen(choice), seen(choice))).toBeCloseTo(1, 0);
    expect(likeness(seen(choice), seen(other))).toBeGreaterThan(likeness(seen(choice), seen(code)) + 0.3);
  });

  it("is the same for the same request, bounded, and takes any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 3000 }), (text) => {
        const features = seen(text);
        expect(seen(text)).toEqual(features);
        expect(features.words.length).toBeLessThanOrEqual(300);
        expect(features.waves).toHaveLength(wavesCount);
        for (const wave of features.waves) expect(Math.abs(wave)).toBeLessThanOrEqual(0.18);
      }),
      { numRuns: 50 },
    );
  });

  it("does not change with the process: what was logged can be judged again", () => {
    const { waves } = seen("What is 12+30?");
    const digits = Array.from(waves, (wave) => Math.round(wave * 1e4)).join(" ");
    expect(digits).toMatchInlineSnapshot(
      `"-935 717 1527 -1499 -1080 -677 10 1691 -1740 -1179 1487 1587 1637 -1766 -1632 1620 -548 -871 -1106 -1009 -467 -641 1136 -1767 -1348 -311 -1623 1505 -1700 -1290 183 -1753 -1289 1492 1211 1715 -557 -1535 -1225 -461 -1051 1712 1679 -239 -1764 -1553 -883 -858 47 411 1059 -1567 -1602 -1766 1620 -506 -612 -74 -1590 863 -1615 -955 -1763 1292"`,
    );
  });
});
