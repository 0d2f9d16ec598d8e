import { contentFacts } from "../capabilities/guardrail/index.ts";
import {
  actionName,
  createPolicyDesk,
  createViolations,
  type Policy,
  readVersion,
  readViolation,
  type Violation,
} from "../capabilities/policy/index.ts";
import { inSlices } from "../config/in-slices.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Json } from "../kernel/json.ts";
import { seconds } from "../kernel/units.ts";
import type { StoredDocument } from "../ports/document-store.ts";
import type { Asked, Guard } from "./guards.ts";
import type { LimitsControl } from "./limits.ts";
import { type PoliciesControl, policiesControl } from "./policies-control.ts";
import { createPolicyCounts } from "./policy-counts.ts";
import { type GuardFacts, routeOf } from "./policy-facts.ts";
import { createPolicyGuard, type ToldVerdict } from "./policy-guard.ts";
import type { Snapshot } from "./snapshot.ts";
import type { TrustParts, TrustWorld } from "./trust-parts.ts";

/** Collections of the store. */
export const policyVersions = "policy-version";
export const policyViolations = "policy-violation";

/** Policies as a gateway has them. */
interface Policies {
  readonly guard: Guard;
  readonly control: PoliciesControl;
  readonly configure: (next: Snapshot) => void;
  /** Limits, none of which is taken from a policy that names it. */
  readonly limitsControl: (limits: LimitsControl) => LimitsControl;
}

const flushEvery = seconds(1);
const noneOfTheFile = { policies: [], fallback: "allow", lists: new Map() } as const;

export function createPolicies(
  trust: Pick<TrustParts, "documents" | "stored">,
  world: TrustWorld & { readonly limits: () => readonly string[] },
): Policies {
  const { clock, expressions, logger, meter, timer } = world;
  const stored = (collection: string): readonly StoredDocument[] => trust.stored.get(collection) ?? [];
  const versions = stored(policyVersions).flatMap(({ body }) => readVersion(body) ?? []);
  const desk = createPolicyDesk(world.snapshot.policies ?? noneOfTheFile, versions, {
    now: clock.now,
    expressions,
    limits: world.limits,
    inSlices: (steps) => inSlices(steps, { clock, timer }),
    save: (version, gone) =>
      trust.documents.change(policyVersions, [
        { id: versionId(version.revision), body: jsonOf(version) },
        ...gone.map((revision) => ({ id: versionId(revision) })),
      ]),
  });
  const violations = createViolations(
    stored(policyViolations).flatMap(({ body }) => readViolation(body) ?? []),
  );
  const counts = createPolicyCounts(meter);
  const onVerdict = (told: ToldVerdict): void => {
    counts.count(told);
    for (const violation of violationsOf(told)) violations.add(violation);
  };
  timer.every(flushEvery, () => {
    const { added, gone } = violations.take(clock.now());
    if (added.length + gone.length === 0) return;
    const changes = [
      ...added.map((one) => ({ id: one.id, body: jsonOf(one) })),
      ...gone.map((id) => ({ id })),
    ];
    trust.documents
      .change(policyViolations, changes)
      .catch((fault: unknown) =>
        logger.error("violations of policies are not stored", { fault: String(fault) }),
      );
  });
  return {
    guard: createPolicyGuard({
      desk,
      onVerdict,
      guardFactsOf,
      hashOf: world.digestOf,
      monotonic: clock.monotonic,
    }),
    control: policiesControl({ desk, violations, counts, eventLog: world.eventLog, now: clock.now }),
    configure: (next) => desk.configure(next.policies ?? noneOfTheFile),
    limitsControl: (limits) => ({
      ...limits,
      set: async (settings) => {
        const standing = await limits.set(settings);
        // Kept policies may have waited for it.
        desk.configure(desk.configured());
        return standing;
      },
      remove: (id) => {
        const user = desk.listed().find(({ policy: { do: action } }) => usesLimit(action, id));
        if (user !== undefined) throw stillUsed(id, user.policy.id);
        return limits.remove(id);
      },
    }),
  };
}

const usesLimit = (action: Policy["do"], id: string): boolean => "limit" in action && action.limit.use === id;

const stillUsed = (id: string, policy: string): GatewayError =>
  new GatewayError("conflict", `the limit ${id} is named by the policy ${policy}`, {
    message: `The policy \`${policy}\` names the limit \`${id}\`; change or remove it first.`,
  });

/** What guardrails find in the body of a call. @throws Where the body is not read: nobody knows what is in it. */
function guardFactsOf({ call, identified: { route } }: Asked): GuardFacts {
  if (call === undefined) throw new Error(`a body of the lane \`${route.kind}\` is not read`);
  const { pii, hasSecrets, injection } = contentFacts(call.body);
  return { pii: pii.length, secrets: hasSecrets ? 1 : 0, injection };
}

const versionId = (revision: number): string => String(revision).padStart(12, "0");

/** What a store takes. */
function jsonOf(value: object): Json {
  const json: Json = JSON.parse(JSON.stringify(value));
  return json;
}

/** Each policy that has denied, and those that would have. */
function violationsOf({ set, phase, verdict, asked, notes }: ToldVerdict): readonly Violation[] {
  const { allowed, by, reason, shadowDenies } = verdict;
  if (allowed && shadowDenies.length === 0) return [];
  const { trail, identified } = asked;
  const made = (policy: string, mode: Violation["mode"], why: string): Violation => ({
    id: `${trail.id}:${phase}:${policy}`,
    at: trail.at,
    policy,
    revision: set.revision,
    mode,
    phase,
    subject: identified.identity.keyId,
    tenant: identified.identity.tenant,
    route: routeOf(asked),
    requestId: trail.id,
    reason: why,
    facts: notes.facts(),
  });
  return [
    ...shadowDenies.map((policy) =>
      made(policy.id, "shadow", policy.reason ?? `${actionName(policy.do)} in shadow`),
    ),
    ...(allowed ? [] : [made(by?.id ?? "", "enforce", reason)]),
  ];
}
