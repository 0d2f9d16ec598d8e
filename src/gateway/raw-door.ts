import { admit, type InFlight } from "../capabilities/overload/index.ts";
import { counted, flowTo } from "../pipeline/counted-transport.ts";
import type { EncodePorts } from "../pipeline/encode.ts";
import type { Doors } from "../pipeline/handle.ts";
import type { AttemptPorts } from "../pipeline/one-try.ts";
import { relayRaw } from "../pipeline/raw.ts";
import type { Clock } from "../ports/clock.ts";
import { planRaw } from "./raw-lane.ts";
import type { ResidencyGuard } from "./residency.ts";
import type { Snapshot } from "./snapshot.ts";

interface RawDoorParts {
  readonly clock: Clock;
  readonly inFlight: InFlight;
  readonly attemptPorts: Pick<AttemptPorts, "transport" | "newReader" | "onTried" | "places">;
  readonly residency: ResidencyGuard;
}

/** The raw lane: doors 2, 3 and 6, then there and back. */
export function createRawDoor(
  { clock, inFlight, attemptPorts, residency }: RawDoorParts,
  { commonHeaders, settle: settled }: EncodePorts<Snapshot>,
): Doors<Snapshot>["relayRaw"] {
  return (identified, inbound, trail) => {
    const { snapshot } = trail;
    trail.stages.record("decode", "pass", "the raw lane does not read the request");
    const bounds = residency.boundsOf(
      { residency: identified.identity.residency, sink: "raw" },
      inbound.header,
      snapshot.regions,
    );
    const { provider, call, reason } = planRaw(identified, snapshot, {
      newReader: attemptPorts.newReader,
      bounds,
      permits: residency,
      places: attemptPorts.places,
    });
    trail.load = call.place;
    trail.stages.record("authorize", "allow", `this key may use every model of \`${provider.id}\``);
    const { admission } = admit(identified, inFlight, snapshot.inFlightMax);
    trail.isAdmitted = true;
    trail.stages.record("admit", "admit", `${admission.inFlight} of ${snapshot.inFlightMax} in flight`);
    trail.stages.record("plan", "route", `raw lane to \`${provider.id}\`; ${reason}`);
    const flow = flowTo(call.target, call.place?.address);
    trail.flows.push(flow);
    return relayRaw(inbound, call, {
      trail,
      ports: {
        clock,
        transport: counted(attemptPorts.transport, flow),
        bodyBytesMax: snapshot.raw.bodyBytesMax,
        commonHeaders,
        targetOf: provider.targetOf,
        settle: settled,
        onTried: attemptPorts.onTried,
      },
    });
  };
}
