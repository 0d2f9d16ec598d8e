import type { UpstreamFailure } from "../exchange/failure.ts";
import type { Permit } from "../exchange/permit.ts";
import type { ServiceTarget } from "../exchange/service-target.ts";
import type { AddressPool, Site, Upstream } from "../exchange/target.ts";
import type { Transport, UpstreamHead } from "../ports/transport.ts";
import type { RawLeave } from "./raw-leave.ts";

/** One request to an ordinary service, as its protocol makes it. */
export interface ServiceCall {
  readonly target: Upstream &
    Pick<ServiceTarget, "connectTimeout" | "headTimeout" | "idleTimeout"> & {
      readonly addresses?: AddressPool<Site>;
    };
  readonly transport: Transport;
  readonly method: string;
  /** Path and query at a site, the site's own path included. */
  readonly pathAt: (site: Site) => string;
  /** Flat list of all headers for a site, its own included. */
  readonly headersAt: (site: Site) => readonly string[];
  /** The body where it is held, in the place of the client's pieces. */
  readonly body?: Uint8Array;
  /** How many bytes the client sent in its place, where it was changed. */
  readonly bodyBytesIn?: number;
  /** Makes others of the client's pieces. */
  readonly change?: (pieces: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
  /** Those of the client that go on behind its body. */
  readonly trailers?: () => readonly string[];
  readonly bodyBytesMax: number;
  /** Whether it may be sent once more though the service may have acted on it. */
  readonly isRepeatable: boolean;
  /** The fields of an interim answer, as they go down; throws a GatewayError where it cannot be passed on. */
  readonly interim: (list: readonly string[]) => readonly string[];
  /** Begins the answer; throws a GatewayError where it cannot be passed on. */
  readonly answer: (head: UpstreamHead) => PassedAnswer;
  /** Takes the connections where the service has switched protocols (101); absent: none was asked for. */
  readonly switched?: (head: UpstreamHead, leave: RawLeave) => void;
}

/** An answer on its way down. */
export interface PassedAnswer {
  readonly status: number;
  readonly headers: readonly string[];
  /** What the answer says of the service; absent: nothing against it. */
  readonly failure?: UpstreamFailure;
  /** Makes another chunk of one; absent: all pass as they are. Throws a GatewayError to break the answer off. */
  readonly push?: (chunk: Uint8Array) => Uint8Array | undefined;
  /** What comes behind the last chunk; absent: the upstream's trailers stay here. */
  readonly end?: (trailers: readonly string[]) => PassedEnd;
  /** How an answer that has begun tells of its end before its time; absent: it breaks off. */
  readonly broken?: (failure: UpstreamFailure) => PassedEnd;
}

export interface PassedEnd {
  readonly chunk?: Uint8Array;
  readonly trailers: readonly string[];
  /** What the end says of the service. */
  readonly failure?: UpstreamFailure;
}

/** Leave to ask a service at one of its sites. */
export interface ServiceLeave {
  readonly site: Site;
  /** The name of the address, if there are several. */
  readonly address: string | undefined;
  readonly permit: Permit;
  readonly leave: RawLeave;
  /** Whether another address could take the request. */
  readonly hasOther: () => boolean;
}
