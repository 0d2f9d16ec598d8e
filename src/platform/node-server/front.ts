import { isIP, type Socket } from "node:net";
import { createServer, type TLSSocket, type TlsOptions } from "node:tls";
import type { Engine } from "./http1.ts";
import type { Peers } from "./peer.ts";
import { type ProxyProtocol, readProxyHeader } from "./proxy-header.ts";
import type { Refusals } from "./refusal.ts";
import type { ServerSettings, TlsSettings } from "./settings.ts";
import { whichProtocol } from "./which-protocol.ts";

/** What stands between an accepted connection and the engine that serves it. */
export interface Front {
  readonly accept: (socket: Socket) => void;
  readonly renewTls: (tls: TlsSettings) => void;
  /** Ends the connections that no engine has yet. */
  readonly endWaiting: () => void;
}

export function createFront(parts: {
  readonly settings: ServerSettings;
  readonly peers: Peers;
  readonly refusals: Refusals;
  readonly isTrusted: (address: string) => boolean;
  readonly http1: Engine;
  readonly http2: Engine | undefined;
}): Front {
  const { settings, peers, isTrusted, http1, http2 } = parts;
  const timeoutMs = settings.limits.headersTimeoutMs;
  const waiting = new Set<Socket>();
  const proxied = settings.proxyProtocol ?? "off";
  const refuseSlow = (socket: Socket): void => parts.refusals.end(socket, "request_timeout");
  /** Waits for the first bytes, and gives the connection with them to who is meant. */
  const sniff = (socket: Socket, onSlow: (slow: Socket) => void, choose: Choose): void => {
    let held: Buffer | undefined;
    waiting.add(socket);
    const leave = (): void => {
      waiting.delete(socket);
      socket.off("data", onData).off("close", leave).off("end", onEnd).off("timeout", onTimeout);
      socket.setTimeout(0);
    };
    const onTimeout = (): void => onSlow(socket);
    const onEnd = (): void => void socket.destroy();
    const onData = (chunk: Buffer): void => {
      const start = held === undefined ? chunk : Buffer.concat([held, chunk]);
      const chosen = choose(start);
      held = start;
      if (chosen === undefined) return;
      leave();
      chosen(start);
    };
    socket.on("data", onData).on("close", leave).on("end", onEnd).on("timeout", onTimeout);
    socket.setTimeout(timeoutMs);
  };
  const plain = (socket: Socket): void => {
    if (http2 === undefined) {
      http1.take(socket);
      return;
    }
    sniff(socket, refuseSlow, (start) => {
      const protocol = whichProtocol(start);
      if (protocol === "undecided") return undefined;
      const engine = protocol === "http2" ? http2 : http1;
      return (bytes) => engine.take(socket, bytes);
    });
  };
  const tls = settings.tls === undefined ? undefined : createTls({ ...parts, tls: settings.tls });
  const serve = (socket: Socket): void => {
    if (tls === undefined) plain(socket);
    else tls.emit("connection", socket);
  };
  return {
    accept: (socket) => {
      socket.on("error", () => undefined);
      if (proxied === "off" || !isTrusted(socket.remoteAddress ?? "")) serve(socket);
      else sniff(socket, (slow) => void slow.destroy(), proxyChoice(socket, proxied, peers, serve));
    },
    renewTls: (renewed) => tls?.setSecureContext(contextOf(renewed)),
    endWaiting: () => {
      for (const socket of waiting) socket.destroy();
    },
  };
}

/** What to do with the bytes so far; `undefined`: more are needed. */
type Choose = (start: Buffer) => ((bytes: Buffer) => void) | undefined;

function proxyChoice(
  socket: Socket,
  accepted: Exclude<ProxyProtocol, "off">,
  peers: Peers,
  serve: (socket: Socket) => void,
): Choose {
  return (start) => {
    const header = readProxyHeader(start, accepted, (text, version) => isIP(text) === version);
    if (header.kind === "partial") return undefined;
    if (header.kind === "malformed") return () => void socket.destroy();
    return (bytes) => {
      if (header.address !== undefined) peers.tell(socket, header.address);
      socket.pause();
      if (bytes.length > header.length) socket.unshift(bytes.subarray(header.length));
      serve(socket);
      socket.resume();
    };
  };
}

function contextOf({ cert, key, minVersion = "TLSv1.2", clientCa, crl }: TlsSettings): TlsOptions {
  return {
    ...{ cert, key, minVersion },
    ...(clientCa === undefined ? {} : { ca: clientCa }),
    ...(crl === undefined ? {} : { crl }),
  };
}

function createTls(parts: {
  readonly settings: ServerSettings;
  readonly tls: TlsSettings;
  readonly http1: Engine;
  readonly http2: Engine | undefined;
}) {
  const { settings, tls, http1, http2 } = parts;
  const server = createServer({
    ...contextOf(tls),
    ALPNProtocols: http2 === undefined ? ["http/1.1"] : ["h2", "http/1.1"],
    handshakeTimeout: settings.limits.headersTimeoutMs,
    requestCert: tls.clientCa !== undefined,
    rejectUnauthorized: tls.clientCa !== undefined && tls.isClientCertOptional !== true,
  });
  server.on("secureConnection", (socket: TLSSocket) => {
    (socket.alpnProtocol === "h2" ? (http2 ?? http1) : http1).take(socket);
  });
  // Whoever cannot agree with us is told by TLS itself.
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  return server;
}
