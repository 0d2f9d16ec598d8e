import { type EpochMs, epochMs } from "../../kernel/units.ts";

/** A day of the calendar, in no zone: days since 1970-01-01. */
export type CivilDay = number;

export interface CivilDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

const dayMs = 86_400_000;
/** No zone has been further from UTC: -15:14 (Manila, before 1845) and +15:13 (Metlakatla, before 1867). */
const offsetMaxMs = 16 * 3_600_000;

/** Where days begin. */
export interface Zone {
  readonly dayOf: (at: EpochMs) => CivilDay;
  /**
   * The first moment at which it is `day` there: midnight, or what takes its place where a clock skips midnight. A day
   * that a zone has left out altogether begins with the next.
   */
  readonly startOf: (day: CivilDay) => EpochMs;
}

/** Whether `name` is a zone of the IANA database, as this engine knows it. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions();
    return true;
  } catch {
    return false;
  }
}

/**
 * A zone by its IANA name. `Intl` is asked with the moment in hand, so the answer depends on nothing else: what day a
 * moment is of only ever rises with time (clocks are set back within a day), so the first moment of a day is found by
 * halving.
 */
export function zoneOf(name: string): Zone {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: name,
    calendar: "gregory",
    numberingSystem: "latn",
    year: "numeric",
    month: "numeric",
    day: "numeric",
  });
  const dayOf = (at: EpochMs): CivilDay => {
    const found = { year: 1970, month: 1, day: 1 };
    for (const { type, value } of format.formatToParts(at)) {
      if (type === "year" || type === "month" || type === "day") found[type] = Number(value);
    }
    return dayOfDate(found);
  };
  return {
    dayOf,
    startOf: (day) => {
      let before = day * dayMs - offsetMaxMs;
      let from = day * dayMs + offsetMaxMs + dayMs;
      while (from - before > 1) {
        const middle = Math.floor((before + from) / 2);
        if (dayOf(epochMs(middle)) >= day) from = middle;
        else before = middle;
      }
      return epochMs(from);
    },
  };
}

/** Source: days-from-civil, Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
export function dayOfDate({ year, month, day }: CivilDate): CivilDay {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  );
}

/** Source: civil-from-days, of the same. */
export function dateOfDay(civil: CivilDay): CivilDate {
  const shifted = civil + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}
