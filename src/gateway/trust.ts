import type { RequestRecord } from "../exchange/settlement.ts";
import type { Doors } from "../pipeline/handle.ts";
import type { Control } from "./control.ts";
import { deniedCollection } from "./denied-tokens.ts";
import { createGuardrails } from "./guardrails.ts";
import { type Guard, type Guards, guardsOf } from "./guards.ts";
import { createLimits, limitCollection } from "./limits.ts";
import { createPolicies } from "./policies.ts";
import { createProveDoor } from "./prove-door.ts";
import { countSignatures } from "./signing.ts";
import type { Snapshot } from "./snapshot.ts";
import type { TrustParts, TrustWorld } from "./trust-parts.ts";
import { createVouched, type Vouched } from "./vouched-parts.ts";

/** Who may do what, at what price, and the proof of it: the rooms that guard every lane. */
export interface Trust {
  readonly guards: Guards;
  /** Before door 1. */
  readonly prove: Doors<Snapshot>["prove"];
  /** Told of every record. */
  readonly settled: (record: RequestRecord) => void;
  /** A new configuration counts from now on. */
  readonly configure: (next: Snapshot) => void;
  /** For door 1. */
  readonly vouching: Vouched["vouching"];
  readonly identityTokens: Vouched["identityTokens"];
  readonly control: Pick<Control, "policies" | "limits" | "guardrails" | "deniedTokens" | "identityKeys">;
}

export function createTrust(parts: TrustParts, world: TrustWorld): Trust {
  const { documents, stored } = parts;
  const { clock, meter, keys, digestOf, snapshot } = world;
  const policies = createPolicies(parts, world);
  const guardrails = createGuardrails({ clock, meter, digestOf });
  const limits = createLimits({ ...world, documents, stored: stored.get(limitCollection) ?? [] }, snapshot);
  const denied = stored.get(deniedCollection) ?? [];
  const vouched = createVouched({ ...parts.vouched, documents, denied }, world, snapshot);
  const { vouching, identityTokens } = vouched;
  const byPolicies: Guard = {
    admit: ({ trail }) => {
      for (const limit of trail.limits) if ("use" in limit) limits.charge(trail, limit.use);
    },
  };
  const guards: readonly Guard[] = [policies.guard, byPolicies, guardrails.guard, limits.guard];
  const prove = createProveDoor({
    ...parts.signing,
    clock,
    directory: keys.directory,
    count: countSignatures(meter),
  });
  return {
    guards: guardsOf(guards),
    prove,
    settled: limits.settled,
    configure: (next) => {
      for (const room of [policies, limits, vouched]) room.configure(next);
    },
    vouching,
    identityTokens,
    control: {
      policies: policies.control,
      limits: limits.control,
      guardrails: guardrails.state,
      deniedTokens: vouched.denied.control,
      identityKeys: identityTokens.keySet,
    },
  };
}
