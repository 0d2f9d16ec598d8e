import * as z from "zod";
import { writtenPolicy } from "../config/check-policies.ts";
import { count, epochMs } from "./quantities.ts";

const revision = z.int().min(0).describe("Rises with each change; a request keeps the one it began with.");
const phase = z.enum(["request", "target", "response"]);
const fact = z.union([
  z.number(),
  z.string(),
  z.boolean(),
  z.array(z.string()),
  z.record(z.string(), z.array(z.string())),
]);

const policyState = z.strictObject({
  policy: writtenPolicy,
  from: z.enum(["file", "runtime"]).describe("Those of the file are changed there."),
  form: z.string().describe("Its condition in CEL."),
  cost: count.describe("Steps at worst."),
  hits: count,
  denies: count,
  errors: count,
  shadowDenies: count,
});

const policiesState = z.strictObject({
  revision,
  fallback: z.enum(["allow", "deny"]),
  policies: z.array(policyState),
});

const group = z.array(
  z.strictObject({ name: z.string(), newlyDenied: count, newlyAllowed: count, changedConstraints: count }),
);
const simulated = z.strictObject({
  requests: count,
  decisions: count,
  newlyDenied: count,
  newlyAllowed: count,
  changedConstraints: count,
  unknown: count.describe("Requests of which a fact that is asked for was not recorded."),
  costDifferenceNanoUsd: z.number().describe("Of what would have been denied."),
  by: z.strictObject({ policy: group, key: group, tenant: group, project: group, route: group }),
  samples: z.array(
    z.strictObject({
      requestId: z.string(),
      at: epochMs,
      change: z.enum(["newly-denied", "newly-allowed", "changed-constraints"]),
      policy: z.string(),
      reason: z.string(),
    }),
  ),
});

const preview = z.strictObject({
  revision,
  problems: z.array(
    z.strictObject({
      index: count,
      id: z.string(),
      field: z.enum(["id", "when", "do", "validUntil"]),
      message: z.string(),
      at: z.exactOptional(z.int().min(1)).describe("Which character of the condition, from 1."),
    }),
  ),
  compiled: z.array(z.strictObject({ id: z.string(), form: z.string(), cost: count })),
  conflicts: z.array(
    z.strictObject({
      policy: z.string(),
      kind: z.enum(["shadowed", "never-true", "always-true"]),
      by: z.exactOptional(z.string()),
      message: z.string(),
    }),
  ),
  effect: simulated.nullable().describe("On the requests of the last hour; `null`: there are problems."),
});

const met = z.strictObject({
  policy: z.string(),
  outcome: z.enum(["deny", "allow", "transform", "route", "limit", "shadow", "error", "no"]),
  fault: z.exactOptional(z.string()),
});

const violation = z.strictObject({
  id: z.string(),
  at: epochMs,
  policy: z.string(),
  revision,
  mode: z.enum(["enforce", "shadow"]),
  phase,
  subject: z.string().describe("The id of the key that asked."),
  tenant: z.string(),
  route: z.string(),
  requestId: z.string(),
  reason: z.string(),
  facts: z
    .record(z.string(), fact)
    .describe("Those that were read; what says who somebody is as keyed hashes."),
});

export const policyComponents = {
  WantedPolicy: writtenPolicy,
  WantedPolicies: z.strictObject({ policies: z.array(writtenPolicy).max(1000) }),
  WantedRollback: z.strictObject({ revision: z.int().min(0) }),
  PolicyState: policyState,
  PoliciesState: policiesState,
  PolicyPreview: preview,
  PolicyVersionList: z.strictObject({
    versions: z.array(
      z.strictObject({
        revision,
        at: epochMs,
        by: z.string(),
        policies: count.describe("How many there were."),
      }),
    ),
  }),
  PolicyQuestion: z.strictObject({
    phase: phase.default("request"),
    facts: z.record(z.string(), fact),
    tenant: z.string().default("default"),
    route: z.string().default(""),
    protocol: z.string().default("ai"),
  }),
  PolicyAnswer: z.strictObject({
    allowed: z.boolean(),
    reason: z.string(),
    policy: z.string().describe("Who decided; empty: the default."),
    trace: z.array(met),
    read: z.array(z.string()).describe("The facts that were asked for."),
  }),
  WantedSimulation: z.strictObject({
    policies: z
      .exactOptional(z.array(writtenPolicy).max(1000))
      .describe("In the place of all that were set while the gateway ran; absent: those in force."),
    since: epochMs,
    until: z.exactOptional(epochMs),
  }),
  PolicySimulation: simulated,
  ViolationList: z.strictObject({
    violations: z.array(violation),
    total: count.describe(
      "Enforced ones since the process began; for who is bound to a tenant, those of it that are kept.",
    ),
  }),
} as const;

export const violationsQuery = z.strictObject({
  policy: z.string().max(200).optional(),
  tenant: z.string().max(200).optional(),
  key: z.string().max(200).optional().describe("The id of the key that asked."),
  mode: z
    .enum(["enforce", "shadow"])
    .optional()
    .describe("`enforce`: it was denied; `shadow`: it would have been."),
  since: z.coerce.number().int().min(0).optional().describe("ms since 1970."),
  until: z.coerce.number().int().min(0).optional().describe("ms since 1970; that moment is not of it."),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
