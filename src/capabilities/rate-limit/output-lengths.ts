import { createSortedRing, type SortedRing } from "../../statistics/sorted-ring.ts";

/** How long the answers of each model are. */
export interface OutputLengths {
  readonly answered: (model: string, tokens: number) => void;
  /** Tokens that nineteen of twenty answers do not exceed; `undefined`: too few are known. */
  readonly p95: (model: string) => number | undefined;
}

const lengthsMax = 200;
const lengthsMin = 20;
const modelsMax = 1000;
const share = 0.95;

export function createOutputLengths(): OutputLengths {
  const rings = new Map<string, SortedRing>();
  return {
    answered: (model, tokens) => {
      const known = rings.get(model);
      if (known === undefined && rings.size >= modelsMax) return;
      const ring = known ?? createSortedRing(lengthsMax);
      rings.set(model, ring);
      ring.push(tokens);
    },
    p95: (model) => {
      const ring = rings.get(model);
      if (ring === undefined || ring.count() < lengthsMin) return undefined;
      return ring.rank(Math.ceil(share * ring.count()));
    },
  };
}
