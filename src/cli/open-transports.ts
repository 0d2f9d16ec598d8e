import { reachByHost } from "../config/reach.ts";
import type { Config } from "../config/schema.ts";
import { createDialGuard } from "../platform/dialling/index.ts";
import { createHttp2Transport } from "../platform/http2-transport/index.ts";
import { systemTimer } from "../platform/system/index.ts";
import { createTransport, createTunnels } from "../platform/undici-transport/index.ts";
import { createMessageSockets, sha1Base64 } from "../platform/websocket/index.ts";
import type { DialGuard } from "../ports/dial-guard.ts";
import type { EndOfTurn } from "../ports/end-of-turn.ts";
import type { MessageSockets } from "../ports/message-socket.ts";
import type { Meter } from "../ports/meter.ts";
import type { Transport, Tunnels } from "../ports/transport.ts";

/** The ways to upstreams. */
export interface Transports {
  readonly transport: Transport;
  /** HTTP/2. */
  readonly transport2: Transport;
  readonly tunnels: Tunnels;
  readonly messageSockets: MessageSockets;
  /** SHA-1 in base64, for handshakes. */
  readonly sha1: (text: string) => string;
}

const connectTimeoutMs = 5000;
const keepAliveMs = 30_000;

/** All ways out of the gateway; each asks the same guard at each dial. */
export function openTransports(endOfTurn: EndOfTurn, { config, meter }: { config: Config; meter: Meter }) {
  const { guard, follow } = openGuard(config, meter);
  const transport = createTransport({ connectTimeoutMs, keepAliveMs, endOfTurn, guard });
  const transport2 = createHttp2Transport({ connectTimeoutMs, keepAliveMs, endOfTurn, guard });
  const opened: Transports = {
    transport,
    transport2,
    tunnels: createTunnels({ connectTimeoutMs, endOfTurn, guard }),
    messageSockets: createMessageSockets({ timer: systemTimer }),
    sha1: sha1Base64,
  };
  return {
    ...opened,
    /** Goes by this configuration from the next dial on, and hands it back. */
    follow,
    close: async () => {
      await Promise.all([transport.close(), transport2.close()]);
    },
  };
}

function openGuard(config: Config, meter: Meter): { guard: DialGuard; follow: (next: Config) => Config } {
  let reach = reachByHost(config);
  const blocked = meter.counter<"class">({
    name: "sallyport_egress_blocked_total",
    help: "Connections that were not opened, because the place is private or gives away a machine's credentials.",
    labels: ["class"],
  });
  const guard = createDialGuard({
    reachOf: (host) => reach.get(host),
    onBlocked: (found) => blocked.series({ class: found }).add(1),
  });
  const follow = (next: Config): Config => {
    reach = reachByHost(next);
    return next;
  };
  return { guard, follow };
}
