import type { CostLine, EgressCost } from "../../exchange/settlement.ts";
import { addTo, type Fraction, roundHalfEven } from "./fraction.ts";

/** What a gigabyte costs that leaves one place for another, each told by a zone; absent: any place. */
export interface EgressRow {
  readonly from?: string;
  readonly to?: string;
  /** US dollars for 10^9 bytes, exact to 9 decimals. */
  readonly perGb: number;
}

/** The zones in which a place lies; none: nobody knows where it is. */
type Zones = ReadonlySet<string>;

/** What went to one provider and came from it: bytes of bodies. */
export interface Flow {
  readonly sent: number;
  readonly received: number;
  readonly zones: Zones;
}

const bytesPerGb = 1_000_000_000;
const nanoPerUsd = 1e9;

/** 10^-9 US dollars for 10^9 bytes, by the first row that fits; `undefined`: none does, and they cost nothing. */
export function egressRate(rows: readonly EgressRow[], from: Zones, to: Zones): number | undefined {
  const fits = (zone: string | undefined, zones: Zones): boolean => zone === undefined || zones.has(zone);
  const found = rows.find((row) => fits(row.from, from) && fits(row.to, to));
  return found && Math.round(found.perGb * nanoPerUsd);
}

/**
 * What the bytes of a request cost, all its tries together: one exact sum, rounded once, half to even. `undefined`: nothing.
 *
 * @param here Where the gateway is.
 */
export function egressOf(
  rows: readonly EgressRow[],
  here: Zones,
  flows: readonly Flow[],
): EgressCost | undefined {
  if (rows.length === 0) return undefined;
  const lines = new Map<string, CostLine>();
  const add = (unit: string, quantity: number, nanoUsd: number | undefined): void => {
    if (quantity === 0 || nanoUsd === undefined || nanoUsd === 0) return;
    const name = `${unit} ${nanoUsd}`;
    const known = lines.get(name)?.quantity ?? 0;
    lines.set(name, { unit, quantity: known + quantity, nanoUsd, per: bytesPerGb, isApproximate: false });
  };
  for (const { sent, received, zones } of flows) {
    add("sentBytes", sent, egressRate(rows, here, zones));
    add("receivedBytes", received, egressRate(rows, zones, here));
  }
  return lines.size === 0 ? undefined : { nanoUsd: sumOf([...lines.values()]), lines: [...lines.values()] };
}

/** The sum of lines, made anew from themselves. */
export const sumOf = (lines: readonly CostLine[]): number =>
  Number(
    roundHalfEven(
      lines.reduce<Fraction>(
        (sum, { quantity, nanoUsd, per }) =>
          addTo(sum, { numerator: BigInt(quantity) * BigInt(nanoUsd), denominator: BigInt(per) }),
        { numerator: 0n, denominator: 1n },
      ),
    ),
  );
