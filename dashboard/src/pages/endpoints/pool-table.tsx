import { useState } from "preact/hooks";
import { count, percent } from "../../format/numbers.ts";
import { clockOrDay, moment } from "../../format/time.ts";
import { drainEndpoint, type EndpointPool, ejectEndpoint, restoreEndpoint } from "../../generated/client.ts";
import { asAdminError } from "../../live/use-polling.ts";

type Endpoint = EndpointPool["endpoints"][number];

const states: Readonly<Record<Endpoint["state"], { readonly name: string; readonly mood: string }>> = {
  in: { name: "in", mood: "calm" },
  starting: { name: "starting", mood: "warn" },
  ejected: { name: "ejected", mood: "bad" },
  sick: { name: "sick", mood: "bad" },
  drained: { name: "drained", mood: "warn" },
};

const reasons: Readonly<Record<NonNullable<Endpoint["ejected_for"]>, string>> = {
  errors: "five errors in a row",
  "success-rate": "it fails more often than the others",
  slow: "it takes three times as long as predicted",
  operator: "by hand",
};

function figuresOf({ imbalance, prefix_hit_ratio: hits }: EndpointPool): readonly string[] {
  return [
    `the busiest has ${imbalance.toFixed(2)} times its share`,
    ...(hits === null ? [] : [`${percent(hits)} of prompts kept`]),
  ];
}

/** The endpoints of one provider, and what a hand can change of them. */
export function PoolTable({ pool, onSet }: { readonly pool: EndpointPool; readonly onSet: () => void }) {
  const id = `pool-${pool.provider}`;
  return (
    <section class="card flush" aria-labelledby={id}>
      <h2 id={id}>
        {pool.provider} <span class="muted">{[pool.balance, ...figuresOf(pool)].join(" · ")}</span>
      </h2>
      {pool.panic ? (
        <p class="bad-text card-note" role="alert">
          Fewer than half of them are well: all are asked.
        </p>
      ) : null}
      <table class="table stacked" aria-labelledby={id}>
        <thead>
          <tr>
            <th scope="col">Endpoint</th>
            <th scope="col">State</th>
            <th scope="col" class="number">
              In flight
            </th>
            <th scope="col" class="number">
              A token, alone
            </th>
            <th scope="col" class="number">
              Weight
            </th>
            <th scope="col">By hand</th>
          </tr>
        </thead>
        <tbody>
          {pool.endpoints.map((endpoint) => (
            <EndpointRow key={endpoint.name} provider={pool.provider} endpoint={endpoint} onSet={onSet} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function EndpointRow({
  provider,
  endpoint,
  onSet,
}: {
  readonly provider: string;
  readonly endpoint: Endpoint;
  readonly onSet: () => void;
}) {
  const name = `${provider}/${endpoint.name}`;
  const { name: state, mood } = states[endpoint.state];
  const [problem, setProblem] = useState<string>();
  const act = async (steer: (id: string) => Promise<unknown>): Promise<void> => {
    try {
      await steer(name);
      setProblem(undefined);
      onSet();
    } catch (thrown) {
      setProblem(asAdminError(thrown).message);
    }
  };
  const isOut = endpoint.state === "ejected" || endpoint.state === "drained";
  return (
    <tr data-endpoint={name}>
      <td data-name="Endpoint">
        <code class="whole" title={endpoint.origin}>
          {endpoint.name}
        </code>
        {endpoint.region === null ? null : <span class="muted"> {endpoint.region}</span>}
      </td>
      <td data-name="State">
        <span class={`decision ${mood}`}>{state}</span> <Why endpoint={endpoint} />
      </td>
      <td data-name="In flight" class="number">
        {count(endpoint.in_flight)}
      </td>
      <td data-name="A token, alone" class="number">
        <Lines lines={endpoint.lines} />
      </td>
      <td data-name="Weight" class="number">
        {endpoint.weight}
      </td>
      <td data-name="By hand">
        {isOut ? (
          <Act label={`Restore ${name}`} word="Restore" onClick={() => void act(restoreEndpoint)} />
        ) : (
          <>
            <Act label={`Eject ${name}`} word="Eject" onClick={() => void act(ejectEndpoint)} />{" "}
            <Act label={`Drain ${name}`} word="Drain" onClick={() => void act(drainEndpoint)} />
          </>
        )}
        {problem === undefined ? null : (
          <p class="bad-text" role="alert">
            {problem}
          </p>
        )}
      </td>
    </tr>
  );
}

function Act(props: { readonly label: string; readonly word: string; readonly onClick: () => void }) {
  return (
    <button type="button" class="button" aria-label={props.label} onClick={props.onClick}>
      {props.word}
    </button>
  );
}

function Why({ endpoint }: { readonly endpoint: Endpoint }) {
  const { ejected_for: reason, ejected_until: until, slow_start: start } = endpoint;
  if (reason !== null && until !== null)
    return (
      <span class="muted">
        {reasons[reason]}; until <time dateTime={moment(until)}>{clockOrDay(until, Date.now())}</time>
      </span>
    );
  return start === null ? null : <span class="muted">at most {count(start.in_flight_max)} at once</span>;
}

/** Of the model that it has done most of; the others in the words of a pointer. */
function Lines({ lines }: Pick<Endpoint, "lines">) {
  const [most] = lines.toSorted((one, other) => other.learned_from - one.learned_from);
  if (most === undefined || most.learned_from === 0) return <span class="muted">not known</span>;
  const all = lines.map((line) => `${line.model}: ${perToken(line.ms_per_token)}`).join("\n");
  return <span title={all}>{perToken(most.ms_per_token)}</span>;
}

const perToken = (ms: number): string => `${ms.toFixed(2)} ms`;
