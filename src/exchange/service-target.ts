import type { Bytes, Milliseconds } from "../kernel/units.ts";
import type { ServiceProtocol } from "./dialect.ts";
import type { AddressPool, Site, Upstream } from "./target.ts";

/** An ordinary service as one protocol is spoken to it. */
export interface ServiceTarget extends Upstream {
  readonly model: ServiceProtocol;
  /** Where it is; the first of its addresses, if there are several. */
  readonly site: Site;
  readonly addresses?: AddressPool<Site>;
  readonly http: "1.1" | "2";
  /** Subscriptions of GraphQL are asked for on WebSockets; absent: by events. */
  readonly subscriptions?: SubscriptionSockets;
  readonly connectTimeout: Milliseconds;
  readonly headTimeout: Milliseconds;
  readonly idleTimeout: Milliseconds;
}

/** Where they are opened. */
export interface SubscriptionSockets {
  /** Whole; absent: that of other operations. */
  readonly path?: string;
}

/** What holds for the sockets of a route. */
export interface SocketRules {
  /** `tunnel`: bytes are copied and never looked at; `inspect`: whole messages are read and written anew. */
  readonly mode: "tunnel" | "inspect";
  /** Longest message and most fragments of one; inspected sockets only. */
  readonly messageBytesMax: Bytes;
  readonly fragmentsMax: number;
  readonly idle: Milliseconds;
  readonly lifetime: Milliseconds;
  /** Most sockets that are open at once, by key and by address of the client. */
  readonly perKeyMax: number;
  readonly perClientMax: number;
  /** Origins whose pages may bring cookies; `*`: all. */
  readonly origins: readonly string[];
  /** Whether the gateway key may come as `?key=`. */
  readonly keyInQuery: boolean;
  /** Whether the gateway key may come in the first message: the socket is opened before it is known who asks. */
  readonly keyInInit: boolean;
}

/** Where one route leads, and what it asks for. */
export interface ServiceRule {
  readonly target: ServiceTarget;
  /** `none`: anybody may ask, and no key is looked at. `later`: the key is still to come, on the socket. */
  readonly auth: "required" | "none" | "later";
  /** Whether each request has to be signed. */
  readonly signature: "required" | "optional";
  readonly preserveHost: boolean;
  /** The most that a request's body may have. */
  readonly bodyBytesMax: Bytes;
  /** Of a route of the protocol `websocket`; of `graphql` what holds for all that stays open. */
  readonly sockets?: SocketRules;
}
