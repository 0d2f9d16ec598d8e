import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasShape, shapeOf } from "./chunk-shape.ts";

const chunk = (text: string, counters: object, more: object = {}): string =>
  JSON.stringify({
    candidates: [{ content: { parts: [{ text }], role: "model" }, index: 0, ...more }],
    usageMetadata: counters,
    modelVersion: "m",
  });
const counters = { promptTokenCount: 3, candidatesTokenCount: 12 };

describe("the shape of a chunk", () => {
  it("is that of every chunk with other words and numbers, and of none besides", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string({ unit: "grapheme" }),
        fc.nat(),
        fc.nat(),
        (one, other, few, many) => {
          const shape = shapeOf(chunk(one, counters));
          // Words that look like something to be read cost a parse: then there is no shape.
          if (shape === undefined) return;
          expect(hasShape(shape, chunk(other, { promptTokenCount: few, candidatesTokenCount: many }))).toBe(
            true,
          );
          expect(hasShape(shape, chunk(other, { promptTokenCount: few }))).toBe(false);
          expect(hasShape(shape, chunk(other, counters, { finishReason: "STOP" }))).toBe(false);
          expect(hasShape(shape, chunk(other, counters).slice(0, -1))).toBe(false);
        },
      ),
    );
  });

  it.for([
    { name: "a second part", data: chunk('a"},{"text":"b', counters).replaceAll("\\", "") },
    { name: "a fraction", data: chunk("a", { promptTokenCount: 1.5, candidatesTokenCount: 2 }) },
    { name: "another model", data: chunk("a", counters).replace('"m"', '"n"') },
    { name: "words that do not end", data: chunk("a", counters).replace('a"', 'a\\"') },
    { name: "nothing", data: "" },
  ])("is not that of a chunk with $name", ({ data }) => {
    const shape = shapeOf(chunk("a", counters));
    expect(shape !== undefined && hasShape(shape, data)).toBe(false);
  });

  it.for([
    chunk("a", counters, { finishReason: "STOP" }),
    chunk("a", counters, { index: 1 }),
    JSON.stringify({
      candidates: [{ content: { parts: [{ functionCall: { name: "f" } }] } }],
      usageMetadata: {},
    }),
    JSON.stringify({ promptFeedback: {}, usageMetadata: counters }),
    "[DONE]",
  ])("is none where there is more to read: %s", (data) => {
    expect(shapeOf(data)).toBeUndefined();
  });
});
