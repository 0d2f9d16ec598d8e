import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recomputed } from "./cost.ts";
import { type EgressRow, egressOf, egressRate, sumOf } from "./egress.ts";

const frankfurt = new Set(["eu-central-1", "de", "eu", "eea"]);
const ireland = new Set(["eu-west-1", "ie", "eu", "eea"]);
const virginia = new Set(["us-east-1", "us"]);
const nowhere = new Set<string>();
const rows: readonly EgressRow[] = [
  { from: "eu-central-1", to: "eu-central-1", perGb: 0 },
  { from: "eu", to: "eu", perGb: 0.02 },
  { from: "eu", perGb: 0.09 },
  { to: "eu", perGb: 0.05 },
];

describe("egressRate", () => {
  it.for<{ name: string; from: Set<string>; to: Set<string>; rate: number | undefined }>([
    { name: "within a region", from: frankfurt, to: frankfurt, rate: 0 },
    { name: "within a union", from: frankfurt, to: ireland, rate: 20_000_000 },
    { name: "out of it", from: ireland, to: virginia, rate: 90_000_000 },
    { name: "into it: each way has its own price", from: virginia, to: ireland, rate: 50_000_000 },
    { name: "to where nobody knows", from: frankfurt, to: nowhere, rate: 90_000_000 },
    { name: "what fits no row", from: virginia, to: virginia, rate: undefined },
    { name: "from where nobody knows to where nobody knows", from: nowhere, to: nowhere, rate: undefined },
  ])("$name", ({ from, to, rate }) => {
    expect(egressRate(rows, from, to)).toBe(rate);
  });
});

describe("egressOf", () => {
  it("tells both ways apart, adds what has the same price, and rounds the sum once", () => {
    const told = egressOf(rows, frankfurt, [
      { sent: 1000, received: 300, zones: virginia },
      { sent: 50, received: 0, zones: nowhere },
      { sent: 7, received: 7, zones: frankfurt },
    ]);
    // 1050 · 0.09 + 300 · 0.05 nano-dollars.
    expect(told).toEqual({
      nanoUsd: 110,
      lines: [
        { unit: "sentBytes", quantity: 1050, nanoUsd: 90_000_000, per: 1e9, isApproximate: false },
        { unit: "receivedBytes", quantity: 300, nanoUsd: 50_000_000, per: 1e9, isApproximate: false },
      ],
    });
  });

  it("is none where nothing has a price", () => {
    expect(egressOf([], frankfurt, [{ sent: 9, received: 9, zones: virginia }])).toBeUndefined();
    expect(egressOf(rows, frankfurt, [{ sent: 9, received: 9, zones: frankfurt }])).toBeUndefined();
    expect(egressOf(rows, frankfurt, [])).toBeUndefined();
  });

  it("can be made anew from a record, beside the factor of the tokens", () => {
    const egress = egressOf(rows, frankfurt, [{ sent: 1_000_000, received: 0, zones: virginia }]);
    const line = { unit: "input", quantity: 1000, nanoUsd: 300, per: 1, isApproximate: false };
    const cost = { nanoUsd: 150_000 + 90_000, lines: [line], source: "operator", multiply: "1/2", egress };
    expect(recomputed({ ...cost, egress: egress ?? { nanoUsd: 0, lines: [] } })).toBe(cost.nanoUsd);
  });

  it("does not hang on the order of tries, nor on how a body was cut into them", () => {
    const flow = fc.record({
      sent: fc.nat(10_000_000),
      received: fc.nat(10_000_000),
      zones: fc.constantFrom(frankfurt, ireland, virginia, nowhere),
    });
    fc.assert(
      fc.property(fc.array(flow, { maxLength: 6 }), (flows) => {
        const whole = egressOf(rows, frankfurt, flows);
        const cut = flows.flatMap(({ sent, received, zones }) => [
          { sent, received: 0, zones },
          { sent: 0, received, zones },
        ]);
        expect(egressOf(rows, frankfurt, cut.toReversed())?.nanoUsd).toBe(whole?.nanoUsd);
        if (whole !== undefined) expect(sumOf(whole.lines)).toBe(whole.nanoUsd);
      }),
    );
  });
});
