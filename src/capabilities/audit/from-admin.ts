import type { EpochMs } from "../../kernel/units.ts";
import type { AuditType } from "./kinds.ts";
import type { AuditEntry } from "./record.ts";

/** A call of the admin API, as far as it is recorded. */
export interface AuditedCall {
  readonly at: EpochMs;
  readonly requestId: string;
  /** The operation id. */
  readonly route: string;
  /** `keys:write`. */
  readonly permission: string;
  /** What it changes; `undefined`: nothing. */
  readonly audit: AuditType | undefined;
  /** What stands for `{id}` in the path. */
  readonly name: string;
  /** How the caller is known; absent: nobody in particular. */
  readonly caller: string | undefined;
  /** That the caller is bound to; `undefined`: to none. */
  readonly tenant: string | undefined;
  readonly remoteAddress: string;
  /** `undefined`: it was done. */
  readonly refusedBy: string | undefined;
}

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
  const { at, requestId, route, name, caller, tenant, remoteAddress, refusedBy } = call;
  return {
    at,
    type,
    outcome: refusedBy === undefined ? "done" : isDenied(refusedBy) ? "denied" : "failed",
    actor: caller === undefined ? "nobody" : `admin:${caller}`,
    ...(tenant === undefined ? {} : { tenant }),
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
export const isChange = ({ audit, refusedBy }: AuditedCall): boolean =>
  refusedBy === undefined && audit !== undefined && audit !== "session.closed";

const isDenied = (code: string): boolean =>
  code === "unauthenticated" || code === "policy_denied" || code === "rate_limited";

function typeOf({ route, audit, permission, refusedBy }: AuditedCall): AuditType | undefined {
  const session = sessionType(route, refusedBy === undefined);
  if (session !== undefined) return session;
  if (refusedBy !== undefined && isDenied(refusedBy)) return "admin.refused";
  if (audit !== undefined) return audit;
  const [kind = ""] = permission.split(":");
  if (kind === "audit") return "audit.read";
  return personal.has(kind) ? "admin.read" : undefined;
}

function sessionType(route: string, isDone: boolean): AuditType | undefined {
  if (route === "signIn") return isDone ? "session.opened" : "session.refused";
  if (route === "signOut") return isDone ? "session.closed" : "admin.refused";
  return undefined;
}
