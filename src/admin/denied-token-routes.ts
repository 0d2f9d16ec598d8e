import type { AdminRoute } from "./admin-route.ts";

/** Tokens of issuers that were denied: their part of the admin API. */
export const deniedTokenRoutes = {
  listDeniedTokens: {
    method: "GET",
    path: "/api/gateway/denied-tokens",
    permission: "keys:read",
    summary: "Tokens of issuers that count no more though they are not over.",
    answer: "DeniedTokenList",
  },
  denyToken: {
    method: "POST",
    path: "/api/gateway/denied-tokens",
    permission: "keys:write",
    audit: "token.denied",
    summary: "Denies a token of an issuer from now on; what it has open ends.",
    body: "WantedDenial",
    answer: "DeniedToken",
    status: 201,
  },
  allowToken: {
    method: "DELETE",
    path: "/api/gateway/denied-tokens/{id}",
    permission: "keys:write",
    audit: "token.allowed",
    summary: "Takes the denial of a token back.",
    answer: "DeniedToken",
  },
} as const satisfies Readonly<Record<string, AdminRoute>>;
