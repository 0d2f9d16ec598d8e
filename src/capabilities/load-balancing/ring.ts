import { murmur3 } from "../../kernel/murmur3.ts";

/** Points on a circle of 32-bit numbers, in their order, each with the index of its member. */
export interface Ring {
  readonly points: Uint32Array;
  readonly owners: Uint16Array;
}

export interface Weighted {
  readonly name: string;
  readonly weight: number;
}

const pointsPerWeight = 256;
/** Great weights are scaled down to stay below it. */
const pointsMax = 1 << 16;

/** Each member at 256 points for each unit of weight. Where a member is missing, only its own stretches change hands. */
export function buildRing(members: readonly Weighted[]): Ring {
  const all = members.reduce((sum, { weight }) => sum + weight, 0);
  const perWeight = Math.min(pointsPerWeight, pointsMax / Math.max(1, all));
  const placed: { readonly point: number; readonly owner: number }[] = [];
  for (const [owner, { name, weight }] of members.entries()) {
    const count = weight > 0 ? Math.max(1, Math.round(perWeight * weight)) : 0;
    for (let index = 0; index < count; index += 1)
      placed.push({ point: murmur3(`${name}#${index}`, 0), owner });
  }
  placed.sort((a, b) => a.point - b.point || a.owner - b.owner);
  return {
    points: Uint32Array.from(placed, ({ point }) => point),
    owners: Uint16Array.from(placed, ({ owner }) => owner),
  };
}

/** The first member clockwise from `hash` that fits; `undefined`: none does. */
export function clockwise(
  { points, owners }: Ring,
  hash: number,
  fits: (owner: number) => boolean,
): number | undefined {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle] ?? 0) < hash) low = middle + 1;
    else high = middle;
  }
  for (let step = 0; step < owners.length; step += 1) {
    const owner = owners[(low + step) % owners.length];
    if (owner !== undefined && fits(owner)) return owner;
  }
  return undefined;
}

/**
 * The most a member may have in flight once one more has come to `inFlight` in all: a quarter above its share.
 *
 * Source: Mirrokni, Thorup, Zadimoghaddam, "Consistent Hashing with Bounded Loads", 2018.
 */
export const loadMax = (inFlight: number, weight: number, weights: number): number =>
  Math.ceil((1.25 * (inFlight + 1) * weight) / weights);
