import { GatewayError } from "../../kernel/errors.ts";
import type { DialGuard } from "../../ports/dial-guard.ts";
import type { EndOfTurn } from "../../ports/end-of-turn.ts";
import type { Tunnels } from "../../ports/transport.ts";
import { type Agents, createAgents } from "./agents.ts";
import { createNodeAgent, type NodeAgent } from "./node-call.ts";
import { nodeExchange } from "./node-exchange.ts";

export interface TunnelSettings {
  /** Time to reach a server, TLS included, of requests that name none. */
  readonly connectTimeoutMs: number;
  /** When requests are written. */
  readonly endOfTurn: EndOfTurn;
  /** Absent: whatever is named is dialled. */
  readonly guard?: DialGuard;
}

/** Tunnels by `node:http`, each on a connection of its own, which is the callee's after a 101. */
export function createTunnels({ endOfTurn, ...dialling }: TunnelSettings): Tunnels {
  // No connection is kept: each is its tunnel's, or closed with its answer.
  const agents: Agents<NodeAgent> = createAgents(dialling, (connect) => createNodeAgent(connect, 1));
  return {
    open: ({ protocol, ...request }, listener) => {
      if (!request.permit.covers(request.origin))
        throw new GatewayError("internal", `a permit of another place was brought for ${request.origin}`);
      return nodeExchange(
        { agent: agents.of(request), endOfTurn },
        { ...request, body: undefined, isApart: true },
        listener,
        { protocol, switched: listener.switched },
      );
    },
  };
}
