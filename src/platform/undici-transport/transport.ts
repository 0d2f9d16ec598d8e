import { Agent } from "undici";
import { GatewayError } from "../../kernel/errors.ts";
import type { DialGuard } from "../../ports/dial-guard.ts";
import type { EndOfTurn } from "../../ports/end-of-turn.ts";
import type { Transport } from "../../ports/transport.ts";
import { createAgents } from "./agents.ts";
import { type ConnectSettings, connectorOf } from "./connect.ts";
import { dispatch } from "./dispatch.ts";
import { headerBytesMax } from "./head.ts";
import { createNodeAgent } from "./node-call.ts";
import { needsNode, nodeExchange } from "./node-exchange.ts";

export interface TransportSettings {
  /** Time to reach a server, TLS included, of requests that name none. */
  readonly connectTimeoutMs: number;
  /** How long an idle connection is kept for the next request. */
  readonly keepAliveMs: number;
  /** When requests are written. */
  readonly endOfTurn: EndOfTurn;
  /** Absent: whatever is named is dialled. */
  readonly guard?: DialGuard;
}

/**
 * HTTP/1.1 to upstreams by undici's `dispatch`, its lowest door: no streams, no promises, half the cost of `fetch`.
 * HTTP/2 is off: undici would put all calls on one connection, at three times the cost (measured, specs/performance).
 * The few requests that need what undici has not (`needsNode`) go by `node:http`, and so does all to servers that were
 * heard to say 100 unasked, as they may (RFC 9110, section 15.2): undici gives up the request that it hears one on.
 */
export function createTransport(settings: TransportSettings): Transport {
  const { keepAliveMs, endOfTurn, ...dialling } = settings;
  const pooled = createAgents(dialling, (connect) => createAgent(connect, { keepAliveMs, pipelining: 1 }));
  // Without pipelining no connection is kept.
  const apart = createAgents(dialling, (connect) => createAgent(connect, { keepAliveMs, pipelining: 0 }));
  const talkative = new Set<string>();
  const node = createAgents(dialling, (connect) => createNodeAgent(connect, keepAliveMs));
  return {
    send: (request, listener) => {
      if (!request.permit.covers(request.origin))
        throw new GatewayError("internal", `a permit of another place was brought for ${request.origin}`);
      const { origin } = request;
      if (needsNode(request) || talkative.has(origin))
        return nodeExchange({ agent: node.of(request), endOfTurn }, request, listener);
      const agent = (request.isApart === true ? apart : pooled).of(request);
      const onUnaskedContinue = (): void => {
        if (talkative.size < talkativeMax) talkative.add(origin);
      };
      return dispatch({ agent, endOfTurn, onUnaskedContinue }, request, listener);
    },
    close: async () => {
      await Promise.all([pooled.close(), apart.close(), node.close()]);
    },
  };
}

/** Servers that are remembered for it. */
const talkativeMax = 1000;

function createAgent(
  connect: ConnectSettings,
  { keepAliveMs, pipelining }: { readonly keepAliveMs: number; readonly pipelining: 0 | 1 },
): { readonly agent: Agent; readonly close: () => Promise<void> } {
  const agent = new Agent({
    allowH2: false,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    maxHeaderSize: headerBytesMax,
    connect: connectorOf(connect),
    pipelining,
  });
  return { agent, close: () => agent.close() };
}
