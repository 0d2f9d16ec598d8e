import { connect as connectPlain, isIP, Socket } from "node:net";
import { type ConnectionOptions, connect as connectSecure } from "node:tls";
import type { UpstreamTls } from "../../exchange/target.ts";
import type { DialGuard } from "../../ports/dial-guard.ts";

/** Where connections go, and how. */
export interface Place {
  readonly origin: string;
  readonly tls: UpstreamTls | undefined;
  readonly connectTimeoutMs: number;
  /** Whether it was named by somebody else than the configuration. */
  readonly isForeign: boolean;
  /** Absent: whatever is named is dialled. */
  readonly guard: DialGuard | undefined;
}

/**
 * Opens a connection on which HTTP/2 is spoken: with prior knowledge for `http:`, agreed upon by ALPN for `https:`.
 *
 * @param onOpen Called once it is open; `false`: the server speaks something else.
 */
export function openSocket(place: Place, onOpen: (speaksHttp2: boolean) => void): Socket {
  const { origin, tls, guard, isForeign } = place;
  const { protocol, port, hostname } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, "");
  const refusal = guard?.refusalOf(host, isForeign);
  if (refusal !== undefined) return new Socket().destroy(refusal);
  const lookup = guard === undefined ? {} : { lookup: guard.lookup(isForeign) };
  if (protocol === "http:") {
    const socket = connectPlain({ ...lookup, host, port: port === "" ? 80 : Number(port), noDelay: true });
    return socket.once("connect", () => onOpen(true));
  }
  const socket = connectSecure({
    ...lookup,
    host,
    port: port === "" ? 443 : Number(port),
    servername: tls?.serverName ?? (isIP(host) === 0 ? host : ""),
    ALPNProtocols: ["h2"],
    ...tlsOptions(tls),
  });
  socket.setNoDelay(true);
  return socket.once("secureConnect", () => onOpen(socket.alpnProtocol === "h2"));
}

/** The settings of `UpstreamTls` in Node's words. */
function tlsOptions(tls: UpstreamTls | undefined): ConnectionOptions {
  if (tls === undefined) return {};
  return {
    ...(tls.ca !== undefined && { ca: tls.ca }),
    ...(tls.cert !== undefined && { cert: tls.cert }),
    ...(tls.key !== undefined && { key: tls.key }),
    rejectUnauthorized: tls.isUnverified !== true,
  };
}
