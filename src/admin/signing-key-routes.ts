import type { AdminRoute } from "./admin-route.ts";

/** The keys by which requests are signed. */
export const signingKeyRoutes = {
  listSigningKeys: {
    method: "GET",
    path: "/api/gateway/signing-keys",
    permission: "keys:read",
    reach: "tenant",
    summary: "The keys by which requests are signed, without their secrets.",
    answer: "SigningKeyList",
  },
  createSigningKey: {
    method: "POST",
    path: "/api/gateway/signing-keys",
    permission: "keys:write",
    audit: "signing_key.created",
    reach: "tenant",
    summary: "Makes a signing key; the answer is the only place where its secret is shown.",
    body: "WantedSigningKey",
    answer: "CreatedSigningKey",
    status: 201,
  },
  revokeSigningKey: {
    method: "DELETE",
    path: "/api/gateway/signing-keys/{id}",
    permission: "keys:write",
    audit: "signing_key.revoked",
    reach: "tenant",
    summary: "Revokes a signing key, from the next request on.",
    answer: "ShownSigningKey",
  },
} as const satisfies Record<string, AdminRoute>;
