import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCalibration } from "./calibration.ts";
import { createTokenCount } from "./stage.ts";
import { textSizeOf } from "./text-size.ts";

const gpt = { provider: "p", model: "gpt" };

describe("token estimates", () => {
  it("begin with four bytes a token, and with more for Claude", () => {
    const count = createTokenCount();
    expect(count.estimate(gpt, 4000)).toEqual({ tokens: 1000 });
    expect(count.estimate({ provider: "p", model: "claude-x" }, 4000)).toEqual({ tokens: 1400 });
    expect(count.estimate(gpt, 0)).toEqual({ tokens: 1 });
  });

  it("come within 5 % of any model's own way of counting after 30 calls, whatever that is", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        fc.infiniteStream(fc.nat(4000)),
        (ratio, sizes) => {
          const count = createTokenCount();
          for (let call = 0; call < 30; call += 1) {
            const size = 4000 + (sizes.next().value ?? 0);
            count.learn(gpt, size, Math.round((size / 4) * ratio));
          }
          const { tokens } = count.estimate(gpt, 8000);
          expect(Math.abs(tokens / (2000 * ratio) - 1)).toBeLessThan(0.05);
        },
      ),
    );
  });

  it("keep models apart, and learn nothing from bodies full of images", () => {
    const count = createTokenCount();
    count.learn(gpt, 4000, 2000);
    count.learn(gpt, 300_000, 1);
    expect(count.estimate({ provider: "q", model: "gpt" }, 4000).tokens).toBe(1000);
    expect(count.estimate(gpt, 4000).tokens).toBe(2000);
  });

  it("tell how far they may be off once there is enough to tell", () => {
    const calibration = createCalibration(1);
    expect(calibration.errorBand()).toBeUndefined();
    for (let call = 0; call < 200; call += 1)
      calibration.learn({ estimated: 100, reported: call % 10 === 0 ? 130 : 100 });
    expect(calibration.errorBand()).toBeGreaterThan(0.01);
    expect(calibration.errorBand()).toBeLessThan(0.31);
  });

  it("tell it of the last two hundred calls", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 50, max: 200 }), { minLength: 10, maxLength: 450 }), (calls) => {
        const calibration = createCalibration(1);
        const distances: number[] = [];
        let mean = 0;
        for (const [index, reported] of calls.entries()) {
          calibration.learn({ estimated: 100, reported });
          const off = Math.log(reported / 100);
          distances.push(Math.abs(off - mean));
          mean += (off - mean) / Math.min(index + 1, 50);
        }
        const sorted = distances.slice(-200).toSorted((left, right) => left - right);
        const ninth = sorted[Math.ceil(sorted.length * 0.9) - 1] ?? 0;
        expect(calibration.errorBand()).toBeCloseTo(Math.exp(ninth) - 1, 12);
      }),
    );
  });

  it("have a lower bound: far off before anything is learned, their own error below them afterwards", () => {
    const count = createTokenCount();
    const size = { plainBytes: 16_000, otherCharacters: 0 };
    expect(count.atLeast(gpt, size)).toBe(1000);
    for (let call = 0; call < 30; call += 1) count.learn(gpt, 4000, call % 5 === 0 ? 300 : 400);
    const least = count.atLeast(gpt, size);
    expect(least).toBeGreaterThan(1100);
    expect(least).toBeLessThan(count.estimate(gpt, 16_000).tokens);
  });

  // Python's `json.dumps` escapes what is not ASCII: 26 bytes a token in Russian. Counts by o200k, of fifty such sentences.
  it.for<{ language: string; text: string; tokens: number }>([
    {
      language: "Russian",
      text: "Правительство опубликовало сегодня подробный отчёт о состоянии железных дорог страны. ",
      tokens: 901,
    },
    {
      language: "Chinese",
      text: "政府今天发布了关于全国铁路状况的详细报告，其中提到了许多问题。",
      tokens: 950,
    },
    {
      language: "German",
      text: "Die Regierung veröffentlichte heute einen ausführlichen Bericht über den Zustand der Eisenbahn. ",
      tokens: 851,
    },
    {
      language: "English",
      text: "The government published a detailed report today about the state of the railways. ",
      tokens: 751,
    },
  ])("are never more than $language has, whatever was learned before", ({ text, tokens }) => {
    const whole = text.repeat(50);
    const escaped = whole.replace(
      /[\u0080-\uffff]/g,
      (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    for (const bytesPerToken of [undefined, 2, 4.3, 28]) {
      const count = createTokenCount();
      for (let call = 0; bytesPerToken !== undefined && call < 50; call += 1)
        count.learn(gpt, 4300, 4300 / bytesPerToken);
      for (const body of [whole, escaped]) {
        const least = count.atLeast(gpt, textSizeOf(Buffer.from(body)));
        expect(least).toBeLessThanOrEqual(tokens);
        expect(least).toBeGreaterThan(tokens / 20);
      }
    }
  });

  it("are not moved by counts that cannot be", () => {
    const calibration = createCalibration(1);
    for (const reported of [0, -1, Number.NaN]) calibration.learn({ estimated: 10, reported });
    expect(calibration.corrected(100)).toBe(100);
    calibration.learn({ estimated: 10, reported: 20 });
    expect(calibration.corrected(100)).toBe(200);
  });
});

describe("the text in a body", () => {
  it.for<{ body: string; plainBytes: number; otherCharacters: number }>([
    { body: String.raw`"h\u00e9, h\u00E9"`, plainBytes: 6, otherCharacters: 2 },
    { body: '"hé, 政"', plainBytes: 5, otherCharacters: 2 },
    { body: String.raw`"\ud83d\ude00"`, plainBytes: 2, otherCharacters: 2 },
    { body: '"😀"', plainBytes: 2, otherCharacters: 1 },
    { body: String.raw`"a\\u0041 \"b"`, plainBytes: 12, otherCharacters: 0 },
    { body: String.raw`"a\n\n   \t b"`, plainBytes: 5, otherCharacters: 0 },
    { body: "\\", plainBytes: 1, otherCharacters: 0 },
  ])("is counted by characters: $body", ({ body, ...size }) => {
    expect(textSizeOf(Buffer.from(body))).toEqual(size);
  });
});
