import * as z from "zod";
import { parseIpNetwork } from "../../kernel/ip-network.ts";
import { nearestNames } from "../../kernel/nearest.ts";
import { knownZones } from "./places.ts";

const regionName = /^[a-z0-9-]{1,40}$/;
const region = z.string().regex(regionName, "must be a region's name, like `eu-central-1`");
const zone = z.string().regex(regionName, "must be a zone's name, like `eu`, `de` or `eu-central-1`");

/** The `regions` section: where this gateway is, what else is a place, and what binds every request. */
export const regionsSettings = z
  .strictObject({
    here: z
      .exactOptional(region)
      .describe(
        "Where this gateway runs. What it would remember of requests that are bound to a zone it forgets unless this lies in it.",
      ),
    zones: z
      .record(region, z.array(zone).min(1).max(20))
      .default({})
      .describe(
        "Regions of your own, by the zones they lie in: `frankfurt-2: [de]`. A country brings `eu` and `eea` where it is in them.",
      ),
    residency: z
      .exactOptional(z.array(zone).min(1).max(50))
      .describe(
        "Every request is sent to providers in one of these zones only: countries (`de`), `eu`, `eea`, or regions. Keys, pools and requests can only narrow it.",
      ),
    egress: z
      .array(
        z.strictObject({
          from: z.exactOptional(zone).describe("The zone that they leave; any place if nothing is said."),
          to: z.exactOptional(zone).describe("The zone that they go to; any place if nothing is said."),
          perGb: z
            .number()
            .min(0)
            .max(1000)
            .refine((usd) => Number.isInteger(Number((usd * 1e9).toFixed(3))), "has more than 9 decimals")
            .describe("US dollars for 10^9 bytes."),
        }),
      )
      .max(200)
      .default([])
      .describe(
        "What bytes of requests cost on their way from `regions.here` to a provider, and those of answers on the way back, beside the tokens: the first that fits counts, and what fits none costs nothing. It is part of every expected and settled cost.",
      ),
  })
  .describe("Where content of requests may go, and what the way costs.");

/** The `geo` section: where clients are. */
export const geoSettings = z
  .strictObject({
    trustedProxies: z
      .array(
        z
          .string()
          .max(60)
          .refine(
            (text) => parseIpNetwork(text) !== undefined,
            "must be an address or a network, like `10.0.0.0/8`",
          ),
      )
      .max(100)
      .default([])
      .describe(
        "Addresses and networks of proxies before this gateway: what they say of a client counts, `x-sallyport-client-region` and `x-forwarded-for`. Of all others these headers are not read.",
      ),
    cidrs: z
      .exactOptional(z.string().min(1).max(4096))
      .describe(
        "A file of `cidr region` lines, `10.1.0.0/16 eu-central-1`, relative to this one, at most 64 KiB; the narrowest network that a client is in counts. It is read anew when it changes.",
      ),
  })
  .describe("Where clients are, for pools that `prefer` who is near to them.");

export type GeoSettings = z.output<typeof geoSettings>;

export type RegionsSettings = z.output<typeof regionsSettings>;

/** What is wrong with the name of a zone; `undefined`: there is such a zone. */
export function unknownZone(name: string, own: RegionsSettings["zones"]): string | undefined {
  const known = new Set([
    ...knownZones,
    ...Object.entries(own).flatMap(([place, within]) => [place, ...within]),
  ]);
  if (known.has(name)) return undefined;
  const [near] = nearestNames(name, [...known]);
  const hint = near === undefined ? "" : `; did you mean \`${near}\`?`;
  return `\`${name}\` is no zone that is known${hint} Known are regions of the large clouds, countries (\`de\`), \`eu\`, \`eea\`, and those in \`regions.zones\``;
}
