import type { UpstreamTls } from "../../exchange/target.ts";
import { GatewayError } from "../../kernel/errors.ts";
import type { DialGuard } from "../../ports/dial-guard.ts";
import type { EndOfTurn } from "../../ports/end-of-turn.ts";
import type { Transport, UpstreamRequest } from "../../ports/transport.ts";
import type { Spans } from "./connection.ts";
import { exchange } from "./exchange.ts";
import { createPool, type Pool } from "./pool.ts";

export interface Http2TransportSettings {
  /** Time to reach a server, until it has said its SETTINGS, of requests that name none. */
  readonly connectTimeoutMs: number;
  /** How long a connection without streams is kept. */
  readonly keepAliveMs: number;
  /** When requests are written. */
  readonly endOfTurn: EndOfTurn;
  /** Absent: whatever is named is dialled. */
  readonly guard?: DialGuard;
  /** Silence on a connection with streams after which the peer is asked whether it lives; absent: 30 s. */
  readonly pingEveryMs?: number;
  /** Time for its answer; absent: 20 s. */
  readonly pingTimeoutMs?: number;
}

/**
 * HTTP/2 to upstreams on `node:http2`: with prior knowledge for `http:`, agreed upon by ALPN for `https:`.
 * `isApart` means nothing here: a stream is apart as it is.
 */
export function createHttp2Transport(settings: Http2TransportSettings): Transport {
  const { endOfTurn, keepAliveMs, connectTimeoutMs, guard } = settings;
  const { pingEveryMs = 30_000, pingTimeoutMs = 20_000 } = settings;
  const spans: Spans = { keepAliveMs, pingEveryMs, pingTimeoutMs };
  const pools = new Map<string, Pool>();
  const ids = new WeakMap<UpstreamTls, number>();
  let count = 0;
  const idOf = (tls: UpstreamTls | undefined): number => {
    if (tls === undefined) return 0;
    const id = ids.get(tls) ?? (count += 1);
    ids.set(tls, id);
    return id;
  };
  const poolOf = ({ origin, tls, connectTimeout, isForeign = false }: UpstreamRequest): Pool => {
    const place = { origin, tls, guard, isForeign, connectTimeoutMs: connectTimeout ?? connectTimeoutMs };
    const key = `${origin} ${idOf(tls)} ${place.connectTimeoutMs} ${isForeign}`;
    const known = pools.get(key);
    if (known !== undefined) return known;
    const pool = createPool(place, spans, () => {
      if (pools.get(key) === pool) pools.delete(key);
    });
    pools.set(key, pool);
    return pool;
  };
  return {
    send: (request, listener) => {
      if (!request.permit.covers(request.origin))
        throw new GatewayError("internal", `a permit of another place was brought for ${request.origin}`);
      const take: Pool["take"] = (waiter) => poolOf(request).take(waiter);
      return exchange({ take, endOfTurn }, request, listener);
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}
