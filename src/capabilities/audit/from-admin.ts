import type { EpochMs } from "../../kernel/units.ts";
import type { AuditType } from "./kinds.ts";
import type { AuditEntry } from "./record.ts";

/** A call of the admin API, as far as it is recorded. */
export interface AuditedCall {
  readonly at: EpochMs;
  readonly requestId: string;
  /** The operation id. */
  readonly route: string;
  readonly method: string;
  /** `keys:write`. */
  readonly permission: string;
  /** What stands for `{id}` in the path. */
  readonly name: string;
  /** How the caller is known; absent: nobody in particular. */
  readonly caller: string | undefined;
  readonly remoteAddress: string;
  /** `undefined`: it was done. */
  readonly refusedBy: string | undefined;
}

/** What is done to what is not named here is `admin.changed`. */
const changed: Readonly<Record<string, AuditType>> = {
  audit: "audit.erased",
  secrets: "secret.changed",
  policies: "policy.changed",
  budgets: "budget.changed",
  limits: "budget.changed",
  breakers: "breaker.changed",
  canaries: "canary.changed",
  flags: "flag.changed",
  chaos: "chaos.changed",
};
/** Reading these tells something of persons. */
const personal: ReadonlySet<string> = new Set([
  "requests",
  "keys",
  "users",
  "operators",
  "tenants",
  "identities",
  "sessions",
  "budgets",
]);

/** `undefined`: it neither changes anything nor tells of persons, nor was it refused. */
export function entryOfCall(call: AuditedCall): AuditEntry | undefined {
  const type = typeOf(call);
  if (type === undefined) return undefined;
  const { at, requestId, route, name, caller, remoteAddress, refusedBy } = call;
  return {
    at,
    type,
    outcome: refusedBy === undefined ? "done" : isDenied(refusedBy) ? "denied" : "failed",
    actor: caller === undefined ? "nobody" : `admin:${caller}`,
    facts: {
      request: requestId,
      operation: route,
      object: name === "" ? undefined : name,
      code: refusedBy,
    },
    personal: { address: remoteAddress },
  };
}

/** Whether the call may only be acknowledged once its record is durable: it has changed something. */
export const isChange = ({ permission, refusedBy }: AuditedCall): boolean =>
  refusedBy === undefined && permission.endsWith(":write") && !permission.startsWith("session:");

const isDenied = (code: string): boolean =>
  code === "unauthenticated" || code === "policy_denied" || code === "rate_limited";

function typeOf({ route, method, permission, refusedBy }: AuditedCall): AuditType | undefined {
  const session = sessionType(route, refusedBy === undefined);
  if (session !== undefined) return session;
  if (refusedBy !== undefined && isDenied(refusedBy)) return "admin.refused";
  const [kind = "", right] = permission.split(":");
  if (right === "write") return kind === "keys" ? keyType(method) : (changed[kind] ?? "admin.changed");
  if (kind === "audit") return "audit.read";
  return personal.has(kind) ? "admin.read" : undefined;
}

function keyType(method: string): AuditType {
  if (method === "DELETE") return "key.revoked";
  return method === "POST" ? "key.created" : "key.changed";
}

function sessionType(route: string, isDone: boolean): AuditType | undefined {
  if (route === "signIn") return isDone ? "session.opened" : "session.refused";
  if (route === "signOut") return isDone ? "session.closed" : "admin.refused";
  return undefined;
}
