import type { AdminRoute } from "./admin-route.ts";

/** People and programs on the admin side. */
export const operatorRoutes = {
  listOperators: {
    method: "GET",
    path: "/api/gateway/operators",
    permission: "operators:read",
    reach: "tenant",
    summary: "Who uses the admin API: people and programs, with what they may do.",
    answer: "OperatorList",
  },
  createOperator: {
    method: "POST",
    path: "/api/gateway/operators",
    permission: "operators:write",
    audit: "operator.created",
    reach: "tenant",
    summary: "Makes somebody, with no more than the caller has.",
    body: "WantedOperator",
    answer: "ShownOperator",
    status: 201,
  },
  updateOperator: {
    method: "PUT",
    path: "/api/gateway/operators/{id}",
    permission: "operators:write",
    audit: "operator.changed",
    reach: "tenant",
    summary: "Changes somebody: what they may do from the next request on.",
    body: "WantedOperator",
    answer: "ShownOperator",
  },
  giveOperatorToken: {
    method: "POST",
    path: "/api/gateway/operators/{id}:token",
    permission: "operators:write",
    audit: "operator.changed",
    reach: "tenant",
    summary:
      "Gives somebody a new token in the place of the one they had; the answer is the only place where it is shown.",
    answer: "CreatedToken",
    status: 201,
  },
  removeOperator: {
    method: "DELETE",
    path: "/api/gateway/operators/{id}",
    permission: "operators:write",
    audit: "operator.removed",
    reach: "tenant",
    summary: "Removes somebody: their sessions and their token end at once.",
    answer: "RemovedOperator",
  },
} as const satisfies Record<string, AdminRoute>;
