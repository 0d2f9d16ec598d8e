import { count } from "../../format/numbers.ts";
import { BreakerMark } from "../../parts/breaker-mark.tsx";
import { LatencyPair } from "../../parts/latency-pair.tsx";
import { TallyCell } from "../../parts/tally-cell.tsx";
import type { GraphqlRoute } from "./operation-filter.ts";

/** Who answers for the parts of a federation, and how well. */
export function SubgraphTable(props: {
  readonly subgraphs: GraphqlRoute["subgraphs"];
  /** The id of its heading. */
  readonly labelledBy: string;
}) {
  return (
    <table class="table stacked tallied subgraph-table" aria-labelledby={props.labelledBy}>
      <thead>
        <tr>
          <th scope="col">Subgraph</th>
          <th scope="col">Service</th>
          <th scope="col">Breaker</th>
          <th scope="col" class="number">
            Requests
          </th>
          <th scope="col" class="number">
            Failed
          </th>
          <th scope="col" class="number" title="p50 / p99">
            Took <span class="visually-hidden">p50 / p99</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.subgraphs.map((subgraph) => (
          <tr key={subgraph.name} data-subgraph={subgraph.name}>
            <td data-name="Subgraph">
              <strong>{subgraph.name}</strong>
            </td>
            <td data-name="Service" class={subgraph.service === subgraph.name ? "nothing" : ""}>
              {subgraph.service}
            </td>
            <td data-name="Breaker">
              <BreakerMark breaker={subgraph.breaker} />
            </td>
            <td data-name="Requests" class="number">
              {count(subgraph.requests)}
            </td>
            <TallyCell name="Failed" of={subgraph.failed} mood="bad" />
            <td
              data-name="Took, p50 / p99"
              class={subgraph.latency_ms === null ? "number nothing" : "number"}
            >
              <LatencyPair latency={subgraph.latency_ms} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
