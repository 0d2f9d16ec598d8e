import type { ClientRequest, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { GatewayError } from "../../kernel/errors.ts";
import type { EndOfTurn } from "../../ports/end-of-turn.ts";
import type { TransportFailure, TunnelListener, Tunnels } from "../../ports/transport.ts";
import { type Agents, createAgents } from "./agents.ts";
import { readFailure } from "./failure.ts";
import { hasTooMany, headOf, interimMax, readList } from "./head.ts";
import { beginCall, createNodeAgent, type NodeAgent } from "./node-call.ts";
import { createWatch } from "./watch.ts";

export interface TunnelSettings {
  /** Time to reach a server, TLS included, of requests that name none. */
  readonly connectTimeoutMs: number;
  /** When requests are written. */
  readonly endOfTurn: EndOfTurn;
}

type Opening = Parameters<Tunnels["open"]>[0];

/** Tunnels by `node:http`, each on a connection of its own, which is the callee's after a 101. */
export function createTunnels(settings: TunnelSettings): Tunnels {
  // No connection is kept: each is its tunnel's, or closed with its answer.
  const agents: Agents<NodeAgent> = createAgents(settings.connectTimeoutMs, (connect) =>
    createNodeAgent(connect, 1),
  );
  return {
    open: (request, listener) => {
      if (!request.permit.covers(request.origin))
        throw new GatewayError("internal", `a permit of another place was brought for ${request.origin}`);
      return openTunnel({ agent: agents.of(request), endOfTurn: settings.endOfTurn }, request, listener);
    },
  };
}

function openTunnel(
  { agent, endOfTurn }: { readonly agent: NodeAgent; readonly endOfTurn: EndOfTurn },
  request: Opening,
  listener: TunnelListener,
): ReturnType<Tunnels["open"]> {
  let isOver = false;
  let call: ClientRequest | undefined;
  let wasSent = false;
  let hasHead = false;
  let interims = 0;
  const close = (): void => {
    isOver = true;
    watch.stop();
  };
  const fail = (failure: TransportFailure): void => {
    if (isOver) return;
    close();
    listener.failed(failure);
    call?.destroy();
  };
  const failBy = (error: Error): void => fail(readFailure(error, { wasSent, hasHead }));
  const refuse = (detail: string): void =>
    fail({ code: "upstream_malformed_response", detail, wasSent: true });
  const watch = createWatch(() =>
    fail({ code: "upstream_timeout", detail: "the upstream is silent", wasSent: true }),
  );
  const hear = (answer: IncomingMessage): void => {
    if (isOver) return;
    if (hasTooMany(answer.rawHeaders)) return refuse("too many header fields");
    hasHead = true;
    watch.start(request.idleTimeout);
    answer.on("data", (chunk: Uint8Array) => {
      watch.refresh();
      if (!isOver) listener.data(chunk);
    });
    answer.once("end", () => {
      if (isOver) return;
      close();
      const trailers = readList(answer.rawTrailers);
      if (trailers.length === 0) listener.end();
      else listener.end(trailers);
    });
    answer.once("error", failBy);
    listener.head(headOf(answer.statusCode ?? 0, answer.rawHeaders));
  };
  const switchOver = (answer: IncomingMessage, socket: Duplex, early: Uint8Array): void => {
    if (isOver) {
      socket.destroy();
      return;
    }
    if (hasTooMany(answer.rawHeaders)) return refuse("too many header fields");
    if (!isAsked(answer.headers.upgrade, request.protocol)) {
      refuse("switched to another protocol than was asked for");
      socket.destroy();
      return;
    }
    close();
    listener.switched(headOf(101, answer.rawHeaders), socket, early);
  };
  endOfTurn(() => {
    if (isOver) return;
    try {
      call = beginCall(
        agent,
        { origin: request.origin, path: request.path, method: request.method, isApart: true },
        {
          lines: [...request.headers, "connection", "upgrade", "upgrade", request.protocol],
          onConnected: () => {
            wasSent = true;
            if (!isOver) watch.start(request.headTimeout);
          },
        },
      );
    } catch (thrown) {
      return failBy(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
    call.on("information", ({ statusCode, rawHeaders }) => {
      interims += 1;
      if (isOver) return;
      if (interims > interimMax || hasTooMany(rawHeaders))
        return refuse("too many interim answers or fields");
      listener.interim?.(headOf(statusCode, rawHeaders));
    });
    call.once("response", hear);
    call.once("upgrade", switchOver);
    call.once("error", failBy);
    call.once("close", () => failBy(new Error("the connection was closed")));
    call.end();
  });
  return {
    abort: () => {
      if (isOver) return;
      close();
      call?.destroy();
    },
  };
}

/** Whether the server switched to what was asked for: RFC 9110, section 7.8. */
const isAsked = (answered: string | undefined, asked: string): boolean =>
  answered?.toLowerCase() === asked.toLowerCase();
