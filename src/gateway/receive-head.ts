import { presentedKeys } from "../capabilities/identity/index.ts";
import type { Received, Route } from "../exchange/exchange.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Doors } from "../pipeline/handle.ts";
import { type HeadReaders, receive } from "../pipeline/receive.ts";
import type { InboundRequest } from "../ports/server.ts";
import { canonicalTarget, checkHead } from "../protocols/rest/index.ts";
import type { DataRoutes } from "./data-routes.ts";
import { addressAt, type Edge } from "./edge.ts";
import type { Snapshot } from "./snapshot.ts";
import { withSocketKeys } from "./socket-keys.ts";

const readersAt = (edge: Edge): Omit<HeadReaders, "routesOf" | "serviceOf"> => ({
  addressOf: (inbound) => addressAt(inbound, edge),
  checkHead: (rawHeaders, version) => checkHead(rawHeaders, version, edge.head),
  canonicalTarget: (request) => canonicalTarget(request, edge.target),
  presentedKeys,
});

/** Door 0, first half, with all that reads heads. */
export const receiveHead =
  ({ routesOf }: DataRoutes): Doors<Snapshot>["receive"] =>
  (inbound, trail) => {
    const { edge, serviceRoutes } = trail.snapshot;
    const received = receive(inbound, trail, {
      ...readersAt(edge),
      routesOf,
      serviceOf: serviceRoutes.find,
    });
    refuseNoSocket(received, inbound);
    return withSocketKeys(received, inbound);
  };

/** The same for a call of a service of the gateway's own; `undefined`: it has no such method. */
export const receiveOwn =
  (route: Route | undefined): Doors<Snapshot>["receive"] =>
  (inbound, trail) =>
    receive(inbound, trail, {
      ...readersAt(trail.snapshot.edge),
      routesOf: () => (route === undefined ? undefined : [route]),
      serviceOf: () => undefined,
    });

/**
 * Whether the operator's routes take a call that would be the gateway's own: one of the protocol `grpc` does, whatever
 * its path, any other only if it names the service.
 */
export function isRouted(
  { method, target, header, rawHeaders, httpVersion }: InboundRequest,
  prefix: string,
  { edge, serviceRoutes }: Pick<Snapshot, "edge" | "serviceRoutes">,
): boolean {
  if (serviceRoutes.list.length === 0) return false;
  try {
    const { host, hostname } = checkHead(rawHeaders, httpVersion, edge.head);
    const { path, query } = canonicalTarget({ method, target, host }, edge.target);
    const found = serviceRoutes.find({ host, hostname, method, path, query, header, rawHeaders });
    if (found === undefined || !("kind" in found)) return false;
    const settings = serviceRoutes.list.find(({ id }) => id === found.id)?.settings;
    return settings?.protocol === "grpc" || settings?.path.startsWith(prefix) === true;
  } catch {
    // A head that nobody may send is refused where all are.
    return false;
  }
}

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
