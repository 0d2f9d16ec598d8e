import { createSortedRing } from "./sorted-ring.ts";

/** A line that all but a wanted share of outcomes stay below, whatever their distribution. */
export interface ConformalBound {
  /** What is to be added to an expectation; `undefined`: fewer than `samplesMin` have been seen. */
  readonly margin: () => number | undefined;
  /** One outcome less what was expected of it. What is no number is left out. */
  readonly observe: (residual: number) => void;
  /** Of the outcomes of late, how many were not above the line; `undefined`: none was held against one yet. */
  readonly coverage: () => number | undefined;
  readonly state: () => ConformalState;
}

/** What must survive a restart. */
export interface ConformalState {
  /** Oldest first. */
  readonly residuals: Float64Array;
  readonly risk: number;
  /** Absent: none was held against a line yet. */
  readonly covered?: number | undefined;
}

const kept = 1500;
const samplesMin = 200;
const step = 0.01;
/** The weight of one outcome among those of late. */
const ofLate = 0.005;
const riskRange = [0.001, 0.5] as const;

/**
 * The margin is the ceil((n + 1) (1 - a))-th smallest of the last 1,500 residuals; a follows what was missed, so that the
 * wanted share holds in the long run even while the distribution moves.
 *
 * Source: Gibbs and Candès 2021, "Adaptive Conformal Inference Under Distribution Shift"; constants from the routing
 * specification, section 6.
 *
 * @param wanted Share of outcomes above the line, like 0.1.
 */
export function createConformalBound(wanted: number, from?: ConformalState): ConformalBound {
  const ring = createSortedRing(kept, from?.residuals);
  let risk = from?.risk ?? wanted;
  let covered = from?.covered;

  const margin = (): number | undefined => {
    const count = ring.count();
    return count < samplesMin ? undefined : ring.rank(Math.ceil((count + 1) * (1 - risk)));
  };
  return {
    margin,
    observe: (residual) => {
      if (!Number.isFinite(residual)) return;
      const told = margin();
      if (told !== undefined) {
        const isWithin = residual > told ? 0 : 1;
        covered = (covered ?? 1 - wanted) + ofLate * (isWithin - (covered ?? 1 - wanted));
        const moved = risk + step * (wanted - (residual > told ? 1 : 0));
        risk = Math.max(riskRange[0], Math.min(riskRange[1], moved));
      }
      ring.push(residual);
    },
    coverage: () => covered,
    state: () => ({
      residuals: Float64Array.from(ring.values()),
      risk,
      ...(covered === undefined ? {} : { covered }),
    }),
  };
}
