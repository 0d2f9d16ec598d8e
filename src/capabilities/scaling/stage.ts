import type { RequestRecord } from "../../exchange/settlement.ts";
import { workOf } from "../../exchange/work.ts";
import { createDemandSeries, type DemandSeries, type PoolDemand } from "./demand-series.ts";
import { type KeptDemand, readKeptDemand } from "./kept-state.ts";
import type { ScalingSettings } from "./settings.ts";

/** Door 10 teaches it; the timer closes its windows. Times in ms since 1970. Owned by one gateway. */
export interface Scaling {
  /** What a request has consumed. */
  readonly settled: (record: RequestRecord) => void;
  /** A window is over. @returns Each pool with what it needs now. */
  readonly close: (now: number) => ReadonlyMap<string, PoolDemand>;
  readonly states: () => ReadonlyMap<string, PoolDemand>;
  /** Other pools, or other rules: what is known of a pool that stays is kept. */
  readonly configure: (settings: ScalingSettings) => void;
  /** `undefined`: there are no pools. */
  readonly kept: () => KeptDemand | undefined;
  /** Goes on from what was stored; the windows since then are not known. False: it is no such state. */
  readonly restore: (stored: unknown, now: number) => boolean;
}

/** A window that was shorter or longer than this share says nothing of the rate. */
const wholeShare = 0.9;
const gapMax = 20_000;

export function createScaling(first: ScalingSettings, startedAt: number): Scaling {
  let settings = first;
  let openedAt = startedAt;
  const series = new Map<string, DemandSeries>();
  const work = new Map<string, number>();
  const rates = new Map<string, Float64Array>();
  const build = (): void => {
    for (const [name, one] of series) rates.set(name, one.kept());
    series.clear();
    const { windowMs } = settings;
    for (const [name, pool] of Object.entries(settings.pools)) {
      const known = rates.get(name);
      series.set(
        name,
        createDemandSeries(pool, { windowMs, ...(known === undefined ? {} : { rates: known }) }),
      );
    }
    rates.clear();
  };
  build();
  return {
    settled: ({ model, provider, upstreamModel, usage }) => {
      if (series.size === 0 || provider === null) return;
      const done = usage === null ? 0 : workOf(usage);
      for (const name of new Set([model, provider, `${provider}/${upstreamModel}`]))
        if (name !== null && series.has(name)) work.set(name, (work.get(name) ?? 0) + done);
    },
    close: (now) => {
      const tookMs = now - openedAt;
      openedAt = now;
      const isWhole = tookMs >= wholeShare * settings.windowMs && tookMs <= settings.windowMs / wholeShare;
      for (const [name, one] of series)
        one.close(isWhole ? ((work.get(name) ?? 0) * 1000) / tookMs : undefined);
      work.clear();
      return statesOf(series);
    },
    states: () => statesOf(series),
    configure: (next) => {
      if (JSON.stringify(next) === JSON.stringify(settings)) return;
      if (next.windowMs !== settings.windowMs) series.clear();
      settings = next;
      build();
    },
    kept: () =>
      series.size === 0
        ? undefined
        : {
            version: 1,
            windowMs: settings.windowMs,
            at: openedAt,
            pools: new Map([...series].map(([name, one]) => [name, one.kept()])),
          },
    restore: (stored, now) => {
      const state = readKeptDemand(stored);
      if (state === undefined) return false;
      if (state.windowMs !== settings.windowMs) return true;
      const gap = Math.min(gapMax, Math.max(0, Math.round((now - state.at) / state.windowMs)));
      series.clear();
      for (const [name, known] of state.pools) {
        const all = new Float64Array(known.length + gap).fill(Number.NaN);
        all.set(known);
        rates.set(name, all);
      }
      build();
      openedAt = now;
      return true;
    },
  };
}

const statesOf = (series: ReadonlyMap<string, DemandSeries>): ReadonlyMap<string, PoolDemand> =>
  new Map([...series].map(([name, one]) => [name, one.state()]));
