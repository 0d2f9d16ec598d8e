import type { Arm } from "./arm.ts";

/** A cheap arm that is asked first, and who is asked when its answer breaks its contract. */
export interface Cascade {
  readonly first: Arm;
  readonly second: Arm;
  /** What both together are expected to give and to cost: an arm like any other. */
  readonly both: Arm;
}

/** What a cheap arm's answers must be right more often than, beyond its share of the cost. */
const margin = 0.05;

/**
 * The pairs of arms that are worth asking one after the other: `q_1 >= c_1/c_2 + .05`, within the time and the credit.
 * The second is the best of all.
 *
 * Source: routing specification, section 3.7, "cascade".
 *
 * @param covered Arms within the credit.
 * @param withinMs Until the deadline of the request.
 */
export function cascadesOf(
  covered: readonly Arm[],
  { credit, withinMs }: { readonly credit: number; readonly withinMs: number },
): readonly Cascade[] {
  const worth = ({ health, quality }: Arm): number => health * quality;
  const second = covered.reduce<Arm | undefined>(
    (best, arm) => (best === undefined || worth(arm) > worth(best) ? arm : best),
    undefined,
  );
  if (second === undefined || second.cost <= 0) return [];
  return covered.flatMap((first) => {
    const isWorthwhile = first !== second && worth(first) >= first.cost / second.cost + margin;
    const isInTime = (first.seconds + second.seconds) * 1000 <= withinMs;
    return isWorthwhile && isInTime && first.costHigh + second.costHigh <= credit
      ? [{ first, second, both: together(first, second) }]
      : [];
  });
}

function together(first: Arm, second: Arm): Arm {
  const caught = 1 - (first.keeps ?? 1);
  return {
    ...first,
    quality: first.quality + caught * second.health * (second.rescues ?? second.quality),
    cost: first.cost + caught * second.cost,
    costHigh: first.costHigh + second.costHigh,
    seconds: first.seconds + caught * second.seconds,
  };
}
