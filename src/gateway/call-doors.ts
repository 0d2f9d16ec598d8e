import { authorize } from "../capabilities/identity/index.ts";
import { admit } from "../capabilities/overload/index.ts";
import { fund } from "../capabilities/pricing/index.ts";
import type { Decoded, Funded } from "../exchange/exchange.ts";
import { nanoUsd } from "../kernel/units.ts";
import type { Doors } from "../pipeline/handle.ts";
import type { Trail } from "../pipeline/trail.ts";
import type { Random } from "../ports/random.ts";
import type { InboundRequest } from "../ports/server.ts";
import { egressAtMost } from "./egress.ts";
import type { Asked, Guards } from "./guards.ts";
import type { Ingress } from "./ingress.ts";
import type { Snapshot } from "./snapshot.ts";
import { checkToolScope } from "./tool-scope.ts";

interface CallDoorParts {
  readonly random: Random;
  readonly ingress: Pick<Ingress, "inFlight">;
  readonly guards: Guards;
}

/** Doors 2, 3 and 7 of a call that was read: what the rooms say of it, then the guards. */
export function createCallDoors({
  random,
  ingress: { inFlight },
  guards,
}: CallDoorParts): Pick<Doors<Snapshot>, "authorize" | "admit" | "fund"> {
  return {
    authorize: (decoded, inbound, trail) => {
      const authorized = authorize(decoded);
      checkToolScope(decoded);
      const { models } = authorized.constraints;
      trail.stages.record(
        "authorize",
        "allow",
        models.length === 0
          ? "this key may use every model"
          : `the key's list allows \`${decoded.facts.model}\``,
      );
      const changed = guards.authorize(askedOf(authorized, inbound, trail));
      return changed === undefined ? authorized : { ...authorized, ...changed };
    },
    admit: (authorized, inbound, trail) => {
      guards.admit(askedOf(authorized, inbound, trail));
      const { inFlightMax } = trail.snapshot;
      const admitted = admit(authorized, inFlight, inFlightMax, random);
      trail.isAdmitted = true;
      trail.stages.record("admit", "admit", `${admitted.admission.inFlight} of ${inFlightMax} in flight`);
      return admitted;
    },
    fund: (planned, inbound, trail) => {
      const { rateCard, regions } = trail.snapshot;
      const asked = askedOf(planned, inbound, trail);
      const unknownModel = guards.needsPrice(asked) ? "refuse" : trail.snapshot.unknownModel;
      const funded = fund(planned, rateCard, unknownModel, egressAtMost(regions));
      const worst = funded.funding.worstCaseNanoUsd;
      const cover = () => {
        trail.funded = funded;
        trail.stages.record("fund", "cover", worst === null ? "no bound known" : `at most ${worst} nano-USD`);
        return funded;
      };
      const covered = guards.fund(
        asked,
        worst === null ? null : nanoUsd(Math.min(worst * billedMax(funded, trail), Number.MAX_SAFE_INTEGER)),
      );
      return covered === undefined ? cover() : covered.then(cover);
    },
  };
}

/** How many answers of one call the gateway itself may order, and pay: a copy of a late one, or a second of a cascade. */
function billedMax({ plan, facts, isCascade }: Funded, { snapshot }: Trail<Snapshot>): number {
  const { hedge } = snapshot.resilienceOf(facts.model);
  return plan.candidates.length > 1 && (hedge !== undefined || isCascade === true) ? 2 : 1;
}

const askedOf = (decoded: Decoded, inbound: InboundRequest, trail: Trail<Snapshot>): Asked => ({
  identified: decoded,
  inbound,
  trail,
  call: decoded,
});
