import {
  listModels,
  listQuirks,
  listUpstreams,
  type ModelEntry,
  type ModelTarget,
  type Quirk,
  type UpstreamState,
} from "../generated/client.ts";

/** What is known of providers and models, of one moment. */
export interface KnownUpstreams {
  readonly upstreams: readonly UpstreamState[];
  readonly models: readonly ModelEntry[];
  /** Models that requests have reached; the last tried first. */
  readonly seen: readonly ModelTarget[];
  readonly quirks: readonly Quirk[];
  readonly now: number;
}

/** How often it is asked for. */
export const upstreamsEveryMs = 5000;

/** Asks for everything at once. */
export async function readUpstreams(signal: AbortSignal): Promise<KnownUpstreams> {
  const [{ upstreams }, { models, seen }, { quirks }] = await Promise.all([
    listUpstreams({ signal }),
    listModels({ signal }),
    listQuirks({ signal }),
  ]);
  return { upstreams, models, seen, quirks, now: Date.now() };
}
