import { createServer, type Socket } from "node:net";
import type { InboundHandler, ServerEngine } from "../../ports/server.ts";
import { bind } from "./bind.ts";
import { createBodyReader } from "./body-reader.ts";
import { limitClients } from "./client-share.ts";
import { createFront } from "./front.ts";
import { createHttp1, type EngineParts } from "./http1.ts";
import { createHttp2 } from "./http2.ts";
import { createPeers } from "./peer.ts";
import { createRefusals } from "./refusal.ts";
import { defaultHttp2, type ServerSettings, type TlsSettings } from "./settings.ts";

/** A listening socket whose certificate may be renewed. */
export interface Listener extends ServerEngine {
  /**
   * From the next connection on; those that are open go on with what they began with.
   * @throws Error when certificate and key do not fit each other or cannot be read; the old ones stay.
   */
  readonly renewTls: (tls: TlsSettings) => void;
}

/**
 * Serves HTTP/1.1, HTTP/2 and upgrades on one port: who speaks what is seen by the first bytes, or agreed by ALPN.
 *
 * @throws GatewayError `internal` with a public sentence when the address cannot be had (port in use, no permission).
 */
export async function listen(settings: ServerSettings, handler: InboundHandler): Promise<Listener> {
  const { limits } = settings;
  const bodies = createBodyReader(limits);
  const isTrusted = settings.isTrusted ?? (() => false);
  let isDraining = false;
  const parts: EngineParts = {
    settings,
    handler,
    bodies,
    peers: createPeers(),
    refusals: createRefusals(settings),
    isDraining: () => isDraining,
  };
  const http1 = createHttp1(parts);
  const http2 = (settings.http2 ?? defaultHttp2).isEnabled ? createHttp2(parts) : undefined;
  const front = createFront({ ...parts, isTrusted, http1, http2 });
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  const open = new Set<Socket>();
  server.maxConnections = limits.connectionsMax;
  limitClients(server, limits.connectionsPerClientMax, isTrusted);
  server.on("connection", (socket) => {
    if (socket.destroyed) return;
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    front.accept(socket);
  });
  const port = await bind(server, settings);
  return {
    host: settings.host,
    port,
    renewTls: front.renewTls,
    drain: async (graceMs) => {
      isDraining = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const end of [front.endWaiting, http1.endIdle, http2?.endIdle]) end?.();
      const timeout = setTimeout(() => {
        for (const socket of open) socket.destroy();
      }, graceMs).unref();
      await closed;
      clearTimeout(timeout);
      for (const engine of [http1, http2, bodies]) engine?.close();
    },
  };
}
