import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type QuantityUnit, quantityPatterns, readQuantity, unitOf } from "./quantity.ts";

describe("readQuantity", () => {
  it.for<{ text: string; unit: QuantityUnit; expected: number | undefined }>([
    { text: "5 GiB", unit: "bytes", expected: 5 * 1024 ** 3 },
    { text: "20MiB", unit: "bytes", expected: 20 * 1024 ** 2 },
    { text: "1.5 KiB", unit: "bytes", expected: 1536 },
    { text: "2 gb", unit: "bytes", expected: 2e9 },
    { text: "7 B", unit: "bytes", expected: 7 },
    { text: "250 ms", unit: "ms", expected: 250 },
    { text: "0.5 s", unit: "ms", expected: 500 },
    { text: "5min", unit: "ms", expected: 300_000 },
    { text: "2 h", unit: "ms", expected: 7_200_000 },
    { text: "1 d", unit: "ms", expected: 86_400_000 },
    { text: "1 M", unit: "ms", expected: undefined },
    { text: "1 S", unit: "ms", expected: undefined },
    { text: "5 GiB", unit: "ms", expected: undefined },
    { text: "5 s", unit: "bytes", expected: undefined },
    { text: "-5 s", unit: "ms", expected: undefined },
    { text: "5", unit: "ms", expected: undefined },
    { text: "9000000 TiB", unit: "bytes", expected: undefined },
    { text: "1 constructor", unit: "ms", expected: undefined },
  ])("reads $text as $unit: $expected", ({ text, unit, expected }) => {
    expect(readQuantity(text, unit)).toBe(expected);
  });

  it("takes exactly what the JSON Schema's pattern takes, as long as it is a safe number", () => {
    const symbol = fc.constantFrom(
      "b",
      "B",
      "kb",
      "KiB",
      "MB",
      "gib",
      "TB",
      "ms",
      "s",
      "min",
      "h",
      "d",
      "S",
      "m",
      "x",
      "",
    );
    const unit = fc.constantFrom<QuantityUnit>("bytes", "ms");
    fc.assert(
      fc.property(
        fc.nat({ max: 999 }),
        fc.constantFrom("", " ", "  "),
        symbol,
        unit,
        (amount, gap, name, kind) => {
          const text = `${amount}${gap}${name}`;
          expect(readQuantity(text, kind) !== undefined).toBe(new RegExp(quantityPatterns[kind]).test(text));
        },
      ),
    );
  });
});

describe("unitOf", () => {
  it.for([
    ["bodyBytesMax", "bytes"],
    ["bytes", "bytes"],
    ["idleMs", "ms"],
    ["latencyMsP99", "ms"],
    ["days", undefined],
    ["headersMax", undefined],
    ["Msgs", undefined],
  ] as const)("%s counts %s", ([name, expected]) => {
    expect(unitOf(name)).toBe(expected);
  });
});
