import type { Config } from "../config/schema.ts";
import { clientAddressOf, type ForwardedMode } from "../kernel/client-address.ts";
import { networkMatcher } from "../kernel/ip-network.ts";
import type { InboundRequest } from "../ports/server.ts";
import {
  defaultTargetRules,
  type HeadRules,
  hostAllowList,
  type OwnedNames,
  ownedNames,
  type TargetRules,
} from "../protocols/rest/index.ts";

/** What holds for every request at the edge, compiled. */
export interface Edge {
  readonly head: HeadRules;
  readonly target: TargetRules;
  /** Names that the gateway sets towards services, and no client may. */
  readonly owned: OwnedNames;
  readonly forwarded: ForwardedMode;
  readonly isTrusted: (address: string) => boolean;
}

export function compileEdge({ server }: Pick<Config, "server">): Edge {
  const { limits, hosts, forwarded, trustedProxies } = server;
  return {
    head: { headersMax: limits.headersMax, isServed: hostAllowList(hosts) },
    target: {
      ...defaultTargetRules,
      pathBytesMax: limits.pathBytesMax,
      queryBytesMax: limits.queryBytesMax,
      segmentsMax: limits.pathSegmentsMax,
      queryParametersMax: limits.queryParametersMax,
    },
    owned: ownedNames([]),
    forwarded,
    isTrusted: networkMatcher(trustedProxies),
  };
}

/** Where a request comes from, behind the proxies that are trusted. */
export const addressAt = (
  { remoteAddress, rawHeaders }: InboundRequest,
  { isTrusted, forwarded }: Edge,
): string => clientAddressOf({ address: remoteAddress, rawHeaders }, isTrusted, forwarded) ?? remoteAddress;
