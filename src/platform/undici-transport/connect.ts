import { isIP } from "node:net";
import { buildConnector } from "undici";
import type { UpstreamTls } from "../../exchange/target.ts";
import type { DialGuard } from "../../ports/dial-guard.ts";
import type { UpstreamRequest } from "../../ports/transport.ts";

export interface ConnectSettings {
  readonly connectTimeoutMs: number;
  readonly tls: UpstreamTls | undefined;
  /** Whether the place was named by somebody else than the configuration. */
  readonly isForeign: boolean;
  /** Absent: whatever is named is dialled. */
  readonly guard?: DialGuard;
}

/** How names are resolved for a socket; empty: as the system does. */
export const lookupOf = ({ guard, isForeign }: Pick<ConnectSettings, "guard" | "isForeign">) =>
  guard === undefined ? {} : { lookup: guard.lookup(isForeign) };

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

/** Opens connections, to where the guard lets them go. No address is asked for by name: RFC 6066, section 3 forbids it. */
export function connectorOf(settings: ConnectSettings): buildConnector.connector {
  const { connectTimeoutMs, tls, guard, isForeign } = settings;
  const common = { allowH2: false, timeout: connectTimeoutMs, ...tlsOptions(tls), ...lookupOf(settings) };
  const connect = buildConnector(common);
  return (options, callback) => {
    const refusal = guard?.refusalOf(options.hostname.replace(/^\[|\]$/g, ""), isForeign);
    if (refusal !== undefined) return callback(refusal, null);
    connect(isIP(options.servername ?? "") === 0 ? options : { ...options, servername: "" }, callback);
  };
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
