import { isIP } from "node:net";
import { buildConnector } from "undici";
import type { UpstreamTls } from "../../exchange/target.ts";
import type { UpstreamRequest } from "../../ports/transport.ts";

export interface ConnectSettings {
  readonly connectTimeoutMs: number;
  readonly tls: UpstreamTls | undefined;
}

/** The settings of `UpstreamTls` in Node's words. */
export function tlsOptions(tls: UpstreamTls | undefined): {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized: boolean;
} {
  return {
    ...(tls?.ca !== undefined && { ca: tls.ca }),
    ...(tls?.cert !== undefined && { cert: tls.cert }),
    ...(tls?.key !== undefined && { key: tls.key }),
    rejectUnauthorized: tls?.isUnverified !== true,
  };
}

/** Opens connections. No address is asked for by name: RFC 6066, section 3 forbids it. */
export function connectorOf({ connectTimeoutMs, tls }: ConnectSettings): buildConnector.connector {
  const connect = buildConnector({ allowH2: false, timeout: connectTimeoutMs, ...tlsOptions(tls) });
  return (options, callback) =>
    connect(isIP(options.servername ?? "") === 0 ? options : { ...options, servername: "" }, callback);
}

/**
 * The name that is checked, where undici would take another: it goes by the `host` of the request,
 * which need not be who is asked.
 */
export function serverName({ origin, headers, tls }: UpstreamRequest): string | undefined {
  if (!origin.startsWith("https:")) return undefined;
  if (tls?.serverName !== undefined) return tls.serverName;
  for (let at = 0; at < headers.length; at += 2) if (headers[at] === "host") return hostOf(origin);
  return undefined;
}

/** The host of an origin; an IPv6 address without its brackets. */
export const hostOf = (origin: string): string => new URL(origin).hostname.replace(/^\[|\]$/g, "");
