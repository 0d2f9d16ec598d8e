import { knownNanoUsd, type RequestRecord } from "../../exchange/settlement.ts";
import { historyOf, usdOf } from "./history.ts";
import { type KeptSpend, readKeptSpend } from "./kept-state.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { type Day, dateOf, dayOf, hourMs, monthOf } from "./month.ts";
import { type Band, bandsToEnd, type RestOfMonth, restOfMonth } from "./rest-of-month.ts";
import { costForecastBounds } from "./settings.ts";
import { createUpTime } from "./up-time.ts";

/** The scope of the whole installation; others are `key:ID`, `route:MODEL` and `provider:ID`. */
export const wholeInstallation = "all";

/** What one scope has cost this month, and what it will have cost at its end. */
export interface MonthEnd {
  readonly scope: string;
  /** `2026-11`, UTC. */
  readonly month: string;
  readonly monthToDateUsd: number;
  /** Requests of this month whose cost is known, and others: these are in no figure here. */
  readonly calls: number;
  readonly unpriced: number;
  /** Of the whole month; `null`: too little is known for a band. */
  readonly p10Usd: number | null;
  readonly p50Usd: number;
  readonly p90Usd: number | null;
  /** Fewer than seven days are known: it goes on as it has on average. */
  readonly isThin: boolean;
  /** Whole days that it was learned from. */
  readonly knownDays: number;
}

export interface SpentDay {
  /** `2026-11-27`, UTC. */
  readonly date: string;
  readonly spentUsd: number;
  readonly calls: number;
  readonly unpriced: number;
}

/** What the month will have cost by the end of a day. */
export interface DayAhead {
  readonly date: string;
  readonly p10Usd: number | null;
  readonly p50Usd: number;
  readonly p90Usd: number | null;
}

export interface CostForecast extends MonthEnd {
  /** The last 31 days, oldest first; the last is today, as far as it has come. */
  readonly days: readonly SpentDay[];
  /** From today to the last day of the month. */
  readonly ahead: readonly DayAhead[];
}

/** Door 10 teaches it, the timer tells it that the gateway is up. Times in ms since 1970. Owned by one gateway. */
export interface CostForecaster {
  readonly settled: (
    record: Pick<RequestRecord, "at" | "keyId" | "model" | "provider" | "cost" | "usage">,
  ) => void;
  readonly isUp: (now: number) => void;
  /** The last 31 days of a scope, oldest first; the last is today, as far as it has come. */
  readonly days: (scope: string, now: number) => readonly SpentDay[];
  /** `undefined`: nothing was spent there. */
  readonly forecast: (scope: string, now: number) => CostForecast | undefined;
  /** The scopes that have cost the most this month, the whole installation first. */
  readonly dearest: (limit: number, now: number) => readonly MonthEnd[];
  readonly scopes: () => readonly string[];
  readonly kept: () => KeptSpend;
  /** Goes on from what was stored. False: it is no such state. */
  readonly restore: (stored: unknown) => boolean;
}

/** What a month still costs from the start of an hour. */
interface RestAtHour extends RestOfMonth {
  readonly hour: number;
  /** For each day from today to the last of the month. */
  readonly bands: () => readonly Band[];
}

const daysShown = 31;

