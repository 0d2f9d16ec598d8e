import { type DigestOf, identify, type KeyDirectory } from "../capabilities/identity/index.ts";
import type { Identified, Received, Route } from "../exchange/exchange.ts";
import { anybody } from "../exchange/identity.ts";
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
    const why = openFor(received);
    if (why !== undefined) {
      trail.stages.record("identify", "pass", why);
      return { ...received, identity: anybody };
    }
    const identified = identify(received, directory(), digestOf);
    const { keyId, name } = identified.identity;
    trail.identified = identified.identity;
    trail.stages.record("identify", "know", `key ${keyId} (${name})`);
    return identified;
  };
