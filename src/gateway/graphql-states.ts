import type { PlanCacheStats } from "../ports/graphql-federation.ts";
import type { ConfigProblem } from "./config-control.ts";
import type { GraphqlTallies, OperationTraffic, SubgraphTraffic } from "./graphql-tallies.ts";
import type { Snapshot } from "./snapshot.ts";

export interface SubgraphState extends SubgraphTraffic {
  readonly name: string;
  readonly service: string;
}

/** A route of GraphQL of the running configuration, and what has come by it. */
export interface GraphqlRouteState {
  readonly id: string;
  /** `null`: none is known, and only limits are checked. */
  readonly schema: {
    /** 12 digits of the SHA-256 of what clients see of it. */
    readonly version: string;
    readonly source: "single" | "federation";
    readonly types: number;
  } | null;
  /** Why a newer configuration of it was not taken. */
  readonly problems: readonly string[];
  /** Empty: a single service answers. */
  readonly subgraphs: readonly SubgraphState[];
  readonly operations: readonly OperationTraffic[];
  /** Plans over the subgraphs; `null`: there are none. */
  readonly plans: PlanCacheStats | null;
}

const versionDigits = 12;

/** In the order of the file. */
export function graphqlStates(
  { serviceRoutes }: Pick<Snapshot, "serviceRoutes">,
  tallies: Pick<GraphqlTallies, "operations" | "subgraph">,
  problems: readonly ConfigProblem[],
): readonly GraphqlRouteState[] {
  return serviceRoutes.list.flatMap(({ id }) => {
    const route = serviceRoutes.graphqlOf(id);
    if (route === undefined) return [];
    const { schema, federated } = route;
    return [
      {
        id,
        schema:
          schema === undefined
            ? null
            : {
                version: schema.hash.slice(0, versionDigits),
                source: federated === undefined ? "single" : "federation",
                types: schema.types,
              },
        problems: problems.filter(isAbout(id)).map(({ message }) => message),
        subgraphs: [...(federated?.targets ?? [])].map(([name, { provider }]) => ({
          name,
          service: provider,
          ...tallies.subgraph(id, name),
        })),
        operations: tallies.operations(id),
        plans: federated?.federation.planCache() ?? null,
      },
    ];
  });
}

/** Problems of its files are told by what they are of; the others have a path. */
function isAbout(id: string): (problem: ConfigProblem) => boolean {
  const place = `routes.${id}.graphql`;
  return ({ path, message }) => path?.startsWith(place) === true || message.includes(`\`${place}.`);
}
