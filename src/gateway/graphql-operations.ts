import type { Identified, Received } from "../exchange/exchange.ts";
import { GatewayError } from "../kernel/errors.ts";
import { uuidv7 } from "../kernel/ids.ts";
import { openTrail, type Trail } from "../pipeline/trail.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { InboundRequest } from "../ports/server.ts";
import type { AskingPorts, GraphqlDoorPorts, GraphqlServing, OperationDoors } from "./graphql-serving.ts";
import type { Ingress } from "./ingress.ts";
import type { ServiceRoute } from "./service-routes.ts";
import type { Snapshot } from "./snapshot.ts";

export interface OperationParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly snapshot: () => Snapshot;
  readonly ingress: Pick<Ingress, "enter" | "refused">;
  /** Door 1. */
  readonly identify: (
    received: Received<ServiceRoute>,
    inbound: InboundRequest,
    trail: Trail<Snapshot>,
  ) => Identified<ServiceRoute> | Promise<Identified<ServiceRoute>>;
  readonly onFault: (fault: unknown) => void;
  readonly settle: GraphqlDoorPorts["settle"];
  /** Doors 2 to 6 of a route to a service. */
  readonly pass: (
    identified: Identified<ServiceRoute>,
    inbound: InboundRequest,
    trail: Trail<Snapshot>,
  ) => Promise<{ readonly ways: GraphqlServing["ways"]; readonly asking: AskingPorts }>;
}

/**
 * The doors of operations on sockets. A socket may be open for an hour: its key, its route, its bounds and the room there
 * is are looked at for each operation anew.
 */
export function createOperationDoors(parts: OperationParts): OperationDoors {
  const { clock, random, ingress } = parts;
  const keyed = (
    { serving: { identified, trail: socket }, presented }: Parameters<OperationDoors["identify"]>[0],
    trail: Trail<Snapshot>,
  ): Received<ServiceRoute> => {
    const { identity: _, ...received } = identified;
    const route = routeNow(identified.route, trail.snapshot);
    if (trail === socket) return { ...received, presented, route };
    return { ...received, presented, route, id: trail.id, at: trail.at };
  };
  return {
    identify: (asked) => {
      const { inbound, trail } = asked.serving;
      return parts.identify(keyed(asked, trail), inbound, trail);
    },
    open: ({ method, target }) => {
      const at = clock.now();
      return openTrail({
        id: uuidv7(at, random.bytes(10)),
        at,
        startedAt: clock.monotonic(),
        monotonic: clock.monotonic,
        snapshot: parts.snapshot(),
        method,
        target,
      });
    },
    enter: async (asked, trail, onGone) => {
      const { inbound: socket, tally } = asked.serving;
      const received = keyed(asked, trail);
      trail.received = received;
      const identified = await parts.identify(received, socket, trail);
      ingress.enter(identified.identity, socket.header);
      const route = trail.snapshot.serviceRoutes.graphqlOf(identified.route.id);
      if (route === undefined) throw noRoute(identified.route.id);
      const inbound = { ...socket, reply: { ...socket.reply, onGone } };
      const { ways, asking } = await parts.pass(identified, inbound, trail);
      return { serving: { identified, inbound, trail, route, ways, tally }, asking };
    },
    refused: ({ serving }, trail, error) => {
      if (error.code === "internal") parts.onFault(error);
      const wasTried = trail.attempts.length > 0;
      ingress.refused(error.facts.shed, serving.inbound.header, trail);
      trail.status = error.status;
      if (error.code === "client_closed") return parts.settle(trail, { outcome: "aborted" });
      const outcome = wasTried || error.code === "internal" ? "failed" : "refused";
      parts.settle(trail, { outcome, error });
    },
  };
}

/** The route as the configuration in force has it. */
function routeNow(route: ServiceRoute, { serviceRoutes }: Snapshot): ServiceRoute {
  const found = serviceRoutes.list.find(({ id }) => id === route.id);
  if (found === undefined) throw noRoute(route.id);
  return { ...route, rule: found.rule };
}

const noRoute = (id: string): GatewayError =>
  new GatewayError("route_not_found", `the route ${id} is there no more`, {
    message: "The route of this socket is there no more.",
  });
