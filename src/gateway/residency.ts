import {
  brokenRule,
  nearnessOf,
  permit,
  residencyOf,
  ruleText,
  type Zones,
  zonesOf,
} from "../capabilities/residency/index.ts";
import type { Bounds } from "../capabilities/routing/index.ts";
import type { Sink } from "../exchange/permit.ts";
import type { Target } from "../exchange/target.ts";
import type { Permits } from "../pipeline/permits.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { RequestMetrics } from "./metrics.ts";
import type { RegionsControl } from "./regions-control.ts";
import type { Regions, Snapshot } from "./snapshot.ts";

/** Holds every request within the zones that it is bound to. Owned by one gateway. */
export interface ResidencyGuard extends Permits {
  /** @throws GatewayError `malformed_request` for a zone that nobody knows. */
  readonly boundsOf: (
    /** `residency`: of its key; `model`: absent where it is not read. */
    request: { readonly residency: readonly string[]; readonly model?: string },
    header: (name: string) => string | undefined,
    regions: Regions,
  ) => Bounds;
  readonly control: RegionsControl;
}

const nowhere: Zones = new Set();
const abroadMax = 1000;

export function createResidencyGuard(
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  snapshot: () => Snapshot,
  metrics: Pick<RequestMetrics, "outOfBounds">,
): ResidencyGuard {
  const refused = new Map<Sink, number>();
  /** Targets that have told of another place than the one they are held to be in. */
  const abroad = new Map<string, { readonly zone: string; readonly at: number }>();
  const count = (sink: Sink): void => {
    refused.set(sink, (refused.get(sink) ?? 0) + 1);
    metrics.outOfBounds(sink);
  };
  const zonesAt = (target: Target): Zones =>
    abroad.has(nameOf(target)) ? nowhere : (target.zones ?? nowhere);
  const counted = <Made>(made: Made | undefined, sink: Sink): Made | undefined => {
    if (made === undefined) count(sink);
    return made;
  };
  return {
    boundsOf: ({ residency: key, model }, header, { settings, pools, here, prefer }) => {
      const wanted = model === undefined ? undefined : prefer.get(model);
      const client = wanted && header("x-sallyport-client-region")?.trim().toLowerCase();
      const from = client === undefined ? here : zonesOf(client, settings.zones);
      const pool = model === undefined ? undefined : pools.get(model);
      const residency = residencyOf(settings, { key, pool, header });
      return {
        residency,
        ...(wanted === undefined
          ? {}
          : { nearnessOf: (target) => nearnessOf(wanted, from, target.zones ?? nowhere) }),
        refusalOf: (target) => {
          if (residency.length === 0) return undefined;
          const zones = zonesAt(target);
          const rule = brokenRule(residency, zones);
          if (rule === undefined) return undefined;
          count("attempt");
          const others = residency.filter(({ by }) => by !== "request");
          return {
            detail: `${placeOf(target, abroad.get(nameOf(target)))}; it must be ${ruleText(rule)}`,
            isAsked: brokenRule(others, zones) === undefined,
          };
        },
      };
    },
    to: (target, origin, { residency, sink }) =>
      counted(permit(residency, { sink, zones: zonesAt(target), origin }), sink),
    here: (residency, sink) => counted(permit(residency, { sink, zones: snapshot().regions.here }), sink),
    ranIn: (target, residency, region) => {
      if (region === undefined || residency.length === 0) return true;
      const rule = brokenRule(residency, zonesOf(region, snapshot().regions.settings.zones));
      if (rule === undefined) return true;
      const name = nameOf(target);
      if (abroad.size < abroadMax || abroad.has(name)) abroad.set(name, { zone: region, at: clock.now() });
      count("attempt");
      logger.error("a provider has run a call outside the zone that it was bound to", {
        provider: target.provider,
        model: target.model,
        ranIn: region,
        rule: ruleText(rule),
      });
      return false;
    },
    control: {
      state: () => regionsState(snapshot(), { refused, abroad }),
      admit: (name) => abroad.delete(name),
    },
  };
}

const nameOf = ({ provider, model }: Target): string => `${provider}/${model}`;

function placeOf({ region, zones }: Target, told: { readonly zone: string } | undefined): string {
  if (told !== undefined) return `it has run a call in ${told.zone}`;
  if (region === undefined) return "nobody has said where it is";
  return zones === undefined || zones.size === 0
    ? `nobody knows where \`${region}\` is`
    : `it is in ${region}`;
}

function regionsState(
  { regions: { settings, here, pools }, table }: Snapshot,
  {
    refused,
    abroad,
  }: {
    readonly refused: ReadonlyMap<Sink, number>;
    readonly abroad: ReadonlyMap<string, { readonly zone: string; readonly at: number }>;
  },
): ReturnType<RegionsControl["state"]> {
  return {
    here: { region: settings.here ?? null, zones: [...here] },
    residency: settings.residency ?? [],
    pools: [...pools].map(([name, residency]) => ({ name, residency })),
    providers: [...table.providers.values()].map(({ id, targetOf }) => {
      const { region, zones } = targetOf("");
      return { id, region: region ?? null, zones: [...(zones ?? [])] };
    }),
    refused: [...refused].map(([sink, times]) => ({ sink, times })),
    abroad: [...abroad].map(([target, { zone, at }]) => ({ target, zone, at })),
  };
}
