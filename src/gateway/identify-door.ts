import { checkScopes, identify, identifyWithin, unidentified } from "../capabilities/identity/index.ts";
import type { Identified, Received, Route } from "../exchange/exchange.ts";
import { anybody, type ScopeLane } from "../exchange/identity.ts";
import type { AcceptedProofs } from "../exchange/proof.ts";
import type { GatewayError } from "../kernel/errors.ts";
import { networkAt, parseIpAddress } from "../kernel/ip-network.ts";
import type { Trail } from "../pipeline/trail.ts";
import type { Clock } from "../ports/clock.ts";
import type { Meter } from "../ports/meter.ts";
import type { InboundRequest } from "../ports/server.ts";
import { createAuthMetrics } from "./auth-metrics.ts";
import type { ClientKeys } from "./client-keys.ts";
import { isToken } from "./credentials.ts";
import { createFailureLimit } from "./failure-limit.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Verdict, Vouching } from "./vouching.ts";

/** What door 1 works with. */
export interface IdentifyParts {
  readonly clock: Clock;
  readonly meter: Meter;
  readonly keys: Pick<ClientKeys, "directory" | "digests" | "used">;
  readonly vouching: Vouching;
}

/** Why nobody has to say who it is; absent: the request must. */
const openFor = ({ route }: Received): string | undefined => {
  if (route.kind !== "service" || route.rule.auth === "required") return undefined;
  return route.rule.auth === "none" ? "anybody may ask on this route" : "the key is to come on the socket";
};

/** What counts on a route; absent: any proof. */
const acceptedOn = (route: Route, { identity }: Pick<Snapshot, "identity">): AcceptedProofs | undefined =>
  route.kind === "service" ? route.rule.accepts : identity.ai;

/**
 * Door 1: who asks; and the part of door 2 that needs no more than a head: whether that caller may come here at all. Awaits
 * nothing for a key, a certificate, a signature and a token that is remembered.
 */
export function createIdentify({ clock, meter, keys, vouching }: IdentifyParts) {
  const metrics = createAuthMetrics(meter);
  const failures = createFailureLimit(clock);
  /** Those who guess are told to wait, by where they are and by the key that they guess at. */
  const counted = (received: Received, handle: string | undefined, refusal: GatewayError): GatewayError => {
    const ofKey = handle === undefined ? refusal : failures.refuse(`key ${handle}`, refusal);
    const ofAddress = failures.refuse(`address ${placeOf(received.address())}`, refusal);
    return ofKey === refusal ? ofAddress : ofKey;
  };
  const byKey = (received: Received, presented: readonly string[]): Verdict => {
    const decision = identify({ ...received, presented }, keys.directory(), keys.digests);
    if (decision.kind === "known") {
      keys.used(decision.identity.keyId, received.at);
      return decision;
    }
    const { fault, handle } = decision;
    return { kind: "unknown", method: "api-key", fault, refusal: unidentified(fault), handle };
  };
  /** Whom another vouches for is held to what their tenant holds; keys are already. */
  const withinOwner = (verdict: Verdict, received: Received): Verdict => {
    if (verdict.kind === "unknown") return verdict;
    const { method } = verdict.identity;
    if (method !== "jwt" && method !== "mtls") return verdict;
    const decision = identifyWithin(verdict.identity, keys.directory(), received);
    if (decision.kind === "known") return decision;
    const { fault } = decision;
    return { kind: "unknown", method, fault, refusal: unidentified(fault) };
  };
  const refused = (received: Received, verdict: Verdict & { readonly kind: "unknown" }): GatewayError => {
    const { method, fault, refusal, handle } = verdict;
    // Nobody guesses who brings nothing, and nobody is to blame for an issuer that is away.
    const isGuess = fault !== "missing" && refusal.code === "unauthenticated";
    const error = isGuess ? counted(received, handle, refusal) : refusal;
    metrics.refused(fault === "missing" ? "none" : method, fault, error !== refusal);
    return error;
  };
  return <R extends Route>(
    received: Received<R>,
    { clientCertificate: certificate }: Pick<InboundRequest, "clientCertificate">,
    trail: Trail<Snapshot>,
  ): Identified<R> | Promise<Identified<R>> => {
    const why = trail.proven === undefined ? openFor(received) : undefined;
    if (why !== undefined) {
      trail.stages.record("identify", "pass", why);
      return { ...received, identity: anybody };
    }
    const presented = received.presented.filter((credential) => !isToken(credential));
    const tokens = received.presented.filter(isToken);
    const verdict = vouching.judge(
      { keys: presented, tokens, certificate, signer: trail.proven },
      { rules: trail.snapshot.identity, accepted: acceptedOn(received.route, trail.snapshot) },
      () => byKey(received, presented),
    );
    const pass = (vouched: Verdict): Identified<R> => {
      const judged = withinOwner(vouched, received);
      if (judged.kind === "unknown") throw refused(received, judged);
      const { identity } = judged;
      const { keyId, name, method } = identity;
      metrics.known(method);
      trail.identified = identity;
      if (method === "signature") keys.used(keyId, received.at);
      const how = method === "signature" ? ", by its signature" : "";
      trail.stages.record("identify", "know", `${words[method]} ${keyId} (${name})${how}`);
      if (identity.scopes.length > 0) checkScopes(identity.scopes, touchedBy(received));
      return { ...received, identity };
    };
    return verdict instanceof Promise ? verdict.then(pass) : pass(verdict);
  };
}

const words = {
  "api-key": "key",
  jwt: "token of",
  mtls: "certificate of",
  signature: "key",
  anonymous: "nobody",
} as const;

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
