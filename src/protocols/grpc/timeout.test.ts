import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { milliseconds, minutes, seconds } from "../../kernel/units.ts";
import { deadlineOf, parseConnectTimeout, parseGrpcTimeout, printGrpcTimeout } from "./timeout.ts";

describe("grpc-timeout", () => {
  it.for<[text: string, ms: number | undefined]>([
    ["1H", 3_600_000],
    ["2M", 120_000],
    ["3S", 3000],
    ["4m", 4],
    ["5u", 0.005],
    ["0n", 0],
    ["99999999S", 99_999_999_000],
    ["100000000S", undefined],
    ["S", undefined],
    ["1", undefined],
    ["1s", undefined],
    ["-1S", undefined],
    ["1.5S", undefined],
    [" 1S", undefined],
  ])("reads %s", ([text, ms]) => expect(parseGrpcTimeout(text)).toBe(ms));

  it.for<[ms: number, text: string]>([
    [0, "0u"],
    [-5, "0u"],
    [0.3, "300u"],
    [1500, "1500000u"],
    [600_000, "600000m"],
    [100_000_000, "100000S"],
    [1e15, "99999999H"],
  ])("tells %d ms", ([ms, text]) => {
    expect(printGrpcTimeout(milliseconds(ms))).toBe(text);
  });

  it("is read as it was told, and never told longer than it is", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (ms) => {
        const told = parseGrpcTimeout(printGrpcTimeout(milliseconds(ms))) ?? Number.NaN;
        expect(told).toBeLessThanOrEqual(ms * (1 + 1e-12));
        expect(told).toBeGreaterThanOrEqual(ms * 0.999 - 0.001);
      }),
    );
  });
});

describe("deadlineOf", () => {
  it("is the least of the client's, the route's and ten minutes", () => {
    expect(deadlineOf(undefined, {})).toBe(minutes(10));
    expect(deadlineOf(minutes(20), {})).toBe(minutes(10));
    expect(deadlineOf(seconds(2), { limit: seconds(1) })).toBe(1000);
    expect(deadlineOf(seconds(1), { limit: seconds(2) })).toBe(1000);
    expect(deadlineOf(undefined, { limit: seconds(2) })).toBe(2000);
  });
});

describe("connect-timeout-ms", () => {
  it("is a number of at most ten digits", () => {
    expect(parseConnectTimeout("1500")).toBe(1500);
    expect(parseConnectTimeout("12345678901")).toBeUndefined();
    expect(parseConnectTimeout("1.5")).toBeUndefined();
    expect(parseConnectTimeout("")).toBeUndefined();
  });
});
