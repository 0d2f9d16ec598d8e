import { admit } from "../capabilities/overload/index.ts";
import { withinBounds } from "../capabilities/routing/index.ts";
import type { Identified, Received, Route } from "../exchange/exchange.ts";
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
import type { Trail } from "../pipeline/trail.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { InboundRequest } from "../ports/server.ts";
import type { Transport, Tunnels } from "../ports/transport.ts";
import { valueFactsOf } from "./asked-values.ts";
import { serveGraphql } from "./graphql-door.ts";
import { createOperationDoors } from "./graphql-operations.ts";
import type { AskingPorts } from "./graphql-serving.ts";
import type { GraphqlTally } from "./graphql-tallies.ts";
import { relayGrpc } from "./grpc-lane.ts";
import type { GrpcTally } from "./grpc-tallies.ts";
import type { Guards } from "./guards.ts";
import type { IdentityTokens } from "./identity-tokens.ts";
import type { Ingress } from "./ingress.ts";
import type { AddressPlaces } from "./places.ts";
import { withPolicyEdits } from "./policy-edits.ts";
import type { ResidencyGuard } from "./residency.ts";
import { restCall, type ServiceWays } from "./rest-call.ts";
import type { ServiceRoute } from "./service-routes.ts";
import type { ServiceTallies } from "./service-tallies.ts";
import type { Snapshot } from "./snapshot.ts";
import { createSocketDoor, giveBackPlace, readHandshake } from "./socket-door.ts";
import type { SocketParts } from "./socket-session.ts";
import { toldOf } from "./told-identity.ts";

export interface ServiceDoorParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly ingress: Pick<Ingress, "inFlight" | "enter" | "refused">;
  /** Of now: what lasts asks for it again. */
  readonly snapshot: () => Snapshot;
  /** Door 1. */
  readonly identify: <R extends Route>(
    received: Received<R>,
    inbound: InboundRequest,
    trail: Trail<Snapshot>,
  ) => Identified<R> | Promise<Identified<R>>;
  readonly guards: Guards;
  readonly identityTokens: Pick<IdentityTokens, "tokenFor">;
  readonly onFault: (fault: unknown) => void;
  readonly waiting: Waiting;
  readonly residency: ResidencyGuard;
  readonly servicePlaces: Pick<AddressPlaces, "beginService">;
  readonly attemptPorts: Pick<AttemptPorts, "transport" | "priorityOf" | "timer"> &
    Parameters<typeof rawLeave>[2];
  /** HTTP/2. */
  readonly transport2: Transport;
  readonly tunnels: Tunnels;
  readonly sockets: SocketParts;
  readonly tallies: {
    readonly services: Pick<ServiceTallies, "begun">;
    readonly graphql: GraphqlTally;
    readonly grpc: GrpcTally;
  };
  /** A digest under the installation's secret. */
  readonly digestOf: (text: string) => string;
}

