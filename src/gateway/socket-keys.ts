import type { Received } from "../exchange/exchange.ts";
import type { InboundRequest } from "../ports/server.ts";
import { initFields } from "../protocols/graphql/index.ts";
import { subprotocolKey } from "../protocols/websocket/index.ts";
import { presentedBy } from "./credentials.ts";
import type { IdentityRules } from "./identity-rules.ts";
import type { ServiceRoute } from "./service-routes.ts";

type Head = Pick<InboundRequest, "header" | "rawHeaders" | "upgrade">;

/**
 * The gateway keys of a request for a socket: clients that can set no header bring theirs as a subprotocol, in the query
 * only where the route takes it there, and in their first message only where it takes it from that.
 */
export function withSocketKeys(received: Received, head: Head, rules: IdentityRules): Received {
  const { route } = received;
  if (route.kind === "realtime") return { ...received, presented: socketKeys(head, "", rules) };
  return route.kind === "service" ? withServiceKeys(received, route, { head, rules }) : received;
}

function withServiceKeys(
  received: Received,
  route: ServiceRoute,
  { head, rules }: { readonly head: Head; readonly rules: IdentityRules },
): Received {
  const { sockets, target, auth } = route.rule;
  const isGraphql = target.model === "graphql";
  // A route of GraphQL answers other requests too.
  if (sockets === undefined || (isGraphql && head.upgrade?.protocol !== "websocket")) return received;
  const presented = socketKeys(head, sockets.keyInQuery ? received.query : "", rules);
  const comesLater = isGraphql && sockets.keyInInit && auth === "required" && presented.length === 0;
  if (!comesLater) return { ...received, presented };
  return { ...received, presented, route: { ...route, rule: { ...route.rule, auth: "later" } } };
}

function socketKeys({ header, rawHeaders }: Head, query: string, rules: IdentityRules): readonly string[] {
  const told = presentedBy(rules, header, query);
  const key = subprotocolKey(rawHeaders);
  return key === undefined ? told : [...new Set([...told, key])];
}

/** The gateway keys in the payload of `connection_init`, where it holds what headers would. */
export const keysOfInit = (payload: unknown, rules: IdentityRules): readonly string[] => [
  ...new Set(initFields(payload).flatMap((field) => presentedBy(rules, field, ""))),
];
