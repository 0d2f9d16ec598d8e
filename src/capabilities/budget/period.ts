import { type EpochMs, epochMs } from "../../kernel/units.ts";
import { type CivilDay, dateOfDay, dayOfDate, type Zone } from "./zone.ts";

export const periods = ["day", "week", "month", "quarter", "year", "total"] as const;
export type PeriodLength = (typeof periods)[number];

/** When a budget begins anew. */
export interface PeriodRules {
  readonly period: PeriodLength;
  /**
   * Of a week: 1 (Monday) to 7. Of a month, a quarter and a year: the day of its first month, 1 to 31; a month that is
   * shorter begins on its last day. Of a day and of all time: nothing.
   */
  readonly startDay: number;
}

export interface Period {
  /** Inclusive; 0 of a budget for all time. */
  readonly start: EpochMs;
  /** Exclusive; `undefined`: it never ends. */
  readonly end: EpochMs | undefined;
}

/** The period that `now` is in; its borders are local midnights, so a day of it may have 23 or 25 hours. */
export function periodAt(rules: PeriodRules, zone: Zone, now: EpochMs): Period {
  if (rules.period === "total") return { start: epochMs(0), end: undefined };
  const [first, next] = daysAround(rules.period, rules.startDay, zone.dayOf(now));
  return { start: zone.startOf(first), end: zone.startOf(next) };
}

function daysAround(
  period: Exclude<PeriodLength, "total">,
  startDay: number,
  today: CivilDay,
): readonly [first: CivilDay, next: CivilDay] {
  switch (period) {
    case "day":
      return [today, today + 1];
    case "week": {
      // 1970-01-01 was a Thursday: day 4 of its week.
      const sinceStart = (((today + 3 - (startDay - 1)) % 7) + 7) % 7;
      return [today - sinceStart, today - sinceStart + 7];
    }
    case "month":
      return monthsAround(1, startDay, today);
    case "quarter":
      return monthsAround(3, startDay, today);
    case "year":
      return monthsAround(12, startDay, today);
  }
}

function monthsAround(
  span: number,
  startDay: number,
  today: CivilDay,
): readonly [first: CivilDay, next: CivilDay] {
  const { year, month } = dateOfDay(today);
  const index = year * 12 + month - 1;
  const inCalendar = index - (index % span);
  const first = firstOf(inCalendar, startDay) <= today ? inCalendar : inCalendar - span;
  return [firstOf(first, startDay), firstOf(first + span, startDay)];
}

/** @param index Months since the year 0. */
function firstOf(index: number, startDay: number): CivilDay {
  const monthFrom = (of: number) => dayOfDate({ year: Math.floor(of / 12), month: (of % 12) + 1, day: 1 });
  const first = monthFrom(index);
  return first + Math.min(startDay, monthFrom(index + 1) - first) - 1;
}
