import type { listRequests } from "../../generated/client.ts";

/** What of the log is shown, as the address has it; an empty text: everything. */
export interface RequestFilter {
  readonly status: "" | "ok" | "error";
  readonly model: string;
  /** One of those that lead to services. */
  readonly route: string;
  readonly search: string;
  readonly keyId: string;
}

export function readFilter(query: URLSearchParams): RequestFilter {
  const status = query.get("status");
  return {
    status: status === "ok" || status === "error" ? status : "",
    model: query.get("model") ?? "",
    route: query.get("route") ?? "",
    search: query.get("search") ?? "",
    keyId: query.get("keyId") ?? "",
  };
}

/** The log of one route. */
export const requestsOf = (route: string): string => `/requests?${new URLSearchParams({ route })}`;

/** As the end of an address: `?status=error`; empty for everything. */
export function printFilter(filter: RequestFilter): string {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ""));
  return query.size === 0 ? "" : `?${query}`;
}

export const isEverything = (filter: RequestFilter): boolean => printFilter(filter) === "";

/** As the admin API wants it: nothing for everything. */
export function asQuery({
  status,
  model,
  route,
  search,
  keyId,
}: RequestFilter): Parameters<typeof listRequests>[0] {
  return {
    ...(status === "" ? {} : { status }),
    ...(model.trim() === "" ? {} : { model: model.trim() }),
    ...(route.trim() === "" ? {} : { route: route.trim() }),
    ...(search.trim() === "" ? {} : { search: search.trim() }),
    ...(keyId.trim() === "" ? {} : { keyId: keyId.trim() }),
  };
}
