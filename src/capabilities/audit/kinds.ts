/**
 * Every kind of record there is, with its OCSF class. The list is closed: a reader may rely on it, and a metric counts by it.
 * `request.*` are decisions of the data plane, the others what was done to the gateway.
 * Source of the classes: OCSF 1.5, categories iam, application and findings.
 */
export const auditTypes = {
  "request.served": { class: "api", activity: "create" },
  "request.denied": { class: "api", activity: "create" },
  "request.failed": { class: "api", activity: "create" },
  "request.aborted": { class: "api", activity: "create" },
  "request.unauthenticated": { class: "authentication", activity: "logon" },
  "request.forbidden": { class: "session", activity: "other" },
  "request.flagged": { class: "finding", activity: "create" },
  "session.opened": { class: "authentication", activity: "logon" },
  "session.refused": { class: "authentication", activity: "logon" },
  "session.closed": { class: "authentication", activity: "logoff" },
  "admin.read": { class: "api", activity: "read" },
  "admin.changed": { class: "api", activity: "update" },
  "admin.refused": { class: "session", activity: "other" },
  "config.applied": { class: "entity", activity: "update" },
  "config.refused": { class: "entity", activity: "update" },
  "config.rolled_back": { class: "entity", activity: "update" },
  "key.created": { class: "entity", activity: "create" },
  "key.changed": { class: "entity", activity: "update" },
  "key.revoked": { class: "entity", activity: "delete" },
  "signing_key.created": { class: "entity", activity: "create" },
  "signing_key.revoked": { class: "entity", activity: "delete" },
  "token.denied": { class: "entity", activity: "create" },
  "token.allowed": { class: "entity", activity: "delete" },
  "operator.created": { class: "entity", activity: "create" },
  "operator.changed": { class: "entity", activity: "update" },
  "operator.removed": { class: "entity", activity: "delete" },
  "tenant.changed": { class: "entity", activity: "update" },
  "project.changed": { class: "entity", activity: "update" },
  "secret.changed": { class: "entity", activity: "update" },
  "policy.changed": { class: "entity", activity: "update" },
  "budget.changed": { class: "entity", activity: "update" },
  "limit.changed": { class: "entity", activity: "update" },
  "breaker.changed": { class: "entity", activity: "update" },
  "canary.changed": { class: "entity", activity: "update" },
  "flag.changed": { class: "entity", activity: "update" },
  "chaos.changed": { class: "entity", activity: "update" },
  "audit.read": { class: "api", activity: "read" },
  "audit.erased": { class: "entity", activity: "delete" },
  "audit.started": { class: "entity", activity: "update" },
  "audit.stopped": { class: "entity", activity: "update" },
  "audit.restarted": { class: "finding", activity: "create" },
  "audit.gap": { class: "finding", activity: "create" },
} as const satisfies Record<string, { readonly class: OcsfClass; readonly activity: OcsfActivity }>;

export type OcsfClass = "api" | "authentication" | "session" | "entity" | "finding";
export type OcsfActivity = "create" | "read" | "update" | "delete" | "logon" | "logoff" | "other";
export type AuditType = keyof typeof auditTypes;

export const isAuditType = (text: string): text is AuditType => Object.hasOwn(auditTypes, text);
