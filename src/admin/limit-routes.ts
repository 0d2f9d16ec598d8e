import type { AdminRoute } from "./admin-route.ts";

/** Rate limits: those of the file are read, those that are set while the gateway runs are written too. */
export const limitRoutes = {
  listLimits: {
    method: "GET",
    path: "/api/gateway/limits",
    permission: "limits:read",
    reach: "tenant",
    summary: "Rate limits: how much is taken, by whom, and how much of each is in force.",
    answer: "LimitList",
  },
  setLimit: {
    method: "PUT",
    path: "/api/gateway/limits/{id}",
    permission: "limits:write",
    audit: "limit.changed",
    reach: "tenant",
    summary:
      "Sets a limit while the gateway runs, or replaces it; whoever has taken of it has still taken it.",
    body: "WantedLimit",
    answer: "LimitState",
  },
  removeLimit: {
    method: "DELETE",
    path: "/api/gateway/limits/{id}",
    permission: "limits:write",
    audit: "limit.changed",
    reach: "tenant",
    summary: "Removes a limit that was set while the gateway ran.",
    answer: "LimitList",
  },
} as const satisfies Record<string, AdminRoute>;
