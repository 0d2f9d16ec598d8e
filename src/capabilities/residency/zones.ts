import { continentOf, isRegion, zonesOfName } from "./places.ts";

/** Where something is: the zones it lies in, by name; `undefined` or empty: nobody knows. */
export type Zones = ReadonlySet<string>;

/** What an operator says of regions of the own: the zones each lies in. */
export type OwnZones = Readonly<Record<string, readonly string[]>>;

/** Of what nobody knows the place. */
export const nowhere: Zones = new Set();

/** The zones of a region. An operator's word stands above the table; what it names brings the zones around it. */
export function zonesOf(region: string | undefined, own: OwnZones): Zones {
  if (region === undefined) return nowhere;
  const told = Object.hasOwn(own, region) ? own[region] : undefined;
  if (told === undefined) return new Set(zonesOfName(region));
  return new Set([region, ...told.flatMap((zone) => [zone, ...zonesOfName(zone)])]);
}

/** The zones of what may be at any of several places: those that all of them share. */
export function commonZones(regions: readonly (string | undefined)[], own: OwnZones): Zones {
  const [first = nowhere, ...others] = regions.map((region) => zonesOf(region, own));
  return new Set([...first].filter((zone) => others.every((zones) => zones.has(zone))));
}

/** What Bedrock puts before a model's id where any of several regions may run it. Source: AWS, "Inference profiles", 2026-11. */
const profile = /^(us|eu|apac|jp|au|ca|us-gov|global)\./;

/** The regions of the profiles that stay within one zone. */
const profileZone: Readonly<Record<string, string>> = {
  us: "us",
  "us-gov": "us",
  eu: "eu",
  jp: "jp",
  au: "au",
  ca: "ca",
};

/** `arn:aws:bedrock:eu-central-1:1:inference-profile/global.anthropic.…` by its kind and its name. */
const resource = /^arn:[^/]*:([a-z-]+)\/(.+)$/;
/** What is run where it lies. Profiles and routers of an account may lead anywhere, and their names do not tell. */
const regional = new Set([
  "foundation-model",
  "imported-model",
  "provisioned-model",
  "custom-model",
  "custom-model-deployment",
]);

/** The name of a model that could not be read. */
export const unreadModel = "?";

/** Where a model of Amazon Bedrock is run: not where it was asked, if its id names a profile across regions. */
export function zonesOfBedrock(model: string, asked: Zones): Zones {
  if (model === unreadModel) return nowhere;
  const [, kind = "", id = ""] = resource.exec(model) ?? [];
  if (model.startsWith("arn:"))
    return kind === "inference-profile" ? zonesOfBedrock(id, asked) : regional.has(kind) ? asked : nowhere;
  const name = profile.exec(model)?.[1];
  if (name === undefined) return asked;
  const zone = profileZone[name];
  return zone === undefined ? nowhere : new Set(zonesOfName(zone));
}

/** How near a place is held to be; whoever is neither comes last. */
export type Nearness = "same-region" | "same-jurisdiction";

/** The first of `wanted` that a place keeps, by its index; their number, if it keeps none. */
export function nearnessOf(wanted: readonly Nearness[], from: Zones, to: Zones): number {
  const shared = [...from].filter((zone) => to.has(zone));
  const index = wanted.findIndex((one) =>
    one === "same-region" ? shared.some((zone) => isRegion(zone)) : shared.length > 0,
  );
  return index === -1 ? wanted.length : index;
}

/** ms there and back, until something has been measured. Source: routing specification, section 5. */
const distances: Readonly<Record<string, number>> = {
  "europe north-america": 90,
  "asia europe": 180,
  "asia north-america": 150,
};
const same = 20;
const far = 220;

/** How far two places are from each other, ms there and back; 0 where it is not known of both where they are. */
export function distanceMs(from: Zones, to: Zones): number {
  const [one, other] = [continentOf(from), continentOf(to)];
  if (one === undefined || other === undefined) return 0;
  if (one === other) return one === "other" ? far : same;
  return distances[[one, other].toSorted().join(" ")] ?? far;
}
