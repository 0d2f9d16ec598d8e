import type { Received } from "../exchange/exchange.ts";
import type { InboundRequest } from "../ports/server.ts";
import { subprotocolKey } from "../protocols/websocket/index.ts";

/**
 * The gateway keys of a request for a socket: clients that can set no header bring theirs as a subprotocol, and in the
 * query only where the route takes it there.
 */
export function withSocketKeys(
  received: Received,
  { header, rawHeaders }: InboundRequest,
  presentedKeys: (header: InboundRequest["header"], query: string) => readonly string[],
): Received {
  const { route, query } = received;
  const sockets = route.kind === "service" ? route.rule.sockets : undefined;
  if (sockets === undefined && route.kind !== "realtime") return received;
  const takesQuery = sockets?.keyInQuery === true;
  const told = presentedKeys(header, takesQuery ? query : "");
  const key = subprotocolKey(rawHeaders);
  return { ...received, presented: key === undefined ? told : [...new Set([...told, key])] };
}
