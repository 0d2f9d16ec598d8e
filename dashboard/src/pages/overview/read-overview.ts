import {
  type GatewayState,
  listUpstreams,
  readSeries,
  readStats,
  type Series,
  type UpstreamState,
} from "../../generated/client.ts";

/** All that the overview shows, of one moment. */
export interface Overview {
  readonly gateway: GatewayState;
  readonly series: Series;
  readonly upstreams: readonly UpstreamState[];
  /** The gateway's clock: ms since 1970. */
  readonly now: number;
}

export const minutesShown = 15;

/** Asks for everything at once. */
export async function readOverview(signal: AbortSignal): Promise<Overview> {
  const [{ gateway }, series, { upstreams }] = await Promise.all([
    readStats({ signal }),
    readSeries({ minutes: minutesShown }, { signal }),
    listUpstreams({ signal }),
  ]);
  return { gateway, series, upstreams, now: gateway.startedAt + gateway.uptimeMs };
}
