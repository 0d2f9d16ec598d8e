import type { Milliseconds } from "../kernel/units.ts";
import type { KnownAbilities } from "./abilities.ts";
import type { CallShape, UpstreamCodec } from "./codec.ts";
import type { Lane } from "./dialect.ts";

/** A request to an upstream, as far as a signature covers it. */
export interface Signable {
  readonly method: string;
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  /** Flat list, lower-case names. */
  readonly headers: readonly string[];
  readonly body: Uint8Array | string;
}

/** How the other side of a TLS connection is known, and how we are known to it. PEM throughout. */
export interface UpstreamTls {
  /** The authorities that are believed, in the place of the system's. */
  readonly ca?: string;
  /** Our own certificate and its key, for servers that ask for one. */
  readonly cert?: string;
  readonly key?: string;
  /** The name that is asked for and checked, in the place of the origin's host. */
  readonly serverName?: string;
  /** Whoever answers is believed. */
  readonly isUnverified?: boolean;
}

/** Where something is asked, and as whom. */
export interface Site {
  /** `https://host[:port]`, without path. */
  readonly origin: string;
  /** The path of the base URL as it was configured, without a final slash: what is asked for is appended to it. */
  readonly basePath: string;
  /** Flat list of the headers every call carries: the credential, the provider's own. Lower-case names. */
  readonly headers: readonly string[];
  /** The headers that prove who asks, where a fixed credential does not: AWS signatures. Flat list. */
  readonly sign?: (request: Signable) => readonly string[];
  /** Whose signatures these are: the id of the key, not the key. Absent: `headers` tell the account. */
  readonly signer?: string;
  /** Absent: the system's authorities, no certificate of our own. */
  readonly tls?: UpstreamTls;
}

/** Where and how one provider speaks one dialect. */
export interface Endpoint extends Site {
  /** What is spoken there, with the server's own ways. */
  readonly codec: UpstreamCodec;
  /** The whole path of a call, base path included. */
  readonly pathOf: (call: CallShape) => string;
  /** The credential in use, to be masked wherever the provider quotes it. */
  readonly credential: string | undefined;
  /** Client headers that go on to this provider besides those of its dialect. Lower-case names; absent: none. */
  readonly forwards?: readonly string[];
}

/** Who is asked: what breakers, cool-downs, slots and permits are kept by. */
export interface Upstream {
  /** A provider of models, or a service. */
  readonly provider: string;
  /** Where it is run, if the configuration says so: prices may depend on it. */
  readonly region?: string | undefined;
  /** Every zone that this lies in; absent: nobody knows where it is. */
  readonly zones?: ReadonlySet<string>;
  /** The provider's name of the model; of a service, what is spoken to it. */
  readonly model: string;
}

/** A model at a provider. */
export interface Target extends Upstream {
  /** The provider whose prices count, where `provider` is a name of the operator's own. */
  readonly priceProvider?: string | undefined;
  readonly endpoints: readonly Endpoint[];
  /** Where it is served, if at several places; `endpoints` are those of the first. */
  readonly addresses?: AddressPool;
  readonly headTimeout: Milliseconds;
  readonly idleTimeout: Milliseconds;
  readonly abilities: KnownAbilities;
  /** Its output limit, if it is known: some dialects demand one. */
  readonly outputTokensMax: number | undefined;
}

/** A target as one request would use it. */
export interface Candidate {
  readonly target: Target;
  readonly endpoint: Endpoint;
  readonly lane: Lane;
  /** Candidates of one tier are as good as each other, a later one stands in for them; absent: a tier of its own. */
  readonly tier?: number;
}

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
export interface Address<At extends Site = Endpoint> {
  /** Told in records, metrics and the admin API; one of a kind within its provider. */
  readonly name: string;
  /** Its share beside the others; 0 takes no new calls. */
  readonly weight: number;
  readonly region: string | undefined;
  /** In the order of the target's own. */
  readonly endpoints: readonly At[];
  /** What it is asked with GET by those who look after it: the whole path, and all headers. */
  readonly check?: { readonly path: string; readonly headers: readonly string[] };
}

/** The addresses of one provider. A configuration makes it once: its targets share it. */
export interface AddressPool<At extends Site = Endpoint> {
  readonly provider: string;
  readonly balance: Balance;
  /** What stays together where the choice goes by a hash: one conversation, or all calls of a client key. */
  readonly hashOn: "conversation" | "key";
  readonly addresses: readonly Address<At>[];
  /** Absent: nobody looks but the calls themselves. */
  readonly checks?: HealthChecks;
}

/** How it is looked after addresses, beside the calls. */
export interface HealthChecks {
  readonly every: Milliseconds;
  readonly timeout: Milliseconds;
  /** Checks in a row after which an address counts as well again, and as sick. */
  readonly healthy: number;
  readonly unhealthy: number;
  /** The statuses that are taken for well, both ends included. */
  readonly expect: { readonly from: number; readonly to: number };
}
