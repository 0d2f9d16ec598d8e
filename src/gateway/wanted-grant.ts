import { type Excess, excessOf, unbounded } from "../capabilities/identity/index.ts";
import { type RegionsSettings, unknownZone, zonesOf } from "../capabilities/residency/index.ts";
import { everything, type Grant, scopeLanes, scopeLists } from "../exchange/identity.ts";
import { GatewayError } from "../kernel/errors.ts";
import { parseIpNetwork } from "../kernel/ip-network.ts";
import type { WantedGrant } from "./key-states.ts";

/** What an operator says of zones; `undefined`: nobody knows, so any name may be one. */
export type OwnZones = () => RegionsSettings["zones"] | undefined;

const nameCharactersMax = 100;
const entriesMax = 100;
const zonesMax = 50;
const labelsMax = 50;

/** @throws GatewayError `malformed_request`. */
export function checkName(name: string): string {
  if (name.trim() === "" || name.length > nameCharactersMax)
    throw malformed("name", `A name has 1 to ${nameCharactersMax} characters.`);
  return name;
}

/** @throws GatewayError `malformed_request`. */
export function checkLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(labels);
  const isGood = entries.every(([name, value]) => /^[\w./-]{1,63}$/.test(name) && value.length <= 200);
  if (!isGood || entries.length > labelsMax)
    throw malformed(
      "labels",
      `\`labels\` takes at most ${labelsMax} names of letters, digits, \`.\`, \`/\`, \`-\` and \`_\`, with values of at most 200 characters.`,
    );
  return labels;
}

/**
 * A grant as it is wished, on top of the one that there is.
 *
 * @throws GatewayError `malformed_request` for what cannot be read.
 */
export function wantedGrant(wanted: WantedGrant, ownZones: OwnZones, known: Grant = unbounded): Grant {
  const { models, residency, networks, expiresAt } = { ...known, ...wanted };
  const scope = { ...known.scope, ...wanted.scope };
  checkGlobs("models", models);
  checkGlobs("scope.routes", scope.routes);
  checkGlobs("scope.tools", scope.tools);
  checkEach("scope.lanes", scope.lanes, (lane) => scopeLanes.includes(lane), scopeLanes.join(", "));
  checkEach("scope.methods", scope.methods, (method) => /^[A-Z]{1,20}$/.test(method), "methods like `GET`");
  checkEach(
    "networks",
    networks,
    (network) => parseIpNetwork(network) !== undefined,
    "networks like `10.0.0.0/8` or `2001:db8::/32`",
  );
  checkZones(residency, ownZones());
  const isBound = scopeLists.some((name) => scope[name].length > 0);
  return { models, residency, networks, expiresAt, scope: isBound ? scope : everything };
}

/**
 * Nothing may hold more than what it is made under.
 *
 * @throws GatewayError `policy_denied`, naming what is too much.
 */
export function checkWithin(
  child: Grant,
  parents: readonly (Grant & { readonly what: string })[],
  ownZones: OwnZones,
): void {
  const own = ownZones() ?? {};
  for (const parent of parents) {
    const excess = excessOf(
      child,
      parent,
      (zone, around) => zone === around || zonesOf(zone, own).has(around),
    );
    if (excess !== undefined) throw tooMuch(excess, parent.what);
  }
}

const tooMuch = ({ member, value }: Excess, what: string): GatewayError =>
  new GatewayError("policy_denied", `${member} ${value} is beyond ${what}`, {
    message: `\`${member}\` asks for \`${value}\`, which ${what} does not hold.`,
    param: member,
  });

function checkGlobs(member: string, globs: readonly string[]): void {
  if (globs.length <= entriesMax && globs.every((glob) => glob.trim() !== "" && glob.length <= 200)) return;
  throw malformed(member, `\`${member}\` takes at most ${entriesMax} globs of 1 to 200 characters.`);
}

function checkEach<Entry extends string>(
  member: string,
  entries: readonly Entry[],
  isOne: (entry: Entry) => boolean,
  kind: string,
): void {
  if (entries.length <= entriesMax && entries.every(isOne)) return;
  throw malformed(member, `\`${member}\` takes at most ${entriesMax} of these: ${kind}.`);
}

function checkZones(zones: readonly string[], own: RegionsSettings["zones"] | undefined): void {
  const fault = own && zones.map((zone) => unknownZone(zone, own)).find((found) => found !== undefined);
  if (fault === undefined && zones.length <= zonesMax) return;
  throw malformed("residency", fault ?? `\`residency\` takes at most ${zonesMax} zones.`);
}

const malformed = (param: string, message: string): GatewayError =>
  new GatewayError("malformed_request", `${param} of a grant`, { message, param });
