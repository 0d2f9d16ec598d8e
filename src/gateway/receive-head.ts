import { presentedKeys } from "../capabilities/identity/index.ts";
import type { Received, Route } from "../exchange/exchange.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Doors } from "../pipeline/handle.ts";
import { receive } from "../pipeline/receive.ts";
import type { InboundRequest } from "../ports/server.ts";
import { canonicalTarget, checkHead } from "../protocols/rest/index.ts";
import type { DataRoutes } from "./data-routes.ts";
import type { Snapshot } from "./snapshot.ts";
import { withSocketKeys } from "./socket-keys.ts";

/** Door 0, first half, with all that reads heads. */
export const receiveHead =
  ({ routesOf }: DataRoutes): Doors<Snapshot>["receive"] =>
  (inbound, trail) => {
    const { edge, serviceRoutes } = trail.snapshot;
    const received = receive(inbound, trail, {
      checkHead: (rawHeaders, version) => checkHead(rawHeaders, version, edge.head),
      canonicalTarget: (request) => canonicalTarget(request, edge.target),
      presentedKeys,
      routesOf,
      serviceOf: serviceRoutes.find,
    });
    refuseNoSocket(received, inbound);
    return withSocketKeys(received, inbound, presentedKeys);
  };

/**
 * A route without sockets passes over an `Upgrade`, and answers as if it had not been asked; an extended CONNECT of HTTP/2
 * asks for nothing else.
 */
function refuseNoSocket({ route, path }: Received, { httpVersion, upgrade }: InboundRequest): void {
  if (httpVersion !== "2" || upgrade === undefined || hasSockets(route)) return;
  throw new GatewayError("method_not_allowed", "a socket is asked for where there are none", {
    message: `\`${path}\` answers GET only, and opens no sockets.`,
  });
}

const hasSockets = (route: Route): boolean =>
  route.kind === "realtime" ||
  (route.kind === "service" && (route.rule.sockets !== undefined || route.rule.target.model === "graphql"));
