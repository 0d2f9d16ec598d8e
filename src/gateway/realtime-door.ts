import { admit } from "../capabilities/overload/index.ts";
import { fund } from "../capabilities/pricing/index.ts";
import type { Identified } from "../exchange/exchange.ts";
import type { Usage } from "../exchange/usage.ts";
import { GatewayError } from "../kernel/errors.ts";
import { uuidv7 } from "../kernel/ids.ts";
import { seconds } from "../kernel/units.ts";
import { followCaller, type Waiting } from "../pipeline/caller.ts";
import { headersWith } from "../pipeline/edited-headers.ts";
import type { EncodePorts } from "../pipeline/encode.ts";
import type { Doors } from "../pipeline/handle.ts";
import type { AttemptPorts } from "../pipeline/one-try.ts";
import { rawLeave } from "../pipeline/raw-leave.ts";
import type { ServiceCall, ServiceLeave } from "../pipeline/service-call.ts";
import { relayService } from "../pipeline/service-lane.ts";
import type { Relay } from "../pipeline/socket-relay.ts";
import { openTrail, type Trail } from "../pipeline/trail.ts";
import type { InboundRequest } from "../ports/server.ts";
import {
  checkSwitched,
  type Handshake,
  handshakeHeaders,
  inspectHandshake,
} from "../protocols/websocket/index.ts";
import { inspectSession } from "./realtime-session.ts";
import { type RealtimeRoute, type RealtimeTarget, realtimeTarget } from "./realtime-target.ts";
import type { ResidencyGuard } from "./residency.ts";
import { statusFailure } from "./rest-call.ts";
import type { ServiceDoorParts } from "./service-door.ts";
import type { Snapshot } from "./snapshot.ts";
import { addressOf, askerOf, nonceOf, readHandshake, stands } from "./socket-door.ts";
import { joinByMessages } from "./socket-session.ts";
import { endedAs, switchingTransport, takeClient } from "./socket-switch.ts";
import type { SocketSeat } from "./sockets.ts";

export interface RealtimeDoorParts
  extends Pick<ServiceDoorParts, "clock" | "random" | "ingress" | "guards" | "tunnels" | "sockets"> {
  readonly waiting: Waiting;
  readonly residency: ResidencyGuard;
  readonly attemptPorts: Pick<AttemptPorts, "places" | "priorityOf"> & Parameters<typeof rawLeave>[2];
}

/** One session on its way through the doors. */
interface Talk {
  readonly identified: Identified<RealtimeRoute>;
  readonly inbound: InboundRequest;
  readonly trail: Trail<Snapshot>;
  readonly to: RealtimeTarget;
  readonly handshake: Handshake;
  readonly bounds: ReturnType<ResidencyGuard["boundsOf"]>;
  readonly parts: RealtimeDoorParts;
  readonly ports: EncodePorts<Snapshot>;
  readonly seat: SocketSeat;
}

/**
 * Sessions of OpenAI's Realtime API: the same doors as any call, the provider's key in the place of the caller's, and a
 * record of its own for each response, so that its money is on record while the session goes on.
 */
