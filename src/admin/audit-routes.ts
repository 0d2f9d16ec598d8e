import type { AdminRoute } from "./admin-route.ts";
import { auditProofQuery, auditQuery } from "./audit-schemas.ts";

/** Who did what, and the proof of it: the part of the admin API about the audit log. Reading it is on record too. */
export const auditRoutes = {
  listAudit: {
    method: "GET",
    path: "/api/gateway/audit",
    permission: "audit:read",
    reach: "tenant",
    summary: "The audit log, a page at a time.",
    query: auditQuery,
    answer: "AuditList",
  },
  readAuditCheckpoint: {
    method: "GET",
    path: "/api/gateway/audit/checkpoint",
    permission: "audit:read",
    summary: "The state of the audit log, signed now, and the key that signs.",
    answer: "AuditCheckpoint",
  },
  readAuditProof: {
    method: "GET",
    path: "/api/gateway/audit/proof",
    permission: "audit:read",
    summary: "That a record is in the log (`index`), or that the log has only grown (`from`).",
    query: auditProofQuery,
    answer: "AuditProof",
  },
  verifyAudit: {
    method: "POST",
    path: "/api/gateway/audit:verify",
    permission: "audit:read",
    summary: "Makes the tree anew from all records and holds it against every checkpoint.",
    body: "WantedAuditVerification",
    answer: "AuditFinding",
  },
  eraseAuditValue: {
    method: "DELETE",
    path: "/api/gateway/audit/values/{id}",
    permission: "audit:write",
    audit: "audit.erased",
    summary: "Erases a personal value (`INDEX.FIELD`) for good; the log stays provable.",
    answer: "ErasedAuditValue",
  },
} as const satisfies Record<string, AdminRoute>;
