import type { Policy, Violation } from "../capabilities/policy/index.ts";
import type { PoliciesControl, PoliciesState } from "../gateway/policies-control.ts";

const policy: Policy = {
  id: "no-anonymous",
  priority: 100,
  mode: "enforce",
  phase: "request",
  when: "auth_required and not authenticated",
  do: { deny: {} },
  reason: "Sign in first.",
};
const state: PoliciesState = {
  revision: 7,
  fallback: "allow",
  policies: [
    {
      policy,
      from: "runtime",
      form: "auth_required && !(authenticated)",
      cost: 4,
      ...{ hits: 3, denies: 3, errors: 0, shadowDenies: 0 },
    },
  ],
};
const group = { name: "no-anonymous", newlyDenied: 1, newlyAllowed: 0, changedConstraints: 0 };
const simulated = {
  ...{ requests: 10, decisions: 10, newlyDenied: 1, newlyAllowed: 0, changedConstraints: 0, unknown: 2 },
  costDifferenceNanoUsd: -1200,
  by: { policy: [group], key: [], tenant: [], project: [], route: [] },
  samples: [
    {
      requestId: "r1",
      at: 1_767_225_600_000,
      change: "newly-denied",
      policy: "no-anonymous",
      reason: "Sign in.",
    },
  ],
} as const;
const preview = {
  ...{ revision: 7, problems: [], compiled: [{ id: "no-anonymous", form: "true", cost: 1 }] },
  conflicts: [{ policy: "no-anonymous", kind: "always-true", message: "its condition always holds" }],
  effect: simulated,
} as const;
const answer = {
  ...{ allowed: false, reason: "Sign in first.", policy: "no-anonymous", read: ["authenticated"] },
  trace: [{ policy: "no-anonymous", outcome: "deny" }],
} as const;
const version = { revision: 7, at: 1_767_225_600_000, by: "bearer", policies: 1 };
const violation: Violation = {
  id: "r1:request:no-anonymous",
  at: 1_767_225_600_000,
  policy: "no-anonymous",
  revision: 7,
  mode: "enforce",
  phase: "request",
  subject: "",
  tenant: "default",
  route: "chat",
  requestId: "r1",
  reason: "Sign in first.",
  facts: { authenticated: false },
};

/** Policies as they are, whatever is asked. */
export const samplePolicies: PoliciesControl = {
  state: () => state,
  versions: () => [version],
  preview: async () => preview,
  commit: async () => state,
  put: async () => state,
  remove: async (id) => (id === policy.id ? state : undefined),
  rollback: async (revision) => (revision === 7 ? state : undefined),
  evaluate: () => answer,
  simulate: async () => simulated,
  violations: () => [violation],
  violationCount: () => 0,
};

/** What each of their routes answers. */
export const policyExamples = {
  listPolicies: { data: state },
  createPolicy: { body: policy, data: state },
  setPolicy: { id: "no-anonymous", body: policy, data: state },
  removePolicy: { id: "no-anonymous", data: state },
  previewPolicies: { body: { policies: [policy] }, data: preview },
  commitPolicies: { headers: { "if-match": '"7"' }, body: { policies: [policy] }, data: state },
  listPolicyVersions: { data: { versions: [version] } },
  rollBackPolicies: { body: { revision: 7 }, data: state },
  evaluatePolicies: { body: { facts: { authenticated: false } }, data: answer },
  simulatePolicies: { body: { since: 0 }, data: simulated },
  listViolations: { query: "policy=no-anonymous", data: { violations: [violation], total: 0 } },
};
