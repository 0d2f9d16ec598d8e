/**
 * Where the regions of the large clouds are, by the country of their data centres, ISO 3166-1 in lower case.
 *
 * Sources, read 2026-11: Amazon Web Services "AWS Regions", Microsoft "List of Azure regions", Google Cloud "Regions and
 * zones". What is not here an operator names in `regions.zones`.
 */
export const regionsOf: Readonly<Record<string, string>> = {
  ae: "me-central-1 uaenorth uaecentral",
  at: "austriaeast",
  au: "ap-southeast-2 ap-southeast-4 australiaeast australiasoutheast australiacentral australia-southeast1 australia-southeast2",
  be: "belgiumcentral europe-west1",
  bh: "me-south-1",
  br: "sa-east-1 brazilsouth brazilsoutheast southamerica-east1",
  ca: "ca-central-1 ca-west-1 canadacentral canadaeast northamerica-northeast1 northamerica-northeast2",
  ch: "eu-central-2 switzerlandnorth switzerlandwest europe-west6",
  cl: "chilecentral southamerica-west1",
  de: "eu-central-1 germanywestcentral germanynorth europe-west3 europe-west10",
  dk: "denmarkeast",
  es: "eu-south-2 spaincentral europe-southwest1",
  fi: "europe-north1",
  fr: "eu-west-3 francecentral francesouth europe-west9",
  gb: "eu-west-2 uksouth ukwest europe-west2",
  hk: "ap-east-1 eastasia asia-east2",
  id: "ap-southeast-3 indonesiacentral asia-southeast2",
  ie: "eu-west-1 northeurope",
  il: "il-central-1 israelcentral me-west1",
  in: "ap-south-1 ap-south-2 centralindia southindia westindia asia-south1 asia-south2",
  it: "eu-south-1 italynorth europe-west8 europe-west12",
  jp: "ap-northeast-1 ap-northeast-3 japaneast japanwest asia-northeast1 asia-northeast2",
  kr: "ap-northeast-2 koreacentral koreasouth asia-northeast3",
  mx: "mx-central-1 mexicocentral northamerica-south1",
  my: "ap-southeast-5 malaysiawest",
  nl: "westeurope europe-west4",
  no: "norwayeast norwaywest",
  nz: "ap-southeast-6 newzealandnorth",
  pl: "polandcentral europe-central2",
  qa: "qatarcentral me-central1",
  sa: "me-central2",
  se: "eu-north-1 swedencentral swedensouth europe-north2",
  sg: "ap-southeast-1 southeastasia asia-southeast1",
  th: "ap-southeast-7 asia-southeast3",
  tw: "ap-east-2 asia-east1",
  us: "us-east-1 us-east-2 us-west-1 us-west-2 us-gov-east-1 us-gov-west-1 eastus eastus2 southcentralus northcentralus centralus westcentralus westus westus2 westus3 us-central1 us-east1 us-east4 us-east5 us-south1 us-west1 us-west2 us-west3 us-west4",
  za: "af-south-1 southafricanorth southafricawest africa-south1",
};

/** Members of the European Union. Source: europa.eu, "EU countries", 2026. */
const unionCountries =
  "at be bg cy cz de dk ee es fi fr gr hr hu ie it lt lu lv mt nl pl pt ro se si sk".split(" ");
/** The European Economic Area has three more. Source: efta.int, "EEA agreement". */
const areaOnlyCountries = ["is", "li", "no"];

const union = new Set(unionCountries);
const area = new Set([...unionCountries, ...areaOnlyCountries]);

export type Continent = "europe" | "north-america" | "asia" | "other";

const continents: readonly (readonly [Continent, ReadonlySet<string>])[] = [
  ["europe", new Set([...area, "ch", "gb"])],
  ["north-america", new Set(["ca", "mx", "us"])],
  ["asia", new Set(["hk", "id", "in", "jp", "kr", "my", "sg", "th", "tw"])],
];

const countryOfRegion = new Map(
  Object.entries(regionsOf).flatMap(([country, regions]) =>
    regions.split(" ").map((region): [string, string] => [region, country]),
  ),
);
const countries = new Set([...Object.keys(regionsOf), ...area]);
const unions = ["eu", "eea"];

/** Every name that a place may be told by without an operator's word: regions, countries, unions of countries. */
export const knownZones: readonly string[] = [...countryOfRegion.keys(), ...countries, ...unions];

/** Whether this names a place rather than a country or what countries form. */
export const isRegion = (zone: string): boolean => !countries.has(zone) && !unions.includes(zone);

/**
 * All zones that a place of this name lies in, its own name among them; empty for a name that nobody knows. Who is in the
 * European Union without being in one of its countries is in its economic area too.
 */
export function zonesOfName(name: string): readonly string[] {
  const country = countryOfRegion.get(name) ?? name;
  if (countries.has(country)) {
    const inUnion = [...(union.has(country) ? ["eu"] : []), ...(area.has(country) ? ["eea"] : [])];
    return [...new Set([name, country, ...inUnion])];
  }
  if (name === "eu") return ["eu", "eea"];
  return name === "eea" ? ["eea"] : [];
}

/** On which continent a place with these zones lies; `undefined`: they do not tell. */
export function continentOf(zones: ReadonlySet<string>): Continent | undefined {
  if (zones.size === 0) return undefined;
  if (zones.has("eu") || zones.has("eea")) return "europe";
  for (const [continent, members] of continents)
    if ([...zones].some((zone) => members.has(zone))) return continent;
  return [...zones].some((zone) => countries.has(zone)) ? "other" : undefined;
}
