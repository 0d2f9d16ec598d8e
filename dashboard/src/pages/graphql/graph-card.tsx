import { count, share } from "../../format/numbers.ts";
import { Icon } from "../../parts/icon.tsx";
import { Link } from "../../parts/link.tsx";
import { Prose } from "../../parts/prose.tsx";
import { linkOf as routeLink } from "../routes/route-filter.ts";
import { type GraphqlRoute, type OperationFilter, pickOperations } from "./operation-filter.ts";
import { OperationTable } from "./operation-table.tsx";
import { SubgraphTable } from "./subgraph-table.tsx";

/** One route of GraphQL: its schema, who answers for it, and what was asked of it. */
export function GraphCard(props: {
  readonly route: GraphqlRoute;
  readonly filter: OperationFilter;
  readonly now: number;
}) {
  const { route, filter, now } = props;
  const operations = pickOperations(route.operations, filter);
  const id = `graph-${route.id}`;
  return (
    <section class="card flush graph" aria-labelledby={id} data-graph={route.id}>
      <h2 id={id}>
        <Link to={routeLink({}, route.id)}>{route.id}</Link>{" "}
        <span class="muted">{aboutSchema(route.schema)}</span>
      </h2>
      {route.problems.length === 0 ? null : (
        <div class="note warn" role="alert">
          <Icon name="warning" />
          <div>
            <p>A newer configuration of it was not taken:</p>
            {route.problems.map((problem) => (
              <p key={problem}>
                <Prose text={problem} />
              </p>
            ))}
          </div>
        </div>
      )}
      {route.subgraphs.length === 0 ? null : (
        <>
          <h3 id={`${id}-subgraphs`}>
            Subgraphs <span class="muted">{aboutPlans(route.plans)}</span>
          </h3>
          <SubgraphTable subgraphs={route.subgraphs} labelledBy={`${id}-subgraphs`} />
        </>
      )}
      <h3 id={`${id}-operations`}>
        Operations{" "}
        <span class="muted">
          {operations.length === route.operations.length
            ? "that were last asked for"
            : `${count(operations.length)} of ${count(route.operations.length)}`}
        </span>
      </h3>
      {operations.length > 0 ? (
        <OperationTable operations={operations} now={now} labelledBy={`${id}-operations`} />
      ) : (
        <p class="muted card-note">
          {route.operations.length === 0 ? "None was asked for yet." : "None fits this filter."}
        </p>
      )}
    </section>
  );
}

const sources = { single: "of one service", federation: "of a federation" } as const;

function aboutSchema(schema: GraphqlRoute["schema"]): string {
  if (schema === null) return "no schema is known: only syntax and limits are checked";
  return `schema ${schema.version} ${sources[schema.source]} · ${count(schema.types)} types`;
}

/** How often it was known already which subgraph is asked for what. */
function aboutPlans(plans: GraphqlRoute["plans"]): string {
  if (plans === null) return "";
  const { kept, hits, misses } = plans;
  if (hits + misses === 0) return "no plan is kept yet";
  const word = kept === 1 ? "plan" : "plans";
  return `${count(kept)} ${word} kept · ${share(hits, hits + misses)} of operations had theirs already`;
}
