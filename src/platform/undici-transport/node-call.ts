import { type ClientRequest, Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import type { UpstreamRequest } from "../../ports/transport.ts";
import { type ConnectSettings, hostOf, lookupOf, tlsOptions } from "./connect.ts";
import { headerBytesMax } from "./head.ts";

/** Connections of `node:http` that are opened in one way. */
export interface NodeAgent {
  readonly plain: HttpAgent;
  readonly secure: HttpsAgent;
  readonly settings: ConnectSettings;
  /** Requests that are on their way. */
  readonly flights: Set<ClientRequest>;
}

export function createNodeAgent(
  settings: ConnectSettings,
  keepAliveMs: number,
): { readonly agent: NodeAgent; readonly close: () => Promise<void> } {
  const options = { keepAlive: true, maxFreeSockets: 64, timeout: keepAliveMs } as const;
  const flights = new Set<ClientRequest>();
  const agent = { plain: new HttpAgent(options), secure: new HttpsAgent(options), settings, flights };
  return {
    agent,
    close: async () => {
      await Promise.all([...flights].map((call) => new Promise((resolve) => call.once("close", resolve))));
      agent.plain.destroy();
      agent.secure.destroy();
    },
  };
}

/**
 * Begins a request; its head goes out with the first byte of its body, or at once if it expects a 100.
 *
 * @param lines All header lines, those of the framing too.
 * @param onConnected From here on the request may have reached the upstream.
 * @throws What the guard has against its place, and `node:http` against its head.
 */
export function beginCall(
  { plain, secure, settings, flights }: NodeAgent,
  request: Pick<UpstreamRequest, "origin" | "path" | "method" | "isApart">,
  { lines, onConnected }: { readonly lines: readonly string[]; readonly onConnected: () => void },
): ClientRequest {
  const { protocol, port, host } = new URL(request.origin);
  const isSecure = protocol === "https:";
  const hostname = hostOf(request.origin);
  const refusal = settings.guard?.refusalOf(hostname, settings.isForeign);
  if (refusal !== undefined) throw refusal;
  const common = {
    host: hostname,
    port: port === "" ? (isSecure ? 443 : 80) : Number(port),
    method: request.method,
    path: request.path,
    headers: [...(hasField(lines, "host") ? [] : ["host", host]), ...lines],
    maxHeaderSize: headerBytesMax,
    noDelay: true,
    ...lookupOf(settings),
  } as const;
  const call = isSecure
    ? httpsRequest({
        ...common,
        agent: request.isApart === true ? false : secure,
        ...tlsOptions(settings.tls),
        servername: settings.tls?.serverName ?? (isIP(hostname) === 0 ? hostname : ""),
      })
    : httpRequest({ ...common, agent: request.isApart === true ? false : plain });
  // Node's own bound would drop what is above it; ours refuses.
  call.maxHeadersCount = 0;
  flights.add(call);
  call.once("close", () => flights.delete(call));
  boundConnect(call, { isSecure, timeoutMs: settings.connectTimeoutMs, onConnected });
  return call;
}

function boundConnect(
  call: ClientRequest,
  {
    isSecure,
    timeoutMs,
    onConnected,
  }: { readonly isSecure: boolean; readonly timeoutMs: number; readonly onConnected: () => void },
): void {
  call.once("socket", (socket) => {
    if (!socket.connecting) return onConnected();
    const timer = setTimeout(() => call.destroy(new Error("no connection in time")), timeoutMs);
    call.once("close", () => clearTimeout(timer));
    socket.once(isSecure ? "secureConnect" : "connect", () => {
      clearTimeout(timer);
      onConnected();
    });
  });
}

/** Whether a flat list has a field of this name. */
export const hasField = (lines: readonly string[], wanted: string): boolean =>
  lines.some((text, at) => at % 2 === 0 && text === wanted);
