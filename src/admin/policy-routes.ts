import type { AdminRoute } from "./admin-route.ts";
import { violationsQuery } from "./policy-schemas.ts";

/** Policies: what is in force, what a change would come to, and what they have refused. */
export const policyRoutes = {
  listPolicies: {
    method: "GET",
    path: "/api/gateway/policies",
    permission: "policies:read",
    summary: "The policies in force, and what each has done.",
    answer: "PoliciesState",
  },
  createPolicy: {
    method: "POST",
    path: "/api/gateway/policies",
    permission: "policies:write",
    summary: "Adds a policy.",
    body: "WantedPolicy",
    answer: "PoliciesState",
    status: 201,
  },
  setPolicy: {
    method: "PUT",
    path: "/api/gateway/policies/{id}",
    permission: "policies:write",
    summary: "Puts a policy in the place of the one of this id.",
    body: "WantedPolicy",
    answer: "PoliciesState",
  },
  removePolicy: {
    method: "DELETE",
    path: "/api/gateway/policies/{id}",
    permission: "policies:write",
    summary: "Takes a policy away that was set while the gateway runs.",
    answer: "PoliciesState",
  },
  previewPolicies: {
    method: "POST",
    path: "/api/gateway/policies:preview",
    permission: "policies:read",
    summary:
      "What these policies would come to in the place of all that were set while the gateway runs; nothing changes.",
    body: "WantedPolicies",
    answer: "PolicyPreview",
  },
  commitPolicies: {
    method: "POST",
    path: "/api/gateway/policies:commit",
    permission: "policies:write",
    summary: "Puts them in force; `If-Match` names the revision that was seen.",
    body: "WantedPolicies",
    answer: "PoliciesState",
  },
  listPolicyVersions: {
    method: "GET",
    path: "/api/gateway/policies:versions",
    permission: "policies:read",
    summary: "The last revisions of what was set while the gateway runs, newest first.",
    answer: "PolicyVersionList",
  },
  rollBackPolicies: {
    method: "POST",
    path: "/api/gateway/policies:rollback",
    permission: "policies:write",
    summary: "Puts the policies of an earlier revision in force again, as a new one.",
    body: "WantedRollback",
    answer: "PoliciesState",
  },
  evaluatePolicies: {
    method: "POST",
    path: "/api/gateway/policies:evaluate",
    permission: "policies:read",
    summary: "What the policies in force say of these facts; no request is made.",
    body: "PolicyQuestion",
    answer: "PolicyAnswer",
  },
  simulatePolicies: {
    method: "POST",
    path: "/api/gateway/policies:simulate",
    permission: "policies:read",
    summary: "What policies would have come to on recorded requests.",
    body: "WantedSimulation",
    answer: "PolicySimulation",
  },
  listViolations: {
    method: "GET",
    path: "/api/gateway/violations",
    permission: "policies:read",
    summary: "Requests that policies have denied, or would have, newest first.",
    query: violationsQuery,
    answer: "ViolationList",
  },
} as const satisfies Record<string, AdminRoute>;