export function createRealtimeDoor(
  parts: RealtimeDoorParts,
  ports: EncodePorts<Snapshot>,
): Doors<Snapshot>["talk"] {
  return async (identified, inbound, trail) => {
    const { snapshot } = trail;
    const { sockets: rules } = snapshot.realtime;
    const handshake = readHandshake(inbound, rules.origins);
    trail.stages.record("decode", "read", `a session of \`${identified.route.model ?? ""}\``);
    const boundsOf = (model: string) =>
      parts.residency.boundsOf(
        { model, residency: identified.identity.residency, earlier: trail.bound, sink: "attempt" },
        inbound.header,
        snapshot.regions,
      );
    parts.guards.authorize({ identified, inbound, trail });
    const to = realtimeTarget(identified, snapshot, boundsOf);
    trail.facts = { model: to.model, isStream: true };
    if (parts.guards.needsPrice({ identified, inbound, trail })) requirePrice(to.target, trail);
    trail.stages.record("authorize", "allow", `this key may use \`${to.model}\``);
    parts.guards.admit({ identified, inbound, trail });
    await parts.guards.fund({ identified, inbound, trail }, null);
    const { admission } = admit(identified, parts.ingress.inFlight, snapshot.inFlightMax, parts.random);
    trail.isAdmitted = true;
    trail.stages.record("admit", "admit", `${admission.inFlight} of ${snapshot.inFlightMax} in flight`);
    trail.stages.record("plan", "route", to.reason);
    trail.candidate = { target: to.target, endpoint: to.endpoint, lane: "raw" };
    const seat = parts.sockets.open.enter(
      {
        id: trail.id,
        ...askerOf(identified),
        address: addressOf(inbound, snapshot),
        route: "realtime",
        mode: rules.mode,
        since: trail.at,
      },
      rules,
    );
    const bounds = boundsOf(to.model);
    const talk: Talk = { identified, inbound, trail, to, handshake, bounds, parts, ports, seat };
    try {
      await relayService(inbound, callOf(talk), {
        trail,
        ports: {
          clock: parts.clock,
          leaveFor: (asked) => leaveFor(talk, asked),
          waiting: parts.waiting,
          mayTryAgain: () => parts.attemptPorts.retrier.mayTry(to.target, "again"),
          commonHeaders: ports.commonHeaders,
          settle: (of, ending) => {
            seat.left();
            ports.settle(of, ending);
          },
        },
      });
    } catch (thrown) {
      seat.left();
      throw thrown;
    }
  };
}

async function leaveFor(talk: Talk, asked: readonly string[]): Promise<ServiceLeave> {
  const { inbound, to, bounds, identified, parts } = talk;
  const { attemptPorts, residency, waiting } = parts;
  const { keyId } = identified.identity;
  const place = attemptPorts.places.begin(to.target, { keyId, asked });
  const site = place?.endpointAt(to.endpoint) ?? to.endpoint;
  const permit = residency.to(to.target, site.origin, { residency: bounds.residency, sink: "attempt" });
  if (permit === undefined) {
    place?.left();
    throw new GatewayError("no_eligible_upstream", "residency");
  }
  const caller = followCaller(inbound, waiting);
  try {
    const asks = { keyId, priority: attemptPorts.priorityOf(inbound.header, identified.identity), tokens: 0 };
    const leave = await rawLeave({ target: to.target }, { asks, caller, place }, attemptPorts);
    attemptPorts.retrier.begun(to.target);
    return { site, address: place?.address, permit, leave, hasOther: () => false };
  } catch (thrown) {
    place?.left();
    throw thrown;
  } finally {
    caller.leave();
  }
}

/** @throws GatewayError `price_unknown` */
function requirePrice(target: RealtimeTarget["target"], { at, snapshot }: Trail<Snapshot>): void {
  const plan = { candidates: [{ target }] as const };
  fund({ at, body: new Uint8Array(), facts: {}, plan }, snapshot.rateCard, "refuse");
}

const connectTimeout = seconds(5);
/** Client headers that mean something to the API. */
const passing = ["openai-beta", "openai-safety-identifier", "user-agent"] as const;
/** Headers of a refusal that go down with it. */
const told = ["content-type", "retry-after", "x-request-id"] as const;