/** Doors 2 to 9 of ordinary services. */
export function createServiceDoor(
  parts: ServiceDoorParts,
  { commonHeaders, settle, relays }: EncodePorts<Snapshot>,
): Doors<Snapshot>["serve"] {
  const { clock, random, residency, attemptPorts, ingress, tallies } = parts;
  const pseudonym = `sallyport-${murmur3(parts.digestOf("via"), 0).toString(16).padStart(8, "0")}`;
  const openSocket = createSocketDoor(parts);
  const transportTo = ({ http }: ServiceTarget): Transport =>
    http === "2" ? parts.transport2 : attemptPorts.transport;
  /** Doors 2 to 6. */
  const pass = async (
    identified: Identified<ServiceRoute>,
    inbound: InboundRequest,
    trail: Trail<Snapshot>,
  ) => {
    const who = await toldOf(identified.identity, identified.route.rule.target, parts.identityTokens);
    const { snapshot } = trail;
    const { rule, id } = identified.route;
    const { target } = rule;
    trail.service = target;
    trail.stages.record("decode", "pass", "the body is not read");
    trail.stages.record("authorize", "allow", `route \`${id}\``);
    parts.guards.authorize({ identified, inbound, trail });
    parts.guards.admit({ identified, inbound, trail });
    const { admission } = admit(identified, ingress.inFlight, snapshot.inFlightMax, random);
    trail.isAdmitted = true;
    trail.stages.record("admit", "admit", `${admission.inFlight} of ${snapshot.inFlightMax} in flight`);
    const bounds = residency.boundsOf(
      { residency: identified.identity.residency, earlier: trail.bound, sink: "attempt" },
      inbound.header,
      snapshot.regions,
    );
    withinBounds(target.provider, [{ target }], bounds);
    trail.stages.record("plan", "route", `to the service \`${target.provider}\``);
    const { edge, serviceRoutes } = snapshot;
    const ofRoute = serviceRoutes.transformsOf(id, () => valueFactsOf(identified, inbound, snapshot));
    if (ofRoute === undefined) throw new GatewayError("internal", `the route ${id} has no transforms`);
    const transforms = withPolicyEdits(ofRoute, trail.edits);
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
      who,
    };
    const asking: AskingPorts = {
      clock,
      transportTo,
      dialTools: parts,
      leaveFor: (at, asked) => leaveFor(identified, { target: at, inbound, asked, bounds, parts }),
      mayTryAgain: (at) => attemptPorts.retrier.mayTry(at, "again"),
    };
    return { ways, asking };
  };
  const operations = createOperationDoors({ ...parts, pass, settle });
  const stands = (trail: Trail<Snapshot>): void => giveBackPlace(trail, ingress);
  return async (identified, inbound, trail) => {
    const { rule, id } = identified.route;
    const { target } = rule;
    const isSocket = target.model === "websocket" && rule.sockets !== undefined;
    const handshake = isSocket ? readHandshake(inbound, rule.sockets.origins) : undefined;
    const { ways, asking } = await pass(identified, inbound, trail);
    const ports: ServicePorts<Snapshot> = {
      clock,
      leaveFor: (asked) => asking.leaveFor(target, asked),
      waiting: parts.waiting,
      mayTryAgain: () => attemptPorts.retrier.mayTry(target, "again"),
      commonHeaders,
      settle,
    };
    const { serviceRoutes } = trail.snapshot;
    const graphql = serviceRoutes.graphqlOf(id);
    if (graphql !== undefined)
      return serveGraphql(
        { identified, inbound, trail, route: graphql, ways, tally: tallies.graphql },
        {
          ...asking,
          sockets: parts.sockets,
          waiting: parts.waiting,
          relays,
          stands,
          operations,
          commonHeaders,
          settle,
        },
      );
    const grpc = target.model === "grpc" ? serviceRoutes.grpcOf(id) : undefined;
    if (grpc !== undefined)
      return relayGrpc(
        { identified, inbound, ways },
        { trail, ports, timer: attemptPorts.timer, settings: grpc, tally: tallies.grpc },
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
  { identity }: Identified<ServiceRoute>,
  {
    target,
    inbound,
    asked,
    bounds: { residency: bound },
    parts: { residency, servicePlaces, attemptPorts, waiting, tallies },
  }: {
    readonly target: ServiceTarget;
    readonly inbound: InboundRequest;
    readonly asked: readonly string[];
    readonly bounds: ReturnType<ResidencyGuard["boundsOf"]>;
    readonly parts: ServiceDoorParts;
  },
): Promise<ServiceLeave> {
  const { keyId } = identity;
  const place = servicePlaces.beginService(target, { keyId, asked });
  const site = place?.site ?? target.site;
  const permit = residency.to(target, site.origin, { residency: bound, sink: "attempt" });
  if (permit === undefined) {
    place?.left();
    throw new GatewayError("no_eligible_upstream", "residency");
  }
  const caller = followCaller(inbound, waiting);
  try {
    const asks = { keyId, priority: attemptPorts.priorityOf(inbound.header, identity), tokens: 0 };
    const leave = await rawLeave({ target }, { asks, caller, place }, attemptPorts);
    attemptPorts.retrier.begun(target);
    const hasOther = (): boolean => place?.hasOther() === true;
    return tallies.services.begun(target.provider, {
      site,
      address: place?.address,
      permit,
      leave,
      hasOther,
    });
  } catch (thrown) {
    place?.left();
    throw thrown;
  } finally {
    caller.leave();
  }
}
