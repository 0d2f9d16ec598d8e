import { admit } from "../capabilities/overload/index.ts";
import { withinBounds } from "../capabilities/routing/index.ts";
import type { Identified } from "../exchange/exchange.ts";
import type { ServiceTarget } from "../exchange/service-target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { murmur3 } from "../kernel/murmur3.ts";
import { followCaller, type Waiting } from "../pipeline/caller.ts";
import type { EncodePorts } from "../pipeline/encode.ts";
import type { Doors } from "../pipeline/handle.ts";
import type { AttemptPorts } from "../pipeline/one-try.ts";
import { rawLeave } from "../pipeline/raw-leave.ts";
import type { ServiceCall, ServiceLeave } from "../pipeline/service-call.ts";
import { relayService, type ServicePorts } from "../pipeline/service-lane.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { InboundRequest } from "../ports/server.ts";
import type { Transport, Tunnels } from "../ports/transport.ts";
import { serveGraphql } from "./graphql-door.ts";
import type { SocketTools } from "./graphql-serving.ts";
import { relayGrpc } from "./grpc-lane.ts";
import type { Ingress } from "./ingress.ts";
import type { AddressPlaces } from "./places.ts";
import type { ResidencyGuard } from "./residency.ts";
import { restCall, type ServiceWays } from "./rest-call.ts";
import type { ServiceRoute } from "./service-routes.ts";
import type { Snapshot } from "./snapshot.ts";
import { createSocketDoor, readHandshake } from "./socket-door.ts";
import type { SocketParts } from "./socket-session.ts";

export interface ServiceDoorParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly ingress: Pick<Ingress, "inFlight">;
  readonly waiting: Waiting;
  readonly residency: ResidencyGuard;
  readonly servicePlaces: Pick<AddressPlaces, "beginService">;
  readonly attemptPorts: Pick<AttemptPorts, "transport" | "priorityOf" | "timer"> &
    Parameters<typeof rawLeave>[2];
  /** HTTP/2. */
  readonly transport2: Transport;
  readonly tunnels: Tunnels;
  readonly sockets: SocketParts & SocketTools;
  /** A digest under the installation's secret. */
  readonly digestOf: (text: string) => string;
}

/** Doors 2 to 9 of ordinary services. */
export function createServiceDoor(
  parts: ServiceDoorParts,
  { commonHeaders, settle }: EncodePorts<Snapshot>,
): Doors<Snapshot>["serve"] {
  const { clock, random, residency, attemptPorts, ingress } = parts;
  const pseudonym = `sallyport-${murmur3(parts.digestOf("via"), 0).toString(16).padStart(8, "0")}`;
  const openSocket = createSocketDoor(parts);
  return async (identified, inbound, trail) => {
    const { snapshot } = trail;
    const { rule, id } = identified.route;
    const { target } = rule;
    trail.service = target;
    const handshake = rule.sockets && readHandshake(inbound, rule.sockets.origins);
    trail.stages.record("decode", "pass", "the body is not read");
    trail.stages.record("authorize", "allow", `route \`${id}\``);
    const { admission } = admit(identified, ingress.inFlight, snapshot.inFlightMax, random);
    trail.isAdmitted = true;
    trail.stages.record("admit", "admit", `${admission.inFlight} of ${snapshot.inFlightMax} in flight`);
    const bounds = residency.boundsOf(
      { residency: identified.identity.residency, sink: "attempt" },
      inbound.header,
      snapshot.regions,
    );
    withinBounds(target.provider, [{ target }], bounds);
    trail.stages.record("plan", "route", `to the service \`${target.provider}\``);
    const { edge, serviceRoutes } = snapshot;
    const transforms = serviceRoutes.transformsOf(id);
    if (transforms === undefined) throw new GatewayError("internal", `the route ${id} has no transforms`);
    const transportTo = ({ http }: ServiceTarget): Transport =>
      http === "2" ? parts.transport2 : attemptPorts.transport;
    const { host } = identified;
    const { http } = target;
    const ways: ServiceWays = {
      edge,
      ownedUp: serviceRoutes.ownedOf(id),
      pseudonym,
      transforms,
      host,
      http,
      transport: transportTo(target),
    };
    const ports: ServicePorts<Snapshot> = {
      clock,
      leaveFor: (asked) => leaveFor(identified, { target, inbound, asked, bounds, parts }),
      waiting: parts.waiting,
      mayTryAgain: () => attemptPorts.retrier.mayTry(target, "again"),
      commonHeaders,
      settle,
    };
    const graphql = serviceRoutes.graphqlOf(id);
    if (graphql !== undefined)
      return serveGraphql(
        { identified, inbound, trail, route: graphql, ways },
        {
          clock,
          transportTo,
          sockets: parts.sockets,
          waiting: parts.waiting,
          leaveFor: (at) => leaveFor(identified, { target: at, inbound, asked: [], bounds, parts }),
          commonHeaders,
          settle,
        },
      );
    const grpc = target.model === "grpc" ? serviceRoutes.grpcOf(id) : undefined;
    if (grpc !== undefined)
      return relayGrpc(
        { identified, inbound, ways },
        { trail, ports, timer: attemptPorts.timer, settings: grpc },
      );
    const call = await restCall(identified, inbound, ways);
    if (rule.sockets === undefined || handshake === undefined)
      return relayService(inbound, call, { trail, ports });
    const relay = (passed: ServiceCall, settled: typeof settle): Promise<void> =>
      relayService(inbound, passed, { trail, ports: { ...ports, settle: settled } });
    return openSocket(
      {
        identified,
        inbound,
        trail,
        call,
        rules: rule.sockets,
        handshake,
        extra: commonHeaders(trail),
        settle,
      },
      relay,
    );
  };
}

async function leaveFor(
  { identity: { keyId } }: Identified<ServiceRoute>,
  {
    target,
    inbound,
    asked,
    bounds: { residency: bound },
    parts: { residency, servicePlaces, attemptPorts, waiting },
  }: {
    readonly target: ServiceTarget;
    readonly inbound: InboundRequest;
    readonly asked: readonly string[];
    readonly bounds: ReturnType<ResidencyGuard["boundsOf"]>;
    readonly parts: ServiceDoorParts;
  },
): Promise<ServiceLeave> {
  const place = servicePlaces.beginService(target, { keyId, asked });
  const site = place?.site ?? target.site;
  const permit = residency.to(target, site.origin, { residency: bound, sink: "attempt" });
  if (permit === undefined) {
    place?.left();
    throw new GatewayError("no_eligible_upstream", "residency");
  }
  const caller = followCaller(inbound, waiting);
  try {
    const asks = { keyId, priority: attemptPorts.priorityOf(inbound.header), tokens: 0 };
    const leave = await rawLeave({ target }, { asks, caller, place }, attemptPorts);
    attemptPorts.retrier.begun(target);
    return { site, address: place?.address, permit, leave, hasOther: () => place?.hasOther() === true };
  } catch (thrown) {
    place?.left();
    throw thrown;
  } finally {
    caller.leave();
  }
}
