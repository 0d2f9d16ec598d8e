import { admit } from "../capabilities/overload/index.ts";
import type { Candidate } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { followCaller, type Waiting } from "../pipeline/caller.ts";
import { counted, flowTo } from "../pipeline/counted-transport.ts";
import type { EncodePorts } from "../pipeline/encode.ts";
import type { Doors } from "../pipeline/handle.ts";
import type { AttemptPorts } from "../pipeline/one-try.ts";
import { relayRaw } from "../pipeline/raw.ts";
import type { RawCall } from "../pipeline/raw-call.ts";
import { type RawLeave, rawLeave } from "../pipeline/raw-leave.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { InboundRequest } from "../ports/server.ts";
import { announcedBytes } from "./announced.ts";
import type { Guards } from "./guards.ts";
import type { Ingress } from "./ingress.ts";
import { planRaw } from "./raw-lane.ts";
import type { ResidencyGuard } from "./residency.ts";
import type { Snapshot } from "./snapshot.ts";

interface RawDoorParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly ingress: Pick<Ingress, "inFlight">;
  readonly waiting: Waiting;
  readonly attemptPorts: Pick<AttemptPorts, "transport" | "newReader" | "onTried" | "places" | "priorityOf"> &
    Parameters<typeof rawLeave>[2];
  readonly residency: ResidencyGuard;
  readonly guards: Guards;
}

/** The raw lane: doors 2, 3 and 6, then there and back. */
export function createRawDoor(
  { clock, random, ingress: { inFlight }, waiting, attemptPorts, residency, guards }: RawDoorParts,
  { commonHeaders, settle: settled }: EncodePorts<Snapshot>,
): Doors<Snapshot>["relayRaw"] {
  const leaveFor = async (
    candidate: Candidate,
    {
      identified,
      inbound,
      call,
      bodyBytesMax,
    }: {
      readonly identified: Parameters<typeof planRaw>[0];
      readonly inbound: InboundRequest;
      readonly call: RawCall;
      readonly bodyBytesMax: number;
    },
  ): Promise<RawLeave> => {
    const caller = followCaller(inbound, waiting);
    try {
      const asks = {
        keyId: identified.identity.keyId,
        priority: attemptPorts.priorityOf(inbound.header, identified.identity),
        tokens: call.isForWords ? tokensOf(inbound, bodyBytesMax) : 0,
      };
      return await rawLeave(candidate, { asks, caller, place: call.place }, attemptPorts);
    } finally {
      caller.leave();
    }
  };
  return async (identified, inbound, trail) => {
    const { snapshot } = trail;
    trail.stages.record("decode", "pass", "the raw lane does not read the request");
    guards.authorize({ identified, inbound, trail });
    const bounds = residency.boundsOf(
      { residency: identified.identity.residency, earlier: trail.bound, sink: "raw" },
      inbound.header,
      snapshot.regions,
    );
    const { provider, call, guarded, reason } = planRaw(identified, snapshot, {
      newReader: attemptPorts.newReader,
      bounds,
      permits: residency,
      places: attemptPorts.places,
    });
    trail.load = call.place;
    trail.stages.record("authorize", "allow", `this key may use every model of \`${provider.id}\``);
    notAbove(snapshot.raw.bodyBytesMax, inbound);
    guards.admit({ identified, inbound, trail });
    const { admission } = admit(identified, inFlight, snapshot.inFlightMax, random);
    trail.isAdmitted = true;
    trail.stages.record("admit", "admit", `${admission.inFlight} of ${snapshot.inFlightMax} in flight`);
    await guards.fund({ identified, inbound, trail }, null);
    trail.stages.record("plan", "route", `raw lane to \`${provider.id}\`; ${reason}`);
    const leave = await leaveFor(
      { target: guarded, endpoint: call.endpoint, lane: "raw" },
      { identified, inbound, call, bodyBytesMax: snapshot.bodyBytesMax },
    );
    trail.load = leave.load;
    const flow = flowTo(call.target, call.place?.address);
    trail.flows.push(flow);
    return relayRaw(inbound, call, {
      trail,
      leave,
      ports: {
        clock,
        transport: counted(attemptPorts.transport, flow),
        bodyBytesMax: snapshot.raw.bodyBytesMax,
        waiting,
        commonHeaders,
        targetOf: provider.targetOf,
        settle: settled,
        onTried: attemptPorts.onTried,
      },
    });
  };
}

/** Of an answer of which nobody has said how long it may be. */
const usualOutputTokens = 300;
const bytesPerToken = 4;

/**
 * By the length that the client tells, as the body is not read. It is only a word: what no other lane would take as a prompt
 * takes no more of the target from others than the largest that it would.
 */
const tokensOf = (inbound: InboundRequest, bodyBytesMax: number): number =>
  Math.ceil(announcedBytes(inbound, bodyBytesMax) / bytesPerToken) + usualOutputTokens;

/** @throws GatewayError `request_too_large`: at once, before a place is taken for it. */
function notAbove(bytesMax: number, { header }: InboundRequest): void {
  const bytes = Number(header("content-length") ?? 0);
  if (!(bytes > bytesMax)) return;
  throw new GatewayError("request_too_large", `body of ${bytes} bytes`, {
    message: `The request body is larger than ${bytesMax} bytes, the limit of this route.`,
  });
}
