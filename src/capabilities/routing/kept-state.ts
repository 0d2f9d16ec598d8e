import * as z from "zod";
import { wavesCount } from "./features.ts";
import type { KeptOversight } from "./kept-oversight.ts";
import type { KeptRoute } from "./route-memory.ts";
import { wordPlaces } from "./words.ts";

const finite = z.number();
const share = finite.gt(0).lt(1);
const tally = z.object({ sum: finite, count: finite.min(0) });
const floats = z.instanceof(Float32Array).refine((array) => array.every(Number.isFinite));
const doubles = (length: number) =>
  z.instanceof(Float64Array).refine((array) => array.length === length && array.every(Number.isFinite));

const words = z
  .object({
    places: z.instanceof(Uint16Array).refine((places) => places.every((place) => place < wordPlaces)),
    weights: floats,
    precision: floats,
  })
  .refine(({ places, weights, precision }) =>
    [weights, precision].every(({ length }) => length === places.length),
  );
const waves = z.object({ weights: doubles(wavesCount), covariance: doubles(wavesCount * wavesCount) });
const looks = { words, waves, total: tally, shapes: z.map(z.string(), tally) };

const head = z.object({
  ...looks,
  beta: finite,
  kappa: finite.min(0).max(1),
  withLooks: finite,
  withoutLooks: finite,
  judged: finite.min(0),
  dispersion: finite.gt(0),
});
const bound = z.object({
  residuals: z.instanceof(Float64Array).refine((array) => array.every(Number.isFinite)),
  risk: share,
  covered: z.optional(finite.min(0).max(1)),
});
const amount = z.object({ ...looks, smear: tally, bound, seen: finite.min(0) });
const spending = z.object({ perRequest: finite.gt(0), price: finite.gt(0), credit: finite });

const kept = z.object({
  version: z.literal(1),
  routes: z.map(
    z.string(),
    z.object({
      heads: z.map(
        z.string(),
        z.object({ head, shifts: finite.min(0), prior: share, asked: z.optional(finite.min(0)) }),
      ),
      amounts: z.map(z.string(), amount),
      contracts: z.optional(z.map(z.string(), tally)),
      rescues: z.optional(z.map(z.string(), tally)),
      spending: z.union([spending, z.undefined()]),
      referenceCost: z.union([finite, z.undefined()]),
      isFrozen: z.boolean(),
    }),
  ),
});

/** What learned routes have learned, as it is stored. */
export interface KeptState {
  readonly version: 1;
  readonly routes: ReadonlyMap<string, KeptRoute>;
}

const money = z.object({ day: z.int(), spentNanoUsd: finite.min(0) });
const guard = z.object({
  phase: z.enum(["active", "guarded"]),
  since: finite,
  begunAt: finite,
  revision: z.string(),
  bound: z.object({
    count: finite.min(0),
    sum: finite,
    squares: finite,
    bets: finite,
    weighted: finite,
    spread: finite,
  }),
});
const keptOversight = z.object({
  version: z.literal(1),
  routes: z.map(
    z.string(),
    z.object({ guard, money: z.object({ guard: money, judge: money }), grades: tally }),
  ),
});

/** The same of what was seen of their answers. */
export function readKeptOversight(value: unknown): KeptOversight | undefined {
  const result = keptOversight.safeParse(value);
  return result.success ? result.data : undefined;
}

/** What was stored, checked; `undefined`: it is none of ours, or broken, and priors go on. */
export function readKept(value: unknown): KeptState | undefined {
  const result = kept.safeParse(value);
  return result.success ? result.data : undefined;
}
