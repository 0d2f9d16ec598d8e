import type { Bytes, Milliseconds } from "../kernel/units.ts";
import type { AddressPool, Site, Upstream } from "./target.ts";

/** What is spoken with ordinary services. */
export type ServiceProtocol = "rest" | "graphql" | "grpc" | "websocket";

/** An ordinary service as one protocol is spoken to it. */
export interface ServiceTarget extends Upstream {
  readonly model: ServiceProtocol;
  /** Where it is; the first of its addresses, if there are several. */
  readonly site: Site;
  readonly addresses?: AddressPool<Site>;
  readonly http: "1.1" | "2";
  readonly connectTimeout: Milliseconds;
  readonly headTimeout: Milliseconds;
  readonly idleTimeout: Milliseconds;
}

/** Where one route leads, and what it asks for. */
export interface ServiceRule {
  readonly target: ServiceTarget;
  /** `none`: anybody may ask, and no key is looked at. */
  readonly auth: "required" | "none";
  readonly preserveHost: boolean;
  /** The most that a request's body may have. */
  readonly bodyBytesMax: Bytes;
}