function callOf(talk: Talk): ServiceCall {
  const { to, inbound, handshake, parts } = talk;
  const up = inspectHandshake(handshake, nonceOf(parts.random));
  const { transport, connection } = switchingTransport(parts.tunnels);
  const own = passing.flatMap((name) => {
    const value = inbound.header(name);
    return value === undefined ? [] : [name, value];
  });
  return {
    target: { ...to.target, connectTimeout },
    transport,
    method: "GET",
    pathAt: ({ basePath }) => `${basePath}/realtime?model=${encodeURIComponent(to.target.model)}`,
    headersAt: (site) => [
      ...headersWith(own, talk.trail.edits.headers),
      ...site.headers,
      ...handshakeHeaders(up),
    ],
    bodyBytesMax: 0,
    isRepeatable: true,
    interim: () => [],
    answer: (head) => {
      const failure = statusFailure(head);
      const headers = told.flatMap((name) => {
        const value = head.headers.get(name);
        return value === undefined ? [] : [name, value];
      });
      return { status: head.status, headers, ...(failure === undefined ? {} : { failure }) };
    },
    switched: (head, leave) => {
      const upstream = connection();
      if (upstream === undefined) throw new GatewayError("internal", "a 101 without a connection");
      try {
        const agreed = checkSwitched(head, up, parts.sockets.sha1);
        const extra = talk.ports.commonHeaders(talk.trail);
        const client = takeClient(inbound, { handshake, agreed, extra }, parts.sockets);
        stands(talk.trail, { head, leave, ingress: parts.ingress });
        join(talk, { client, upstream });
      } catch (thrown) {
        upstream.socket.destroy();
        throw thrown;
      }
    },
  };
}

function join(talk: Talk, ends: Parameters<typeof joinByMessages>[0]): void {
  const { trail, parts, ports, seat, to } = talk;
  const { realtime } = trail.snapshot;
  let relay: Relay | undefined;
  let isAnswering = false;
  let spent: number | null = null;
  let overdrawn: GatewayError | undefined;
  const afterResponse = (): "go on" | GatewayError => {
    const { sessionNanoUsdMax: max } = realtime;
    if (overdrawn !== undefined) return overdrawn;
    try {
      parts.guards.goOn(talk);
    } catch (thrown) {
      return GatewayError.from(thrown);
    }
    if (max === undefined || spent === null || spent < max) return "go on";
    return new GatewayError("budget_exhausted", `a session of ${spent} nano-USD`, {
      message: "This session has cost as much as a session may on this gateway.",
    });
  };
  const inspect = inspectSession({
    models: [to.model, to.target.model],
    eventId: () => `event_${uuidv7(parts.clock.now(), parts.random.bytes(10)).replaceAll("-", "")}`,
    began: () => {
      isAnswering = true;
    },
    settled: (response) => {
      if (response.isResponse) isAnswering = false;
      const { nanoUsd, debt } = book(talk, response);
      if (nanoUsd !== null) spent = (spent ?? 0) + nanoUsd;
      overdrawn = debt;
    },
    afterResponse,
    deliver: (message) => relay?.send(message, "down"),
  });
  const session = joinByMessages(ends, realtime.sockets, {
    parts: parts.sockets,
    inspect,
    onEnd: (ending) => {
      seat.left(ending.code);
      trail.isCut = isAnswering;
      ports.settle(trail, endedAs(trail, ending));
    },
  });
  relay = session.relay;
  seat.opened({ stop: session.stop, counts: () => ({ ...session.counts(), costNanoUsd: spent }) });
}

/**
 * One record for one response, as if it had been a request.
 * @returns What it cost, `null`: nobody knows; and why nothing may follow, if its limits are overdrawn.
 */
function book(
  { trail, identified: asker, inbound, parts: { clock, random, guards }, ports }: Talk,
  { id, usage }: { readonly id: string | undefined; readonly usage: Usage | undefined },
): { readonly nanoUsd: number | null; readonly debt: GatewayError | undefined } {
  const at = clock.now();
  const own = openTrail({
    id: uuidv7(at, random.bytes(10)),
    at,
    startedAt: clock.monotonic(),
    monotonic: clock.monotonic,
    snapshot: trail.snapshot,
    method: trail.method,
    target: trail.target,
  });
  const { received, identified, facts, candidate } = trail;
  Object.assign(own, { received, identified, facts, candidate });
  own.usage = usage;
  own.status = 200;
  own.events = 1;
  own.stages.record("encode", "relay", `${id ?? "a response"} of the session ${trail.id}`);
  ports.settle(own, { outcome: "completed" });
  const debt = guards.debit({ identified: asker, inbound, trail: own });
  return { nanoUsd: own.cost?.nanoUsd ?? null, debt };
}
