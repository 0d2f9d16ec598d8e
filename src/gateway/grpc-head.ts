import type { Identified } from "../exchange/exchange.ts";
import type { Site } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { InboundRequest } from "../ports/server.ts";
import {
  type CallHead,
  flavourOf,
  type GrpcFlavour,
  type Sending,
  upstreamFields,
} from "../protocols/grpc/index.ts";
import { editHeaders, foldedName, isForwarding, isOwned } from "../protocols/rest/index.ts";
import { credentialHeaders } from "./client-credential.ts";
import { requestHeaders, type ServiceWays } from "./rest-call.ts";
import type { ServiceRoute } from "./service-routes.ts";

/** A call of a client that has been understood. */
export interface GrpcAsk {
  readonly flavour: GrpcFlavour;
  readonly head: CallHead;
}

/**
 * Reads the head of a request to a route of gRPC. The gateway's key and the names that it sets itself are no metadata.
 *
 * @throws GatewayError `unsupported_media_type`, `malformed_request`, `method_not_allowed`.
 */
export function readAsk(
  identified: Identified<ServiceRoute>,
  inbound: InboundRequest,
  { owned, mayGet }: { readonly owned: ServiceWays["edge"]["owned"]; readonly mayGet: boolean },
): GrpcAsk {
  const { method, query, route } = identified;
  const choice = flavourOf(method, inbound.header("content-type") ?? "", query);
  if (choice.kind === "other")
    throw new GatewayError("unsupported_media_type", `${method}, no gRPC`, {
      message: "Here gRPC, gRPC-Web or Connect is spoken: `POST` with the content type of one of them.",
    });
  if (choice.kind === "refused") throw choice.error;
  if (method === "GET" && !mayGet)
    throw new GatewayError("method_not_allowed", "GET of Connect", {
      message: `\`${identified.path}\` answers POST only.`,
    });
  const keys = new Set(
    route.rule.auth === "none" ? [] : credentialHeaders(inbound.header, identified.presented),
  );
  const isGuarded = (name: string): boolean => {
    const folded = foldedName(name);
    return keys.has(name) || isOwned(folded, owned) || isForwarding(folded) || name === "via";
  };
  const reading = choice.flavour.readHead({ query, rawHeaders: inbound.rawHeaders }, isGuarded);
  if (reading.kind === "refused") throw reading.error;
  return { flavour: choice.flavour, head: reading.head };
}

/**
 * All fields of a call at a site: those of gRPC, the metadata in its order, and what the gateway says of the way.
 *
 * @throws GatewayError `loop_detected`.
 */
export function callFields(
  { identified, inbound, ways }: CallParts,
  site: Site,
  sending: Sending,
): readonly string[] {
  const { target } = identified.route.rule;
  const asIfAlone = { ...inbound, rawHeaders: onWay(inbound.rawHeaders) };
  const ofWay = requestHeaders(
    { identified, inbound: asIfAlone, ways, contentLength: undefined },
    site,
    target,
  );
  const told = ofWay.filter((_, index) => !ofFraming.has(ofWay[index - (index % 2)] ?? ""));
  return editHeaders([...upstreamFields(sending), ...told], ways.transforms.request.headers);
}

export interface CallParts {
  readonly identified: Identified<ServiceRoute>;
  readonly inbound: InboundRequest;
  readonly ways: ServiceWays;
}

const ofFraming: ReadonlySet<string> = new Set(["te", "trailer", "content-length", "transfer-encoding"]);

/** The fields that every proxy on the way adds to. */
function onWay(rawHeaders: readonly string[]): readonly string[] {
  const isKept = (name: string): boolean =>
    name === "host" || name === "via" || isForwarding(foldedName(name));
  return rawHeaders.filter((_, index) => isKept((rawHeaders[index - (index % 2)] ?? "").toLowerCase()));
}
