import {
  brokenRule,
  nearnessOf,
  nowhere,
  permit,
  residencyOf,
  ruleText,
  type Zones,
  zonesOf,
} from "../capabilities/residency/index.ts";
import type { Bounds } from "../capabilities/routing/index.ts";
import type { OneOfEach } from "../exchange/identity.ts";
import type { Residency, Sink } from "../exchange/permit.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import type { Upstream } from "../exchange/target.ts";
import type { Permits } from "../pipeline/permits.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { createAbroad } from "./abroad.ts";
import { egressTo } from "./egress.ts";
import type { Memory } from "./keep-learned.ts";
import type { RequestMetrics } from "./metrics.ts";
import type { RegionsControl, RegionsState } from "./regions-control.ts";
import type { Regions, Snapshot } from "./snapshot.ts";

/** Holds every request within the zones that it is bound to. Owned by one gateway. */
export interface ResidencyGuard extends Permits {
  /** @throws GatewayError `malformed_request` for a zone that nobody knows. */
  readonly boundsOf: (
    /**
     * `residency`: of its key; `model`: absent where it is not read; `earlier`: of the answer that it goes on from;
     * `sink`: where it would go, absent for a question; `address`: of who asks, absent for a question too.
     */
    request: {
      readonly residency: OneOfEach;
      readonly model?: string;
      readonly earlier?: Residency;
      readonly sink?: "attempt" | "raw";
      readonly address?: string;
    },
    header: (name: string) => string | undefined,
    regions: Regions,
  ) => Bounds;
  /** Told of every answer: some say late where they were made. */
  readonly settled: (record: RequestRecord) => void;
  readonly memory: Memory;
  readonly control: RegionsControl;
}

export function createResidencyGuard(
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  snapshot: () => Snapshot,
  metrics: Pick<RequestMetrics, "outOfBounds">,
): ResidencyGuard {
  const refused = new Map<Sink, number>();
  const abroad = createAbroad();
  const own = () => snapshot().regions.settings.zones;
  const count = (sink: Sink): void => {
    refused.set(sink, (refused.get(sink) ?? 0) + 1);
    metrics.outOfBounds(sink);
  };
  const zonesAt = (target: Upstream): Zones => {
    const told = abroad.find(target);
    return told === undefined ? (target.zones ?? nowhere) : zonesOf(told.zone, own());
  };
  const counted = <Made>(made: Made | undefined, sink: Sink): Made | undefined => {
    if (made === undefined) count(sink);
    return made;
  };
  /** A target that ran a call where it is not held to be is held to be there from now on. */
  const note = (target: Upstream, region: string): void => {
    const { zones = nowhere } = target;
    if (zones.size === 0 || agrees(zones, region, zonesOf(region, own()))) return;
    if (!abroad.add(target, region, clock.now())) return;
    logger.error("a provider has run a call elsewhere than it is held to be", {
      provider: target.provider,
      model: target.model,
      ranIn: region,
    });
  };
  return {
    boundsOf: (
      { residency: key, model, earlier = [], sink, address = "" },
      header,
      { settings, pools, here, prefer, clients },
    ) => {
      const wanted = model === undefined ? undefined : prefer.get(model);
      const client = wanted && clients.regionOf({ address, header });
      const from = client === undefined ? here : zonesOf(client, settings.zones);
      const pool = model === undefined ? undefined : pools.get(model);
      const residency = [...residencyOf(settings, { key, pool, header }), ...earlier];
      return {
        residency,
        ...(wanted === undefined
          ? {}
          : { nearnessOf: (target) => nearnessOf(wanted, from, target.zones ?? nowhere) }),
        refusalOf: (target) => {
          const zones = zonesAt(target);
          const rule = brokenRule(residency, zones, target);
          if (rule === undefined) return undefined;
          if (sink !== undefined) count(sink);
          const isPolicy = rule.by === "policy";
          const others = residency.filter(({ by }) => by !== "request");
          return {
            detail:
              rule.by === "policy"
                ? (rule.refuses(target) ?? "a policy refuses it")
                : `${placeOf(target, abroad.find(target))}; it must be ${ruleText(rule)}`,
            isAsked: brokenRule(others, zones, target) === undefined,
            isPolicy,
          };
        },
      };
    },
    to: (target, origin, { residency, sink }) =>
      counted(permit(residency, { zones: zonesAt(target), origin, target }), sink),
    here: (residency, sink) => counted(permit(residency, { zones: snapshot().regions.here }), sink),
    keeps: (residency, region) => brokenRule(residency, zonesOf(region, own())) === undefined,
    ranIn: (target, residency, region) => {
      if (region === undefined) return true;
      note(target, region);
      if (residency.length === 0 || brokenRule(residency, zonesAt(target)) === undefined) return true;
      count("attempt");
      return false;
    },
    settled: ({ provider, upstreamModel, usage }) => {
      if (usage?.region === undefined || provider === null || upstreamModel === null) return;
      const target = snapshot().table.providers.get(provider)?.targetOf(upstreamModel);
      if (target !== undefined) note(target, usage.region);
    },
    memory: abroad.memory,
    control: {
      state: () => regionsState(snapshot(), { refused, abroad: abroad.list() }),
      admit: abroad.drop,
    },
  };
}

/** Whether a place that is told can be the one that is known: as wide, or more exact. */
const agrees = (known: Zones, told: string, around: Zones): boolean =>
  known.has(told) || (around.size > 0 && [...known].every((zone) => around.has(zone)));

function placeOf({ region, zones }: Upstream, told: { readonly zone: string } | undefined): string {
  if (told !== undefined) return `it has run a call in ${told.zone}`;
  if (region === undefined) return "nobody has said where it is";
  const [widest] = zones ?? [];
  if (widest === undefined) return `nobody knows where it is run, asked in \`${region}\``;
  return zones?.has(region) === true ? `it is in ${region}` : `it is run anywhere in ${widest}`;
}

function regionsState(
  { regions, table }: Snapshot,
  { refused, abroad }: { readonly refused: ReadonlyMap<Sink, number> } & Pick<RegionsState, "abroad">,
): RegionsState {
  const { settings, here, pools } = regions;
  return {
    here: { region: settings.here ?? null, zones: [...here] },
    residency: settings.residency ?? [],
    pools: [...pools].map(([name, residency]) => ({ name, residency })),
    providers: [...table.providers.values()].map(({ id, targetOf }) => {
      const target = targetOf("");
      const { region, zones } = target;
      const rates = egressTo(regions, target)?.mean;
      const egress =
        rates === undefined ? null : { sentUsdPerGb: rates.sent, receivedUsdPerGb: rates.received };
      return { id, region: region ?? null, zones: [...(zones ?? [])], egress };
    }),
    refused: [...refused].map(([sink, times]) => ({ sink, times })),
    abroad,
  };
}
