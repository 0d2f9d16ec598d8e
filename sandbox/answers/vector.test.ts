import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nativeDimensions, packed, vectorOf } from "./vector.ts";

const anyCall = fc.record({
  text: fc.string({ unit: "grapheme", maxLength: 200 }),
  seed: fc.nat(),
  dimensions: fc.integer({ min: 1, max: nativeDimensions }),
});

describe("vectorOf", () => {
  it("has the asked dimensions and length 1, and is the same for the same text and seed", () => {
    fc.assert(
      fc.property(anyCall, ({ text, ...settings }) => {
        const vector = vectorOf(text, settings);
        expect(vector).toHaveLength(settings.dimensions);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 3);
        expect(vectorOf(text, settings)).toEqual(vector);
      }),
      { numRuns: 50 },
    );
  });

  it("differs where text or seed differ, though the words be the same", () => {
    const settings = { seed: 1, dimensions: 16 };
    const vector = vectorOf("One two.", settings);
    expect(vectorOf("one two", settings)).not.toEqual(vector);
    expect(vectorOf("One two.", { ...settings, seed: 2 })).not.toEqual(vector);
  });
});

describe("packed", () => {
  it("keeps every number apart in single precision: what is unpacked rounds to what was told", () => {
    fc.assert(
      fc.property(anyCall, ({ text, ...settings }) => {
        const vector = vectorOf(text, settings);
        const bytes = Buffer.from(packed(vector), "base64");
        const unpacked = vector.map((_, index) => bytes.readFloatLE(index * 4));
        expect(unpacked.map((value) => Math.round(value * 1e7) / 1e7)).toEqual(vector);
      }),
      { numRuns: 50 },
    );
  });
});
