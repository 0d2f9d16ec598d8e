import { describe, expect, it } from "vitest";
import { zonesOf } from "../capabilities/residency/index.ts";
import { egressAtMost, egressTo } from "./egress.ts";
import type { ProviderFacts, Regions } from "./snapshot.ts";
import { compiled, openaiFacts } from "./table.test-support.ts";

const rows: Regions["settings"]["egress"] = [
  { from: "eu-central-1", to: "eu-central-1", perGb: 0 },
  { from: "eu", perGb: 90 },
  { to: "eu", perGb: 50 },
];
const regionsOf = (egress: Regions["settings"]["egress"]): Regions => ({
  settings: { zones: {}, here: "eu-central-1", egress },
  here: zonesOf("eu-central-1", {}),
  pools: new Map(),
  prefer: new Map(),
  clients: { regionOf: () => undefined },
});

/** A target at addresses of these weights. */
function targetAt(places: readonly { readonly region: string; readonly weight: number }[]) {
  const addresses: NonNullable<ProviderFacts["addresses"]> = {
    balance: "round-robin",
    hashOn: "conversation",
    list: places.map(({ region, weight }, index) => ({
      name: `a${index}`,
      baseUrl: `http://a${index}.invalid/v1`,
      weight,
      region,
    })),
    health: undefined,
  };
  const target = compiled([{ ...openaiFacts, addresses }])
    .providers.get("openai")
    ?.targetOf("m");
  if (target === undefined) throw new Error("no target");
  return target;
}

describe("what bytes cost to a target of several places", () => {
  const near = { region: "eu-central-1", weight: 1 };
  const far = { region: "us-east-1", weight: 1 };

  it.for<{ name: string; places: readonly (typeof near)[]; mean: number | undefined; most: number }>([
    { name: "near and far", places: [near, far], mean: 45, most: 90 },
    { name: "mostly near", places: [{ ...near, weight: 9 }, far], mean: 9, most: 90 },
    { name: "the far one drained", places: [near, { ...far, weight: 0 }], mean: 0, most: 90 },
    {
      name: "all drained",
      places: [
        { ...near, weight: 0 },
        { ...far, weight: 0 },
      ],
      mean: 45,
      most: 90,
    },
    { name: "near only", places: [near], mean: undefined, most: 0 },
  ])("is expected as their mean and bounded by the dearest: $name", ({ places, mean, most }) => {
    const target = targetAt(places);
    const regions = regionsOf(rows);
    expect(egressTo(regions, target)?.mean.sent).toBe(mean);
    expect(egressAtMost(regions)(target, { inputBytes: 1000, outputTokens: 0 })).toBe(1000 * most);
  });

  it("is looked up once for each target of a configuration, and anew for the next", () => {
    let looks = 0;
    const counted: Regions["settings"]["egress"] = new Proxy(rows, {
      get: (of, name, receiver) => {
        if (name === "find") looks += 1;
        return Reflect.get(of, name, receiver);
      },
    });
    const target = targetAt([near, far]);
    const regions = regionsOf(counted);
    const first = egressTo(regions, target);
    const before = looks;
    expect(before).toBeGreaterThan(0);
    expect(egressTo(regions, target)).toBe(first);
    expect(looks).toBe(before);
    expect(egressTo(regionsOf([{ perGb: 1 }]), target)?.mean.sent).toBe(1);
  });
});
