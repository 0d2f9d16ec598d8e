import { egressOf, egressRate } from "../capabilities/pricing/index.ts";
import { nowhere, type Zones, zonesOf } from "../capabilities/residency/index.ts";
import type { Cost, EgressCost } from "../exchange/settlement.ts";
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

/** What bytes cost between this gateway and a place; `undefined`: nothing. */
export function egressRatesTo({ settings, here }: Regions, zones: Zones = nowhere): EgressRates | undefined {
  const { egress } = settings;
  if (egress.length === 0) return undefined;
  const [sent = 0, received = 0] = [egressRate(egress, here, zones), egressRate(egress, zones, here)];
  return sent === 0 && received === 0
    ? undefined
    : { sent: sent / bytesPerGb, received: received / bytesPerGb };
}

/** The most that the bytes of one try may cost, in whole 10^-9 US dollars. */
export const egressAtMost =
  (regions: Regions) =>
  (
    zones: Zones | undefined,
    { inputBytes, outputTokens }: { readonly inputBytes: number; readonly outputTokens: number },
  ): number => {
    const rates = egressRatesTo(regions, zones);
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

/** Of a target that is served at several places, the one that was asked. */
function zonesAt(
  { target: { addresses, zones = nowhere }, address }: Flow,
  own: Regions["settings"]["zones"],
): Zones {
  const region = addresses?.addresses.find(({ name }) => name === address)?.region;
  return region === undefined ? zones : zonesOf(region, own);
}

/** A cost without what its bytes came to: what its provider is to be paid. */
export const withoutEgress = ({ nanoUsd, egress }: Cost): number | null =>
  nanoUsd === null ? null : nanoUsd - (egress?.nanoUsd ?? 0);

/** The same usage at other prices; its bytes are what they were. */
export const withEgressOf = (cost: Cost, { egress }: Pick<Cost, "egress">): Cost =>
  egress === undefined
    ? cost
    : { ...cost, nanoUsd: cost.nanoUsd === null ? null : cost.nanoUsd + egress.nanoUsd, egress };
