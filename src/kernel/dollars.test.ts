import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDollars } from "./dollars.ts";

describe("parseDollars", () => {
  it.for([
    { dollars: 3, nano: 3_000_000_000n },
    { dollars: 0, nano: 0n },
    { dollars: 0.0375, nano: 37_500_000n },
    { dollars: "2.50", nano: 2_500_000_000n },
    { dollars: 1e-7, nano: 100n },
    { dollars: "1E-9", nano: 1n },
    { dollars: "0.0000000010", nano: 1n },
    { dollars: "15e1", nano: 150_000_000_000n },
  ])("reads $dollars as $nano nano-dollars", ({ dollars, nano }) => {
    expect(parseDollars(dollars)).toBe(nano);
  });

  it.for([
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "",
    "free",
    "1,50",
    "$3",
    ".5",
    "1e-10",
    1.5e-9,
    "1e9999",
  ])("does not guess at %s", (dollars) => {
    expect(parseDollars(dollars)).toBeUndefined();
  });

  it("reads every amount of whole nano-dollars back exactly", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), (nano) => {
        const text = `${nano / 10n ** 9n}.${String(nano % 10n ** 9n).padStart(9, "0")}`;
        expect(parseDollars(text)).toBe(nano);
      }),
    );
  });
});
