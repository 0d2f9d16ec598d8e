import { type DigestOf, identify, type KeyDirectory } from "../capabilities/identity/index.ts";
import type { Identified, Received, Route } from "../exchange/exchange.ts";
import { anybody, type Identity } from "../exchange/identity.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Trail } from "../pipeline/trail.ts";
import type { InboundRequest } from "../ports/server.ts";

/** Why nobody has to say who it is; absent: the request must. */
const openFor = ({ route }: Received): string | undefined => {
  if (route.kind !== "service" || route.rule.auth === "required") return undefined;
  return route.rule.auth === "none" ? "anybody may ask on this route" : "the key is to come on the socket";
};

/** Door 1: who asks. */
export const createIdentify =
  ({ directory, digestOf }: { readonly directory: () => KeyDirectory; readonly digestOf: DigestOf }) =>
  <R extends Route>(
    received: Received<R>,
    _inbound: Pick<InboundRequest, "header">,
    trail: Trail<unknown>,
  ): Identified<R> => {
    const why = trail.proven === undefined ? openFor(received) : undefined;
    if (why !== undefined) {
      trail.stages.record("identify", "pass", why);
      return { ...received, identity: anybody };
    }
    const identified = identifiedBy(received, trail.proven, () => identify(received, directory(), digestOf));
    const { keyId, name } = identified.identity;
    trail.identified = identified.identity;
    trail.stages.record(
      "identify",
      "know",
      `key ${keyId} (${name})${trail.proven === undefined ? "" : ", by its signature"}`,
    );
    return identified;
  };

/** Who signed a request asks it; a key that comes besides must be the one that was signed for. */
function identifiedBy<R extends Route>(
  received: Received<R>,
  proven: Identity | undefined,
  byKey: () => Identified<R>,
): Identified<R> {
  if (proven === undefined) return byKey();
  if (received.presented.length > 0 && byKey().identity.keyId !== proven.keyId)
    throw new GatewayError("unauthenticated", "a key and the signature of another", {
      message: "The gateway key of this request is not the one that it is signed for; send one of them.",
    });
  return { ...received, identity: proven };
}
