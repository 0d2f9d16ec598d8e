import * as z from "zod";
import type { AdminRoute } from "./admin-route.ts";

const at = z.number().describe("ms since 1970.");

export const deniedToken = z.strictObject({
  id: z.string(),
  issuer: z.string(),
  jti: z.string().describe("The id that its issuer gave it."),
  reason: z.string(),
  deniedAt: at,
  until: at.describe("Then the token is over by itself, and the denial with it."),
});
export const deniedTokenList = z.strictObject({ denied: z.array(deniedToken) });
export const wantedDenial = z.strictObject({
  issuer: z.string().min(1).max(2048).describe("`iss` of the token."),
  jti: z.string().min(1).max(500).describe("`jti` of the token."),
  reason: z.string().max(500).optional(),
  until: at
    .optional()
    .describe("`exp` of the token, in ms since 1970; absent: the longest that a token lives."),
});

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
