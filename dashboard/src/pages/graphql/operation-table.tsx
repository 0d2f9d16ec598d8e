import { useState } from "preact/hooks";
import { count } from "../../format/numbers.ts";
import { ago, moment } from "../../format/time.ts";
import { LatencyPair } from "../../parts/latency-pair.tsx";
import { TallyCell } from "../../parts/tally-cell.tsx";
import type { Operation } from "./operation-filter.ts";

/** So many at first; the others are a press away. */
const rowsAtFirst = 25;

/** Operations of one route, as they were asked for. */
export function OperationTable(props: {
  readonly operations: readonly Operation[];
  readonly now: number;
  /** The id of its heading. */
  readonly labelledBy: string;
}) {
  const { operations, now } = props;
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? operations : operations.slice(0, rowsAtFirst);
  return (
    <>
      <table class="table stacked tallied operation-table" aria-labelledby={props.labelledBy}>
        <thead>
          <tr>
            <th scope="col">Operation</th>
            <th scope="col">Type</th>
            <th scope="col" class="number">
              Requests
            </th>
            <th scope="col" class="number" title="Answered, with errors among the answer">
              Errors
            </th>
            <th scope="col" class="number" title="By the fault of a service">
              Failed
            </th>
            <th scope="col" class="number" title="By a rule of the gateway">
              Refused
            </th>
            <th scope="col" class="number" title="p50 / p99">
              Took <span class="visually-hidden">p50 / p99</span>
            </th>
            <th scope="col" class="number" title="The most that one has cost, by @cost and @listSize">
              Cost
            </th>
            <th scope="col" class="number" title="The deepest, in fields within fields">
              Depth
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((operation) => (
            <Row key={`${operation.digest}${operation.name}`} operation={operation} now={now} />
          ))}
        </tbody>
      </table>
      {shown.length === operations.length ? null : (
        <p class="card-note">
          <button type="button" class="button" onClick={() => setWhole(true)}>
            Show all {count(operations.length)}
          </button>
        </p>
      )}
    </>
  );
}

function Row({ operation, now }: { readonly operation: Operation; readonly now: number }) {
  const { name, type, digest, last_at: at } = operation;
  return (
    <tr data-operation={digest}>
      <td data-name="Operation">
        <span class="two-lines">
          {name === null ? <span class="muted">unnamed</span> : <strong title={name}>{name}</strong>}
          <code class="muted small">{digest}</code>
        </span>
      </td>
      <td data-name="Type">{type ?? <span class="warn-text">not taken</span>}</td>
      <td data-name="Requests" class="number">
        <span class="two-lines">
          <span>{count(operation.requests)}</span>
          <time class="muted small" dateTime={moment(at)} title={`The last: ${moment(at)}`}>
            {ago(at, now)}
          </time>
        </span>
      </td>
      <TallyCell name="Errors" of={operation.errors} mood="warn" />
      <TallyCell name="Failed" of={operation.failed} mood="bad" />
      <TallyCell name="Refused" of={operation.refused} mood="warn" />
      <td data-name="Took, p50 / p99" class={operation.latency_ms === null ? "number nothing" : "number"}>
        <LatencyPair latency={operation.latency_ms} />
      </td>
      <Most name="Cost, at most" of={operation.cost_max} />
      <Most name="Depth, at most" of={operation.depth_max} />
    </tr>
  );
}

function Most({ name, of }: { readonly name: string; readonly of: number | null }) {
  return (
    <td data-name={name} class={of === null ? "number nothing" : "number"}>
      {of === null ? <span class="muted">{count(of)}</span> : count(of)}
    </td>
  );
}
