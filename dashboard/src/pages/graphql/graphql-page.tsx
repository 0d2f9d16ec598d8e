import { type GraphqlRouteList, listGraphqlRoutes } from "../../generated/client.ts";
import { usePolling } from "../../live/use-polling.ts";
import { CodeBlock } from "../../parts/code-block.tsx";
import { PageState } from "../../parts/page-state.tsx";
import { TypedFilter } from "../../parts/typed-filter.tsx";
import { navigate } from "../../router.ts";
import { GraphCard } from "./graph-card.tsx";
import { linkOf, type OperationFilter, orders, readFilter, types } from "./operation-filter.ts";

interface KnownGraphs extends GraphqlRouteList {
  readonly now: number;
}

const everyMs = 2000;

async function load(signal: AbortSignal): Promise<KnownGraphs> {
  const { routes } = await listGraphqlRoutes({ signal });
  return { routes, now: Date.now() };
}

/** What is asked of each graph, what that costs, and who answers. */
export function GraphqlPage({ query }: { readonly query: URLSearchParams }) {
  const polled = usePolling(load, everyMs);
  const filter = readFilter(query);
  return (
    <div class="page">
      <div class="page-head">
        <h1>GraphQL</h1>
        <p class="muted">What is asked of each graph, what it costs, and who answers.</p>
      </div>
      <PageState polled={polled}>
        {({ routes, now }) =>
          routes.length === 0 ? (
            <FirstGraph />
          ) : (
            <>
              <Filters filter={filter} routes={routes.map(({ id }) => id)} />
              {routes
                .filter(({ id }) => filter.route === "" || filter.route === id)
                .map((route) => (
                  <GraphCard key={route.id} route={route} filter={filter} now={now} />
                ))}
            </>
          )
        }
      </PageState>
    </div>
  );
}

function Filters(props: { readonly filter: OperationFilter; readonly routes: readonly string[] }) {
  const { filter, routes } = props;
  const change = (part: Partial<OperationFilter>): void =>
    navigate(linkOf({ ...filter, ...part }), { replace: true });
  const isListed = filter.route === "" || routes.includes(filter.route);
  return (
    <search class="filters">
      <TypedFilter
        label="Search"
        placeholder="Name or digest"
        value={filter.search}
        onValue={(search) => change({ search })}
      />
      <select
        aria-label="Type"
        value={filter.type}
        onChange={({ currentTarget }) =>
          change({ type: types.find(({ value }) => value === currentTarget.value)?.value ?? "" })
        }
      >
        {types.map(({ value, name }) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
      {routes.length === 1 && filter.route === "" ? null : (
        <select
          aria-label="Route"
          value={filter.route}
          onChange={({ currentTarget }) => change({ route: currentTarget.value })}
        >
          <option value="">All routes</option>
          {routes.map((id) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
          {isListed ? null : <option value={filter.route}>{filter.route}</option>}
        </select>
      )}
      <select
        aria-label="Order"
        value={filter.order}
        onChange={({ currentTarget }) =>
          change({ order: orders.find(({ value }) => value === currentTarget.value)?.value ?? "" })
        }
      >
        {orders.map(({ value, name }) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </search>
  );
}

/** What to do where there is no graph yet. */
function FirstGraph() {
  return (
    <section class="card first-request" aria-labelledby="first-graph">
      <h2 id="first-graph">No route of GraphQL yet</h2>
      <p>
        Each operation is held to limits of depth, cost and size before anybody is asked, and counted here. In{" "}
        <code>sallyport.yaml</code>, one service:
      </p>
      <CodeBlock text={single} label="configuration of one service" />
      <p>or all subgraphs of a federation, asked by a plan of the gateway's:</p>
      <CodeBlock text={federation} label="configuration of a federation" />
    </section>
  );
}

const single = `services:
  shop: { baseUrl: "http://127.0.0.1:4000" }
routes:
  shop: { protocol: graphql, path: /graphql, service: shop, graphql: { schema: shop.graphql } }`;

const federation = `services:
  users: { baseUrl: "http://127.0.0.1:4001" }
  items: { baseUrl: "http://127.0.0.1:4002" }
routes:
  shop: { protocol: graphql, path: /graphql, graphql: { supergraph: supergraph.graphql } }`;
