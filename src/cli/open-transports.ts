import type { GatewayParts } from "../gateway/create-gateway.ts";
import { createHttp2Transport } from "../platform/http2-transport/index.ts";
import { systemTimer } from "../platform/system/index.ts";
import { createTransport, createTunnels } from "../platform/undici-transport/index.ts";
import { createMessageSockets, sha1Base64 } from "../platform/websocket/index.ts";
import type { EndOfTurn } from "../ports/end-of-turn.ts";
import type { Transport, Tunnels } from "../ports/transport.ts";

/** The ways to upstreams. */
export interface Transports {
  readonly transport: Transport;
  /** HTTP/2. */
  readonly transport2: Transport;
  readonly tunnels: Tunnels;
  readonly sockets: GatewayParts["sockets"];
}

const connectTimeoutMs = 5000;
const keepAliveMs = 30_000;

export function openTransports(endOfTurn: EndOfTurn): Transports & { readonly close: () => Promise<void> } {
  const transport = createTransport({ connectTimeoutMs, keepAliveMs, endOfTurn });
  const transport2 = createHttp2Transport({ connectTimeoutMs, keepAliveMs, endOfTurn });
  return {
    transport,
    transport2,
    tunnels: createTunnels({ connectTimeoutMs, endOfTurn }),
    sockets: { messages: createMessageSockets({ timer: systemTimer }), sha1: sha1Base64, timer: systemTimer },
    close: async () => {
      await Promise.all([transport.close(), transport2.close()]);
    },
  };
}
