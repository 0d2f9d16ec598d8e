import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Residency } from "../../exchange/permit.ts";
import { brokenRule, permit } from "./permits.ts";
import { knownZones, regionsOf } from "./places.ts";
import { regionsSettings, unknownZone } from "./settings.ts";
import { residencyOf, ruleText } from "./stage.ts";
import { commonZones, distanceMs, unreadModel, zonesOf, zonesOfBedrock } from "./zones.ts";

const zones = (region: string | undefined, own = {}): readonly string[] =>
  [...zonesOf(region, own)].toSorted();
const none = (): undefined => undefined;

describe("where a region is", () => {
  it.for([
    ["eu-central-1", ["de", "eea", "eu", "eu-central-1"]],
    ["germanywestcentral", ["de", "eea", "eu", "germanywestcentral"]],
    ["europe-west3", ["de", "eea", "eu", "europe-west3"]],
    ["eu-central-2", ["ch", "eu-central-2"]],
    ["eu-west-2", ["eu-west-2", "gb"]],
    ["norwayeast", ["eea", "no", "norwayeast"]],
    ["us-east-1", ["us", "us-east-1"]],
    ["de", ["de", "eea", "eu"]],
    ["eu", ["eea", "eu"]],
    ["global", []],
    ["somewhere", []],
    [undefined, []],
  ] as const)("%s lies in %j", ([region, expected]) => {
    expect(zones(region)).toEqual(expected);
  });

  it("is known by an operator's word, which stands above the table and brings what lies around", () => {
    const own = { "frankfurt-2": ["de"], "eu-central-1": ["ch"], "lab-1": ["eu-west-1", "lab"] };
    expect(zones("frankfurt-2", own)).toEqual(["de", "eea", "eu", "frankfurt-2"]);
    expect(zones("eu-central-1", own)).toEqual(["ch", "eu-central-1"]);
    expect(zones("lab-1", own)).toEqual(["eea", "eu", "eu-west-1", "ie", "lab", "lab-1"]);
  });

  it("is, of what is at several places, what all of them share", () => {
    const shared = (...regions: readonly (string | undefined)[]) => [...commonZones(regions, {})].toSorted();
    expect(shared("eu-central-1", "eu-west-1")).toEqual(["eea", "eu"]);
    expect(shared("eu-central-1", "us-east-1")).toEqual([]);
    expect(shared("eu-central-1", undefined)).toEqual([]);
    expect(shared("us-east-1")).toEqual(["us", "us-east-1"]);
    expect(shared()).toEqual([]);
  });

  it("is told once: no region stands under two countries", () => {
    const all = Object.values(regionsOf).flatMap((regions) => regions.split(" "));
    expect(new Set(all).size).toBe(all.length);
    expect(new Set(knownZones).size).toBe(knownZones.length);
  });

  it("is not where a model of Bedrock was asked, if its id names a profile across regions", () => {
    const asked = zonesOf("eu-central-1", {});
    const where = (model: string): readonly string[] => [...zonesOfBedrock(model, asked)].toSorted();
    expect(where("anthropic.claude-haiku-4-5-v1:0")).toEqual(["de", "eea", "eu", "eu-central-1"]);
    expect(where("eu.anthropic.claude-haiku-4-5-v1:0")).toEqual(["eea", "eu"]);
    expect(where("us.anthropic.claude-haiku-4-5-v1:0")).toEqual(["us"]);
    expect(where("global.anthropic.claude-haiku-4-5-v1:0")).toEqual([]);
    const arn = (name: string) => where(`arn:aws:bedrock:eu-central-1:1:${name}`);
    expect(arn("inference-profile/global.anthropic.claude-haiku-4-5-v1:0")).toEqual([]);
    expect(arn("inference-profile/eu.anthropic.claude-haiku-4-5-v1:0")).toEqual(["eea", "eu"]);
    expect(arn("application-inference-profile/abc")).toEqual([]);
    expect(arn("default-prompt-router/anthropic.claude:1")).toEqual([]);
    expect(arn("foundation-model/anthropic.claude-haiku-4-5-v1:0")).toEqual([
      "de",
      "eea",
      "eu",
      "eu-central-1",
    ]);
    expect(where("arn:nonsense")).toEqual([]);
    expect(where(unreadModel)).toEqual([]);
    expect(where("apac.anthropic.claude-haiku-4-5-v1:0")).toEqual([]);
  });

  it.for([
    ["eu-central-1", "eu-west-1", 20],
    ["eu-central-1", "us-east-1", 90],
    ["us-east-1", "eu-central-1", 90],
    ["eu-west-2", "ap-northeast-1", 180],
    ["ap-south-1", "us-west-2", 150],
    ["sa-east-1", "us-east-1", 220],
    ["sa-east-1", "af-south-1", 220],
    ["eu-central-1", "nobody-knows", 0],
    [undefined, "eu-central-1", 0],
  ] as const)("%s and %s are %i ms apart", ([from, to, ms]) => {
    expect(distanceMs(zonesOf(from, {}), zonesOf(to, {}))).toBe(ms);
  });
});

