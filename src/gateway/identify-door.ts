import { type DigestOf, identify, type KeyDirectory } from "../capabilities/identity/index.ts";
import type { Identified, Received, Route } from "../exchange/exchange.ts";
import { anybody } from "../exchange/identity.ts";
import type { AcceptedProofs } from "../exchange/proof.ts";
import type { Trail } from "../pipeline/trail.ts";
import type { InboundRequest } from "../ports/server.ts";
import { isToken } from "./credentials.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Verdict, Vouching } from "./vouching.ts";

/** Why nobody has to say who it is; absent: the request must. */
const openFor = ({ route }: Received): string | undefined => {
  if (route.kind !== "service" || route.rule.auth === "required") return undefined;
  return route.rule.auth === "none" ? "anybody may ask on this route" : "the key is to come on the socket";
};

/** What counts on a route; absent: any proof. */
const acceptedOn = (route: Route, { identity }: Pick<Snapshot, "identity">): AcceptedProofs | undefined =>
  route.kind === "service" ? route.rule.accepts : identity.ai;

/** Door 1: who asks. Awaits nothing for a key, a certificate and a token that is remembered. */
export const createIdentify =
  ({
    directory,
    digestOf,
    vouching,
  }: {
    readonly directory: () => KeyDirectory;
    readonly digestOf: DigestOf;
    readonly vouching: Vouching;
  }) =>
  <R extends Route>(
    received: Received<R>,
    { clientCertificate: certificate }: Pick<InboundRequest, "clientCertificate">,
    trail: Trail<Snapshot>,
  ): Identified<R> | Promise<Identified<R>> => {
    const why = trail.proven === undefined ? openFor(received) : undefined;
    if (why !== undefined) {
      trail.stages.record("identify", "pass", why);
      return { ...received, identity: anybody };
    }
    const keys = received.presented.filter((credential) => !isToken(credential));
    const tokens = received.presented.filter(isToken);
    const verdict = vouching.judge(
      { keys, tokens, certificate, signer: trail.proven },
      { rules: trail.snapshot.identity, accepted: acceptedOn(received.route, trail.snapshot) },
      () => ({
        kind: "known",
        identity: identify({ ...received, presented: keys }, directory(), digestOf).identity,
      }),
    );
    const pass = (judged: Verdict): Identified<R> => identifiedAs(judged, received, trail);
    return verdict instanceof Promise ? verdict.then(pass) : pass(verdict);
  };

function identifiedAs<R extends Route>(
  verdict: Verdict,
  received: Received<R>,
  trail: Trail<Snapshot>,
): Identified<R> {
  if (verdict.kind === "unknown") throw verdict.refusal;
  const { identity } = verdict;
  const { keyId, name, method } = identity;
  trail.identified = identity;
  trail.stages.record("identify", "know", `${method === "api-key" ? "key" : method} ${keyId} (${name})`);
  return { ...received, identity };
}
