import {
  type ConfigProblem,
  type GatewayState,
  listUpstreams,
  readConfig,
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
  /** Why the newest configuration file was not taken. */
  readonly problems: readonly ConfigProblem[];
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
  // A gateway that is well has none; the configuration is too large to be asked for each time.
  const { problems } = gateway.degraded.length === 0 ? { problems: [] } : await readConfig({ signal });
  return { gateway, series, upstreams, problems, now: gateway.startedAt + gateway.uptimeMs };
}