describe("what binds a request", () => {
  const settings = regionsSettings.parse({ residency: ["eu", "ch"], zones: { "lab-1": ["de"] } });

  it("is the installation, its key, its pool and itself, all at once", () => {
    const residency = residencyOf(settings, {
      key: [["eu"]],
      pool: ["de", "fr"],
      header: (name) => (name === "x-sallyport-region" ? " DE, lab-1 " : undefined),
    });
    expect(residency).toEqual([
      { by: "installation", zones: ["eu", "ch"] },
      { by: "key", zones: ["eu"] },
      { by: "pool", zones: ["de", "fr"] },
      { by: "request", zones: ["de", "lab-1"] },
    ]);
    expect(residency.map(ruleText).join("; ")).toBe(
      "in eu or ch, by the installation; in eu, by the key; in de or fr, by the pool; in de or lab-1, by the request itself",
    );
  });

  it("is nothing where nobody says so", () => {
    expect(residencyOf({ zones: {} }, { key: [], pool: undefined, header: none })).toEqual([]);
  });

  it.for([
    ["", "must name 1 to 50 zones"],
    [" , ", "must name 1 to 50 zones"],
    ["europe", "`europe` is no zone that is known"],
    ["eu-central-l", "did you mean `eu-central-1`?"],
    ["x".repeat(5000), "is no zone that is known"],
  ] as const)("is not %j", ([text, why]) => {
    const read = () => residencyOf(settings, { key: [], pool: undefined, header: () => text });
    expect(read).toThrow(expect.objectContaining({ code: "malformed_request" }));
    expect(read).toThrow(
      expect.objectContaining({ facts: expect.objectContaining({ param: "x-sallyport-region" }) }),
    );
    try {
      read();
    } catch (thrown) {
      expect(thrown).toMatchObject({ publicMessage: expect.stringContaining(why) });
    }
  });

  it("a zone is one that the table or the operator knows", () => {
    expect(unknownZone("lab-1", settings.zones)).toBeUndefined();
    expect(unknownZone("eea", {})).toBeUndefined();
    expect(unknownZone("lab-1", {})).toContain("`lab-1` is no zone");
  });
});

describe("a permit", () => {
  const zoneOf = fc.constantFrom(...["eu", "de", "ch", "us", "eea", "eu-central-1"]);
  const rule = fc.record({
    by: fc.constantFrom("installation", "key", "pool", "request"),
    zones: fc.array(zoneOf, { minLength: 1, maxLength: 3 }),
  });

  it("is given where every rule holds, and nowhere else; one more rule never widens", () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), rule, fc.array(zoneOf), (rules, more, lies) => {
        const residency: Residency = rules;
        const place = new Set(lies);
        const holds = residency.every(({ zones: wanted }) => wanted.some((zone) => place.has(zone)));
        const made = permit(residency, { zones: place, origin: "https://a.example" });
        expect(made !== undefined).toBe(holds);
        expect(brokenRule(residency, place) === undefined).toBe(holds);
        if (made === undefined) expect(permit([...residency, more], { zones: place })).toBeUndefined();
      }),
    );
  });

  it("is never given for an unknown place to what is bound, and covers its own origin only", () => {
    const bound: Residency = [{ by: "key", zones: ["eu"] }];
    expect(permit(bound, { zones: new Set() })).toBeUndefined();
    const made = permit([], { zones: new Set(), origin: "https://a.example" });
    expect(made?.covers("https://a.example")).toBe(true);
    expect(made?.covers("https://b.example")).toBe(false);
    expect(permit([], { zones: new Set() })?.covers("https://a.example")).toBe(false);
  });
});
