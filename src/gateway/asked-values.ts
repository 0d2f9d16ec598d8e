import type { Identified } from "../exchange/exchange.ts";
import type { InboundRequest } from "../ports/server.ts";
import { addressAt } from "./edge.ts";
import type { ValueFacts } from "./service-facts.ts";
import type { ServiceRoute } from "./service-routes.ts";
import type { Snapshot } from "./snapshot.ts";

/** What values that are made of a request to a service may ask of it. */
export const valueFactsOf = (
  { id, method, host, path, query, identity, route }: Identified<ServiceRoute>,
  inbound: InboundRequest,
  snapshot: Snapshot,
): ValueFacts => ({
  ...{ id, method, host, path, query, header: inbound.header },
  keyId: identity.keyId,
  keyName: identity.name,
  captures: route.captures,
  clientAddress: () => addressAt(inbound, snapshot.edge),
});
