import type { ProviderRoute, RoutingTable } from "../capabilities/routing/index.ts";
import type { Endpoint } from "../exchange/target.ts";
import { type QuirkProfile, quirksOf } from "../providers/openai-compatible/index.ts";
import type { ServerProfile, UpstreamState } from "./control.ts";
import { lanesOf } from "./lanes.ts";
import type { UpstreamTallies } from "./upstream-tallies.ts";

/** What a route may say of its provider beside where it leads. */
interface ProviderAbout {
  readonly id: string;
  readonly region?: string | undefined;
  /** Its profile within the OpenAI-compatible family. */
  readonly quirks?: string | undefined;
}

/** The providers of a configuration, in its order, and how they have done. Nothing here tells a credential. */
export function providerStates(
  { providers }: Pick<RoutingTable, "providers">,
  tallies: Pick<UpstreamTallies, "ofProvider">,
): readonly UpstreamState[] {
  return [...providers.values()].map((route) => {
    const { priceProvider, endpoints } = route.targetOf("");
    const { region, quirks }: ProviderAbout = route;
    const dialects = endpoints.map(({ codec }) => codec.dialect);
    const health = tallies.ofProvider(route.id);
    return {
      provider: route.id,
      known: priceProvider ?? null,
      dialect: dialects.join(", "),
      dialects,
      lanes: lanesOf(endpoints),
      origin: endpoints[0]?.origin ?? "",
      region: region ?? null,
      credential: credentialOf(endpoints[0]),
      names: namesOf(route),
      profile: dialects.includes("openai-chat") ? profileOf(quirks) : null,
      lastError: lastErrorOf(health.errors),
      ...health,
    };
  });
}

function credentialOf(endpoint: Endpoint | undefined): UpstreamState["credential"] {
  if (endpoint?.sign !== undefined) return "signature";
  if (endpoint?.credential !== undefined) return "key";
  return endpoint === undefined || endpoint.headers.length === 0 ? "none" : "headers";
}

const namesOf = ({ listed, globs }: ProviderRoute): readonly string[] => [...listed, ...globs];

/** The newest as probes may tell it: without words, which may be about anything. */
function lastErrorOf([newest]: UpstreamState["errors"]): UpstreamState["lastError"] {
  if (newest === undefined) return null;
  const { at, code, status } = newest;
  return { at, code, status };
}

/** How the server departs from OpenAI's Chat Completions. */
function profileOf(quirks: string | undefined): ServerProfile {
  const usual = waysOf(quirksOf("default"));
  const { id, ...profile } = quirksOf(quirks ?? "default");
  const own = waysOf({ id, ...profile });
  const names = new Set([...usual.keys(), ...own.keys()]);
  return {
    id,
    ways: [...names].map((name) => ({
      name,
      value: own.get(name) ?? null,
      isUsual: own.get(name) === usual.get(name),
    })),
  };
}

function waysOf({ id: _, ...ways }: QuirkProfile): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(ways).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : String(value),
    ]),
  );
}
