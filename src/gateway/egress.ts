import { egressOf, egressRate } from "../capabilities/pricing/index.ts";
import { nowhere, type Zones, zonesOf } from "../capabilities/residency/index.ts";
import type { Cost, EgressCost } from "../exchange/settlement.ts";
import type { AddressPool, Site, Upstream } from "../exchange/target.ts";
import type { Flow } from "../pipeline/counted-transport.ts";
import type { Trail } from "../pipeline/trail.ts";
import type { Regions, Snapshot } from "./snapshot.ts";

/** What a byte costs on its way to a place, and on its way back, 10^-9 US dollars. */
export interface EgressRates {
  readonly sent: number;
  readonly received: number;
}

const bytesPerGb = 1e9;
/** Of a token in a stream, where each comes in a frame of its own. */
const bytesPerTokenMax = 300;

/** The rates of a target: of one that is served at several places nobody knows yet which will be asked. */
export interface EgressOutlook {
  /** Over its addresses, by their weights. */
  readonly mean: EgressRates;
  /** The dearest, each way for itself. */
  readonly most: EgressRates;
}

/** A target as far as bytes go to it. */
type Reached = Pick<Upstream, "zones"> & { readonly addresses?: AddressPool<Site> };

/** Rows are looked through once for each target of a configuration. */
const outlooks = new WeakMap<Regions, WeakMap<Reached, { readonly outlook: EgressOutlook | undefined }>>();

/** What bytes cost between this gateway and a target; `undefined`: nothing. */
export function egressTo(regions: Regions, target: Reached): EgressOutlook | undefined {
  if (regions.settings.egress.length === 0) return undefined;
  const ofTargets = outlooks.get(regions) ?? new WeakMap();
  outlooks.set(regions, ofTargets);
  const known = ofTargets.get(target) ?? { outlook: outlookOf(regions, target) };
  ofTargets.set(target, known);
  return known.outlook;
}

function outlookOf({ settings, here }: Regions, target: Reached): EgressOutlook | undefined {
  const { egress, zones: own } = settings;
  const places = target.addresses?.addresses ?? [{ weight: 1, region: undefined }];
  // Where none takes new calls, all are as likely.
  const isDrained = places.every(({ weight }) => weight === 0);
  const rates = places.map(({ weight, region }) => {
    const zones = zonesIn(target, region, own);
    const [sent = 0, received = 0] = [egressRate(egress, here, zones), egressRate(egress, zones, here)];
    return { weight: isDrained ? 1 : weight, sent: sent / bytesPerGb, received: received / bytesPerGb };
  });
  if (rates.every(({ sent, received }) => sent === 0 && received === 0)) return undefined;
  const weights = rates.reduce((sum, { weight }) => sum + weight, 0);
  const meanOf = (way: keyof EgressRates): number =>
    rates.reduce((sum, rate) => sum + rate.weight * rate[way], 0) / weights;
  const mostOf = (way: keyof EgressRates): number => Math.max(...rates.map((rate) => rate[way]));
  return {
    mean: { sent: meanOf("sent"), received: meanOf("received") },
    most: { sent: mostOf("sent"), received: mostOf("received") },
  };
}

/** The most that the bytes of one try may cost, in whole 10^-9 US dollars. */
export const egressAtMost =
  (regions: Regions) =>
  (
    target: Reached,
    { inputBytes, outputTokens }: { readonly inputBytes: number; readonly outputTokens: number },
  ): number => {
    const rates = egressTo(regions, target)?.most;
    if (rates === undefined) return 0;
    return Math.ceil(rates.sent * inputBytes + rates.received * outputTokens * bytesPerTokenMax);
  };

/** What the bytes of a request have cost, by those that passed and where they went. */
export function egressOfTrail({ flows, snapshot }: Trail<Snapshot>): EgressCost | undefined {
  const { settings, here } = snapshot.regions;
  if (settings.egress.length === 0) return undefined;
  const placed = flows.map((flow) => ({ ...flow, zones: zonesAt(flow, settings.zones) }));
  return egressOf(settings.egress, here, placed);
}

type OwnZones = Regions["settings"]["zones"];

/** Of a target that is served at several places, the one that was asked. */
const zonesAt = ({ target, address }: Flow, own: OwnZones): Zones =>
  zonesIn(target, target.addresses?.addresses.find(({ name }) => name === address)?.region, own);

/** @param region Of one of its addresses. */
const zonesIn = ({ zones = nowhere }: Reached, region: string | undefined, own: OwnZones): Zones =>
  region === undefined ? zones : zonesOf(region, own);

/** A cost without what its bytes came to: what its provider is to be paid. */
export const withoutEgress = ({ nanoUsd, egress }: Cost): number | null =>
  nanoUsd === null ? null : nanoUsd - (egress?.nanoUsd ?? 0);

/** The same usage at other prices; its bytes are what they were. */
export const withEgressOf = (cost: Cost, { egress }: Pick<Cost, "egress">): Cost =>
  egress === undefined
    ? cost
    : { ...cost, nanoUsd: cost.nanoUsd === null ? null : cost.nanoUsd + egress.nanoUsd, egress };