export function createCostForecaster(startedAt: number): CostForecaster {
  let ledger = createLedger(wholeInstallation);
  let upTime = createUpTime(startedAt);
  let sweptOn: Day = dayOf(startedAt);
  /** What is still spent changes with the hour: until then it is not made anew. */
  const rests = new Map<string, RestAtHour>();
  const restOf = (scope: string, now: number): RestAtHour => {
    const hour = Math.floor(now / hourMs);
    const known = rests.get(scope);
    if (known?.hour === hour) return known;
    const history = historyOf(scope, hour * hourMs, { ledger, upTime });
    let bands: readonly Band[] | undefined;
    const made: RestAtHour = {
      hour,
      ...restOfMonth(history),
      bands: () => {
        bands ??= bandsToEnd(history);
        return bands;
      },
    };
    // A straight line goes by what today has cost, and is made in no time.
    if (!made.isThin) rests.set(scope, made);
    return made;
  };
  const monthEnd = (scope: string, now: number): MonthEnd => {
    const { name, first } = monthOf(dayOf(now));
    const spent = ledger.read(scope, first, dayOf(now));
    const rest = restOf(scope, now);
    const { p10, p50, p90 } = rest.end;
    const monthToDateUsd = usdOf(spent.nanoUsd);
    return {
      scope,
      month: name,
      monthToDateUsd,
      calls: spent.calls,
      unpriced: spent.unpriced,
      p10Usd: sumOf(monthToDateUsd, p10),
      p50Usd: monthToDateUsd + p50,
      p90Usd: sumOf(monthToDateUsd, p90),
      isThin: rest.isThin,
      knownDays: rest.knownDays,
    };
  };
  return {
    settled: (record) => {
      const { at, cost, usage } = record;
      if (cost === null) return;
      // Of an answer whose usage nobody told no price is missing.
      const booked = usage === null ? knownNanoUsd(cost) : cost.nanoUsd;
      for (const scope of scopesOf(record)) ledger.book(scope, at, booked);
    },
    isUp: (now) => {
      upTime.tell(now);
      if (dayOf(now) === sweptOn) return;
      sweptOn = dayOf(now);
      ledger.sweep(sweptOn);
      rests.clear();
    },
    days: (scope, now) => daysOf(ledger, scope, dayOf(now)),
    forecast: (scope, now) => {
      if (ledger.since(scope) === undefined && scope !== wholeInstallation) return undefined;
      const end = monthEnd(scope, now);
      const today = dayOf(now);
      const days = daysOf(ledger, scope, today);
      const ahead = restOf(scope, now)
        .bands()
        .map(({ p10, p50, p90 }, index) => ({
          date: dateOf(today + index),
          p10Usd: sumOf(end.monthToDateUsd, p10),
          p50Usd: end.monthToDateUsd + p50,
          p90Usd: sumOf(end.monthToDateUsd, p90),
        }));
      return { ...end, days, ahead };
    },
    dearest: (limit, now) => {
      const today = dayOf(now);
      const { first } = monthOf(today);
      const others = ledger
        .scopes()
        .filter((scope) => scope !== wholeInstallation)
        .map((scope) => ({ scope, spent: ledger.read(scope, first, today).nanoUsd }))
        .toSorted((left, right) => Number(right.spent - left.spent) || (left.scope < right.scope ? -1 : 1))
        .slice(0, limit);
      return [wholeInstallation, ...others.map(({ scope }) => scope)].map((scope) => monthEnd(scope, now));
    },
    scopes: () => [...new Set([wholeInstallation, ...ledger.scopes()])],
    kept: () => ({ version: 1, scopes: ledger.kept(), up: upTime.kept() }),
    restore: (stored) => {
      const state = readKeptSpend(stored);
      if (state === undefined) return false;
      ledger = createLedger(wholeInstallation, state.scopes);
      upTime = createUpTime(startedAt, state.up);
      rests.clear();
      return true;
    },
  };
}

const sumOf = (spent: number, rest: number | null): number | null => (rest === null ? null : spent + rest);

function scopesOf({ keyId, model, provider }: Parameters<CostForecaster["settled"]>[0]): readonly string[] {
  const named = [
    keyId === null ? null : `key:${keyId}`,
    model === null ? null : `route:${model}`,
    provider === null ? null : `provider:${provider}`,
  ];
  const short = named.filter((scope) => scope !== null && scope.length <= costForecastBounds.scopeCharsMax);
  return [wholeInstallation, ...short.filter((scope) => scope !== null)];
}

const daysOf = (ledger: Ledger, scope: string, today: Day): readonly SpentDay[] =>
  Array.from({ length: daysShown }, (_, index) => {
    const day = today - daysShown + 1 + index;
    const { nanoUsd, calls, unpriced } = ledger.read(scope, day);
    return { date: dateOf(day), spentUsd: usdOf(nanoUsd), calls, unpriced };
  });
