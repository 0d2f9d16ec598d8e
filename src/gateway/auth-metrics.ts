import type { Meter } from "../ports/meter.ts";

/** How often callers were known, and why not. */
export interface AuthMetrics {
  readonly known: (method: string) => void;
  /** `isLimited`: it was told to wait. */
  readonly refused: (method: string, reason: string, isLimited: boolean) => void;
}

export function createAuthMetrics(meter: Meter): AuthMetrics {
  const tries = meter.counter({
    name: "sallyport_auth_total",
    help: "Requests at the door that asks who it is, by what was to prove it; `limited`: refused, after too many failures.",
    labels: ["method", "result"],
  });
  const failures = meter.counter({
    name: "sallyport_auth_failures_total",
    help: "Requests of which nobody knows whose they are, by what was wrong.",
    labels: ["reason"],
  });
  return {
    known: (method) => tries.series({ method, result: "ok" }).add(1),
    refused: (method, reason, isLimited) => {
      tries.series({ method, result: isLimited ? "limited" : "refused" }).add(1);
      failures.series({ reason }).add(1);
    },
  };
}
