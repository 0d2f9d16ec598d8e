import { money } from "../../format/money.ts";
import { count, percent } from "../../format/numbers.ts";
import type { RouteState } from "../../generated/client.ts";
import { Segments } from "../../parts/segments.tsx";
import { useSteering } from "./use-steering.ts";

type Learned = NonNullable<RouteState["learned"]>;

const nanoUsdPerUsd = 1e9;
const states = [
  { value: "resume", name: "Learns" },
  { value: "freeze", name: "Frozen" },
] as const;

/** What a pool has learned of its models, and what it may spend. */
export function LearnedSection(props: {
  readonly route: string;
  readonly learned: Learned;
  readonly onSet: () => void;
}) {
  const { route, learned, onSet } = props;
  const steering = useSteering(route, onSet);
  return (
    <>
      <p class="muted card-note">
        {money(Math.round(learned.budget * nanoUsdPerUsd))} a request on average,{" "}
        {money(Math.round(learned.credit * nanoUsdPerUsd))} at once; as much again must be worth{" "}
        {learned.price.toPrecision(2)} of quality.
      </p>
      {learned.arms.length === 0 ? null : <Arms route={route} learned={learned} />}
      <div class="card-note">
        <Segments
          label={`Learning of ${route}`}
          choices={states}
          chosen={learned.frozen ? "freeze" : "resume"}
          isBusy={steering.isBusy}
          onChoose={steering.steer}
        />
        {steering.problem === undefined ? null : (
          <p class="bad-text" role="alert">
            {steering.problem}
          </p>
        )}
      </div>
    </>
  );
}

function Arms({ route, learned }: { readonly route: string; readonly learned: Learned }) {
  return (
    <table class="table stacked" aria-label={`What ${route} has learned of its models`}>
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col" class="number">
            Quality
          </th>
          <th scope="col" class="number">
            At least
          </th>
          <th scope="col" class="number">
            Judgements
          </th>
          <th scope="col" class="number" title="Of answers whose tools or schema were checked">
            Contract kept
          </th>
          <th scope="col" class="number">
            Changes
          </th>
        </tr>
      </thead>
      <tbody>
        {learned.arms.map(({ model, quality, quality_low: low, judgements, kept, shifts }) => (
          <tr key={model}>
            <td data-name="Model">
              <code class="whole">{model}</code>
            </td>
            <td data-name="Quality" class="number">
              {percent(quality)}
            </td>
            <td data-name="At least" class="number">
              {percent(low)}
            </td>
            <td data-name="Judgements" class="number">
              {count(Math.round(judgements))}
            </td>
            <td data-name="Contract kept" class="number">
              {kept === null ? "–" : percent(kept)}
            </td>
            <td data-name="Changes" class="number">
              {count(shifts)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
