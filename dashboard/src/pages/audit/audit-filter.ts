import type { listAudit } from "../../generated/client.ts";

/** What the list of records is narrowed to, as the address has it. */
export interface AuditFilter {
  readonly type: string;
  readonly actor: string;
  readonly tenant: string;
  /** A day, UTC; nothing: from the first. */
  readonly since: string;
}

const names = ["type", "actor", "tenant", "since"] as const;

export const filterOf = (query: URLSearchParams): AuditFilter => ({
  type: query.get("type") ?? "",
  actor: query.get("actor") ?? "",
  tenant: query.get("tenant") ?? "",
  since: /^\d{4}-\d\d-\d\d$/.exec(query.get("since") ?? "")?.[0] ?? "",
});

/** The address of a filter. */
export function auditLink(filter: AuditFilter): string {
  const query = new URLSearchParams();
  for (const name of names) if (filter[name].trim() !== "") query.set(name, filter[name].trim());
  return query.size === 0 ? "/audit" : `/audit?${query}`;
}

/** What the admin API is asked for it. */
export function queryOf(filter: AuditFilter): NonNullable<Parameters<typeof listAudit>[0]> {
  const { type, actor, tenant, since } = filter;
  return {
    ...(type === "" ? {} : { type }),
    ...(actor === "" ? {} : { actor }),
    ...(tenant === "" ? {} : { tenant }),
    ...(since === "" ? {} : { since: `${since}T00:00:00.000Z` }),
  };
}
