import type { OneOfEach } from "../../exchange/identity.ts";
import type { Residency, ZoneRule } from "../../exchange/permit.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { type RegionsSettings, unknownZone } from "./settings.ts";

const header = "x-sallyport-region";
const zonesMax = 50;

/**
 * Doors 2 and 6: what binds the content of a request: the installation, its key, its pool, and what it asks for itself in
 * `x-sallyport-region` (zones with commas between). All of it holds, so nobody can widen what another has set.
 *
 * @throws GatewayError `malformed_request` for a zone that nobody knows.
 */
export function residencyOf(
  { residency: all, zones: own }: Pick<RegionsSettings, "residency" | "zones">,
  bound: {
    /** What its tenant, its project and the key itself are bound to. */
    readonly key: OneOfEach;
    readonly pool: readonly string[] | undefined;
    readonly header: (name: string) => string | undefined;
  },
): Residency {
  const asked = bound.header(header);
  if (all === undefined && bound.key.length === 0 && bound.pool === undefined && asked === undefined)
    return unbound;
  const rules: ZoneRule[] = [];
  if (all !== undefined) rules.push({ by: "installation", zones: all });
  for (const zones of bound.key) if (zones.length > 0) rules.push({ by: "key", zones });
  if (bound.pool !== undefined) rules.push({ by: "pool", zones: bound.pool });
  if (asked !== undefined) rules.push({ by: "request", zones: readZones(asked, own) });
  return rules;
}

const unbound: Residency = [];

function readZones(text: string, own: RegionsSettings["zones"]): readonly string[] {
  const zones = text
    .toLowerCase()
    .split(",")
    .map((zone) => zone.trim())
    .filter((zone) => zone !== "");
  if (zones.length === 0 || zones.length > zonesMax)
    throw unreadable(`must name 1 to ${zonesMax} zones with commas between, like \`eu\` or \`de, ch\``);
  for (const zone of zones) {
    const fault = unknownZone(zone.slice(0, 40), own);
    if (fault !== undefined) throw unreadable(`cannot be kept: ${fault}`);
  }
  return zones;
}

function unreadable(why: string): GatewayError {
  const message = `The header \`${header}\` ${why}.`;
  return new GatewayError("malformed_request", message, { message, param: header });
}

/** A rule in words: `in eu or ch, by the key`. */
export const ruleText = ({ by, zones }: ZoneRule): string =>
  `in ${zones.join(" or ")}, by ${by === "request" ? "the request itself" : `the ${by}`}`;
