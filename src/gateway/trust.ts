import type { RequestRecord } from "../exchange/settlement.ts";
import type { Doors } from "../pipeline/handle.ts";
import { measureAudit } from "./audit-metrics.ts";
import { createBudgetKeeper, type MonthRunsOut } from "./budgets.ts";
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
  /** Tokens that count no more. */
  readonly denied: Vouched["denied"];
  readonly control: Pick<
    Control,
    | "policies"
    | "limits"
    | "budgets"
    | "guardrails"
    | "deniedTokens"
    | "identityKeys"
    | "signingKeys"
    | "audit"
  >;
}

export function createTrust(
  parts: TrustParts,
  world: TrustWorld,
  snapshot: () => Snapshot,
  monthRunsOut: MonthRunsOut,
): Trust {
  const { documents, stored } = parts;
  const { clock, meter, keys, digestOf } = world;
  const guardrails = createGuardrails({ clock, meter, digestOf });
  const limits = createLimits(
    { ...world, documents, stored: stored.get(limitCollection) ?? [] },
    world.snapshot,
  );
  const policies = createPolicies(parts, { ...world, limits: limits.ids });
  const budgets = createBudgetKeeper({ ...world, trust: parts }, snapshot, monthRunsOut);
  const vouched = createVouched(
    { ...parts.vouched, documents, denied: stored.get(deniedCollection) ?? [] },
    world,
    world.snapshot,
  );
  const { vouching, identityTokens, denied } = vouched;
  measureAudit(meter, parts.audit);
  const byPolicies: Guard = {
    admit: ({ trail }) => {
      for (const limit of trail.limits) limits.charge(trail, limit.use, limit.cost);
    },
  };
  // Money is the last that is asked for: what another guard refuses costs nothing.
  const guards: readonly Guard[] = [
    policies.guard,
    byPolicies,
    guardrails.guard,
    limits.guard,
    budgets.guard,
  ];
  const prove = createProveDoor({
    ...parts.signing,
    clock,
    directory: keys.directory,
    count: countSignatures(meter),
  });
  return {
    guards: guardsOf(guards),
    prove,
    settled: (record) => {
      for (const room of [parts.audit, limits, budgets]) room.settled(record);
    },
    configure: (next) => {
      // Policies name limits.
      for (const room of [limits, policies, budgets, vouched]) room.configure(next);
    },
    vouching,
    identityTokens,
    denied,
    control: {
      policies: policies.control,
      limits: policies.limitsControl(limits.control),
      budgets: budgets.control,
      guardrails: guardrails.state,
      deniedTokens: denied.control,
      identityKeys: identityTokens.keySet,
      signingKeys: parts.signing.keys.control,
      audit: parts.audit.control,
    },
  };
}
