import { describe, expect, it } from "vitest";
import { createLatencyLine } from "./latency-line.ts";

const start = { intercept: 0.015, slope: 0.0007 } as const;

describe("createLatencyLine", () => {
  it("comes to the specification's numbers", () => {
    const line = createLatencyLine(start);
    const seen = [
      [1, 0.016],
      [3, 0.018],
      [8, 0.022],
      [20, 0.031],
    ] as const;
    for (const [load, seconds] of seen) line.learn(load, seconds);
    expect(line.state().intercept).toBeCloseTo(0.015_516_630_183, 12);
    expect(line.state().slope).toBeCloseTo(0.000_779_229_794, 12);
    expect(line.at(10)).toBeCloseTo(0.015_516_630_183 + 10 * 0.000_779_229_794, 10);
  });

  it("follows a server that becomes three times as slow", () => {
    const line = createLatencyLine(start);
    for (let index = 0; index < 200; index += 1) line.learn(index % 10, 0.01 + 0.001 * (index % 10));
    for (let index = 0; index < 200; index += 1) line.learn(index % 10, 0.03 + 0.003 * (index % 10));
    expect(line.at(5)).toBeCloseTo(0.045, 2);
  });

  it("believes the next one the more the longer it was in doubt, and keeps what it knows until then", () => {
    const after = (times: number): number => {
      const line = createLatencyLine(start);
      for (let index = 0; index < 200; index += 1) line.learn(index % 10, 0.1);
      line.doubt(times);
      expect(line.at(1)).toBeCloseTo(0.1, 3);
      line.learn(1, 0.02);
      return line.at(1);
    };
    expect(after(1)).toBeGreaterThan(0.09);
    expect(after(10)).toBeLessThan(after(1));
    expect(after(1e6)).toBeLessThan(0.025);
    expect(after(Number.POSITIVE_INFINITY)).toBeLessThan(0.025);
  });

  it("goes on after an hour of the same, and after what is no number", () => {
    const line = createLatencyLine(start);
    for (let index = 0; index < 5000; index += 1) line.learn(4, 0.02);
    line.learn(Number.NaN, 1);
    line.learn(1, Number.POSITIVE_INFINITY);
    expect(line.at(4)).toBeCloseTo(0.02, 6);
    expect(line.state().slope).toBeGreaterThanOrEqual(0);
  });
});
