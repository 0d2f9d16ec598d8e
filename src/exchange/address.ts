import type { Milliseconds } from "../kernel/units.ts";
import type { Endpoint } from "./target.ts";

/** How calls are shared among the addresses of a provider. */
export type Balance =
  | "predicted"
  | "peak-ewma"
  | "p2c"
  | "least-request"
  | "round-robin"
  | "random"
  | "consistent-hash"
  | "maglev";

/** One of several places where a provider is served. All of them speak its dialects, with its credential, at its prices. */
export interface Address {
  /** Told in records, metrics and the admin API; one of a kind within its provider. */
  readonly name: string;
  /** Its share beside the others; 0 takes no new calls. */
  readonly weight: number;
  readonly region: string | undefined;
  /** In the order of the target's own. */
  readonly endpoints: readonly Endpoint[];
}

/** The addresses of one provider. A configuration makes it once: its targets share it. */
export interface AddressPool {
  readonly provider: string;
  readonly balance: Balance;
  /** What stays together where the choice goes by a hash: one conversation, or all calls of a client key. */
  readonly hashOn: "conversation" | "key";
  readonly addresses: readonly Address[];
  /** Absent: nobody looks but the calls themselves. */
  readonly checks?: HealthChecks;
}

/** How it is looked after addresses, beside the calls. */
export interface HealthChecks {
  /** What an address is asked with GET: the whole path, and all headers. */
  readonly requestAt: (endpoint: Endpoint) => { readonly path: string; readonly headers: readonly string[] };
  readonly every: Milliseconds;
  readonly timeout: Milliseconds;
  /** Checks in a row after which an address counts as well again, and as sick. */
  readonly healthy: number;
  readonly unhealthy: number;
  /** The statuses that are taken for well, both ends included. */
  readonly expect: { readonly from: number; readonly to: number };
}
