import { readDay } from "../../format/lists.ts";
import type { listViolations } from "../../generated/client.ts";

/** What of the violations is shown, as the address has it; an empty text: everything. */
export interface ViolationFilter {
  readonly policy: string;
  readonly mode: "" | "enforce" | "shadow";
  readonly key: string;
  /** Days, UTC, both of it. */
  readonly since: string;
  readonly until: string;
}

export function readViolationFilter(query: URLSearchParams): ViolationFilter {
  const mode = query.get("mode");
  const dayOf = (name: string): string => /^\d{4}-\d\d-\d\d$/.exec(query.get(name) ?? "")?.[0] ?? "";
  return {
    policy: query.get("policy") ?? "",
    mode: mode === "enforce" || mode === "shadow" ? mode : "",
    key: query.get("key") ?? "",
    since: dayOf("since"),
    until: dayOf("until"),
  };
}

/** The address of a filter. */
export function violationsLink(filter: ViolationFilter): string {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ""));
  return query.size === 0 ? "/policies" : `/policies?${query}`;
}

/** What the admin API is asked for it. */
export function violationsQuery({
  policy,
  mode,
  key,
  since,
  until,
}: ViolationFilter): NonNullable<Parameters<typeof listViolations>[0]> {
  const last = readDay(until);
  return {
    ...(policy === "" ? {} : { policy }),
    ...(mode === "" ? {} : { mode }),
    ...(key === "" ? {} : { key }),
    ...(since === "" ? {} : { since: Date.parse(`${since}T00:00:00Z`) }),
    ...(last === null ? {} : { until: last + 1 }),
  };
}
