import { checkScopes, identify, unidentified } from "../capabilities/identity/index.ts";
import type { Identified, Received, Route } from "../exchange/exchange.ts";
import { anybody, type Identity, type ScopeLane } from "../exchange/identity.ts";
import { GatewayError } from "../kernel/errors.ts";
import { networkAt, parseIpAddress } from "../kernel/ip-network.ts";
import type { Trail } from "../pipeline/trail.ts";
import type { Clock } from "../ports/clock.ts";
import type { Meter } from "../ports/meter.ts";
import type { InboundRequest } from "../ports/server.ts";
import { createAuthMetrics } from "./auth-metrics.ts";
import type { ClientKeys } from "./client-keys.ts";
import { createFailureLimit } from "./failure-limit.ts";

/** What door 1 works with. */
export interface IdentifyParts {
  readonly clock: Clock;
  readonly meter: Meter;
  readonly keys: Pick<ClientKeys, "directory" | "digests" | "used">;
}

/** Why nobody has to say who it is; absent: the request must. */
const openFor = ({ route }: Received): string | undefined => {
  if (route.kind !== "service" || route.rule.auth === "required") return undefined;
  return route.rule.auth === "none" ? "anybody may ask on this route" : "the key is to come on the socket";
};

/** Door 1: who asks; and the part of door 2 that needs no more than a head: whether that caller may come here at all. */
export function createIdentify({ clock, meter, keys }: IdentifyParts) {
  const metrics = createAuthMetrics(meter);
  const failures = createFailureLimit(clock);
  /** Those who guess are told to wait, by where they are and by the key that they guess at. */
  const counted = (received: Received, handle: string | undefined, refusal: GatewayError): GatewayError => {
    const ofKey = handle === undefined ? refusal : failures.refuse(`key ${handle}`, refusal);
    const ofAddress = failures.refuse(`address ${placeOf(received.address())}`, refusal);
    return ofKey === refusal ? ofAddress : ofKey;
  };
  const byKey = (received: Received): Identity => {
    const decision = identify(received, keys.directory(), keys.digests);
    if (decision.kind === "known") {
      metrics.known(decision.identity.method);
      keys.used(decision.identity.keyId, received.at);
      return decision.identity;
    }
    const { fault, handle } = decision;
    const refusal = unidentified(fault);
    // Nobody guesses who brings nothing.
    const error = fault === "missing" ? refusal : counted(received, handle, refusal);
    metrics.refused(fault === "missing" ? "none" : "api-key", fault, error !== refusal);
    throw error;
  };
  /** Who signed a request asks it; a key that comes besides must be the one that was signed for. */
  const identityOf = (received: Received, proven: Identity | undefined): Identity => {
    if (proven === undefined) return byKey(received);
    if (received.presented.length > 0 && byKey(received).keyId !== proven.keyId)
      throw new GatewayError("unauthenticated", "a key and the signature of another", {
        message: "The gateway key of this request is not the one that it is signed for; send one of them.",
      });
    metrics.known(proven.method);
    keys.used(proven.keyId, received.at);
    return proven;
  };
  return <R extends Route>(
    received: Received<R>,
    _inbound: Pick<InboundRequest, "header">,
    trail: Trail<unknown>,
  ): Identified<R> => {
    const why = trail.proven === undefined ? openFor(received) : undefined;
    if (why !== undefined) {
      trail.stages.record("identify", "pass", why);
      return { ...received, identity: anybody };
    }
    const identity = identityOf(received, trail.proven);
    trail.identified = identity;
    const how = trail.proven === undefined ? "" : ", by its signature";
    trail.stages.record("identify", "know", `key ${identity.keyId} (${identity.name})${how}`);
    if (identity.scopes.length > 0) checkScopes(identity.scopes, touchedBy(received));
    return { ...received, identity };
  };
}

const lanes: Readonly<Record<Route["kind"], ScopeLane>> = {
  ai: "ai",
  models: "ai",
  feedback: "ai",
  kept: "ai",
  raw: "raw",
  service: "service",
  realtime: "realtime",
};

/** An extended CONNECT of HTTP/2 asks for a socket, which is a GET everywhere else (RFC 8441). */
const touchedBy = ({ route, method }: Received) => ({
  lane: lanes[route.kind],
  route: route.id,
  method: method === "CONNECT" ? "GET" : method,
});

/** Who has one address of IPv6 has all of a network of 64 bits. */
function placeOf(address: string): string {
  const parsed = parseIpAddress(address);
  return parsed?.bits === 128 ? networkAt(parsed, 64).value.toString(16) : address;
}
