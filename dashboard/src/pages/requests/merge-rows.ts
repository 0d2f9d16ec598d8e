import type { LoggedRequest } from "../../generated/client.ts";

/** Both lists as one, newest first, each request once. Ids sort by time. */
export function mergeRows(
  known: readonly LoggedRequest[],
  fresh: readonly LoggedRequest[],
): readonly LoggedRequest[] {
  const byId = new Map([...known, ...fresh].map((row) => [row.id, row]));
  return [...byId.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1));
}
