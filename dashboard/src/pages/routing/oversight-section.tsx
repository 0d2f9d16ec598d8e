import { money } from "../../format/money.ts";
import { count, percent } from "../../format/numbers.ts";
import { clockOrDay, moment } from "../../format/time.ts";
import type { RouteState } from "../../generated/client.ts";
import { Facts } from "../../parts/facts.tsx";
import { Segments } from "../../parts/segments.tsx";
import { useSteering } from "./use-steering.ts";

type Oversight = NonNullable<RouteState["oversight"]>;

const nanoUsdPerUsd = 1e9;
const phases = [
  { value: "unguard", name: "Pool serves" },
  { value: "guard", name: "Reference serves" },
] as const;

/** What reading some answers of a pool has shown, and who serves it. */
export function OversightSection(props: {
  readonly route: string;
  readonly oversight: Oversight;
  readonly onSet: () => void;
}) {
  const { route, oversight, onSet } = props;
  const { guard, judge } = oversight;
  const steering = useSteering(route, onSet);
  return (
    <div class="card-note" role="group" aria-label={`Guard of ${route}`}>
      {guard.phase === "active" ? null : (
        <p class="bad-text">
          The reference serves since{" "}
          <time dateTime={moment(guard.since)}>{clockOrDay(guard.since, Date.now())}</time>, for a day.
        </p>
      )}
      <Facts
        facts={[
          ["Against the reference", guard.pairs === 0 ? "nothing compared yet" : comparedOf(guard)],
          ["Tolerated loss", guard.tolerance === null ? null : percent(guard.tolerance)],
          ["Comparing today", spentOf(guard.spent)],
          ["Grades of the judge", gradesOf(judge)],
          ["Judging today", spentOf(judge.spent)],
          ["Not read", unseenOf(oversight.unseen)],
        ]}
      />
      <Segments
        label={`Who serves ${route}`}
        choices={phases}
        chosen={guard.phase === "guarded" ? "guard" : "unguard"}
        isBusy={steering.isBusy}
        onChoose={steering.steer}
      />
      {steering.problem === undefined ? null : (
        <p class="bad-text" role="alert">
          {steering.problem}
        </p>
      )}
    </div>
  );
}

const points = (share: number): string => `${share > 0 ? "+" : ""}${(100 * share).toFixed(1)} points`;

const comparedOf = ({ pairs, difference, upper }: Oversight["guard"]): string =>
  `${points(difference)} over ${count(pairs)} answers, ${points(upper)} at best`;

const spentOf = (usd: number): string | null => (usd === 0 ? null : money(Math.round(usd * nanoUsdPerUsd)));

const gradesOf = ({ graded, mean_grade: mean }: Oversight["judge"]): string | null =>
  mean === null ? null : `${percent(mean)} over ${count(graded)} answers`;

const whyUnseen: Readonly<Record<keyof Oversight["unseen"], string>> = {
  money: "for want of money",
  unpriced: "without a price",
  busy: "too many at once",
  family: "of the judge's family",
  "no-verdict": "without a verdict",
  "out-of-reach": "out of reach",
};

function unseenOf(unseen: Oversight["unseen"]): string | null {
  const told = Object.entries(whyUnseen).flatMap(([name, why]) => {
    const times = Object.entries(unseen).find(([key]) => key === name)?.[1] ?? 0;
    return times === 0 ? [] : [`${count(times)} ${why}`];
  });
  return told.length === 0 ? null : told.join(", ");
}
