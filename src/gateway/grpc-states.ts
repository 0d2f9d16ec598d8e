import type { PoolState } from "../capabilities/load-balancing/index.ts";
import type { GrpcTallies, GrpcTraffic } from "./grpc-tallies.ts";
import { endpointsOf, type ServiceEndpoint } from "./service-states.ts";
import type { Snapshot } from "./snapshot.ts";

/** A route of gRPC of the running configuration, and what has come by it. */
export interface GrpcRouteState extends GrpcTraffic {
  readonly id: string;
  readonly path: string;
  readonly service: string;
  /** Empty: its service has one address. */
  readonly endpoints: readonly ServiceEndpoint[];
}

/** In the order of the file. */
export const grpcStates = (
  { services, serviceRoutes }: Pick<Snapshot, "services" | "serviceRoutes">,
  tallies: Pick<GrpcTallies, "of">,
  pools: readonly PoolState[],
): readonly GrpcRouteState[] =>
  serviceRoutes.list.flatMap(({ id, settings }) => {
    const service = services.get(settings.service ?? "");
    if (settings.protocol !== "grpc" || service === undefined) return [];
    return [
      {
        id,
        path: settings.path,
        service: service.id,
        endpoints: endpointsOf(service, pools),
        ...tallies.of(id),
      },
    ];
  });
