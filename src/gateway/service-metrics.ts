import type { RequestRecord } from "../exchange/settlement.ts";
import type { Meter } from "../ports/meter.ts";
import { refusalWord } from "./route-tallies.ts";

const methods: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "QUERY",
]);

/** Requests by the route of the configuration, or by the dialect of AI, that they came by. */
export const routeLabel = ({ route, dialect }: Pick<RequestRecord, "route" | "dialect">): string =>
  route ?? dialect ?? "none";

export const statusClass = (status: number): string => `${Math.floor(status / 100)}xx`;

/** What holds for requests of any kind. */
export function createHttpMetrics(meter: Meter): {
  readonly measure: (record: RequestRecord) => void;
  readonly refusedHead: (reason: string) => void;
} {
  const requests = meter.counter({
    name: "sallyport_http_requests_total",
    help: "Requests of clients, those that were refused among them. A method that is none of the usual is `other`.",
    labels: ["route", "method_class", "status_class"],
  });
  const rejected = meter.counter({
    name: "sallyport_http_rejected_total",
    help: "Requests that were refused before anything of them was sent on, by why.",
    labels: ["reason"],
  });
  const refusedHead = (reason: string): void => rejected.series({ reason }).add(1);
  return {
    refusedHead,
    measure: (record) => {
      const { method, status, outcome } = record;
      requests
        .series({
          route: routeLabel(record),
          method_class: methods.has(method) ? method : "other",
          status_class: statusClass(status),
        })
        .add(1);
      if (outcome === "refused") refusedHead(refusalWord(record));
    },
  };
}
