import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochMs, isoTime } from "../../kernel/units.ts";
import { type PeriodLength, periodAt } from "./period.ts";
import { dateOfDay, dayOfDate, isZone, zoneOf } from "./zone.ts";

const hour = 3_600_000;

interface Case {
  readonly name: string;
  readonly zone: string;
  readonly period: PeriodLength;
  readonly startDay?: number;
  readonly now: string;
  readonly start: string;
  readonly end: string;
}

const span = ({ zone, period, startDay = 1, now }: Case) => {
  const { start, end } = periodAt({ period, startDay }, zoneOf(zone), epochMs(Date.parse(now)));
  return { start: isoTime(start), end: end === undefined ? undefined : isoTime(end) };
};

const days: readonly (Case & { readonly hours: number })[] = [
  {
    name: "a day of UTC",
    ...{ zone: "UTC", period: "day", now: "2026-11-28T11:00:00Z", hours: 24 },
    ...{ start: "2026-11-28T00:00:00.000Z", end: "2026-11-29T00:00:00.000Z" },
  },
  {
    name: "the 23 hours of Berlin's spring",
    ...{ zone: "Europe/Berlin", period: "day", now: "2026-03-29T10:00:00Z", hours: 23 },
    ...{ start: "2026-03-28T23:00:00.000Z", end: "2026-03-29T22:00:00.000Z" },
  },
  {
    name: "the 25 hours of Berlin's autumn",
    ...{ zone: "Europe/Berlin", period: "day", now: "2026-10-25T01:30:00Z", hours: 25 },
    ...{ start: "2026-10-24T22:00:00.000Z", end: "2026-10-25T23:00:00.000Z" },
  },
  {
    name: "New York's spring",
    ...{ zone: "America/New_York", period: "day", now: "2026-03-08T12:00:00Z", hours: 23 },
    ...{ start: "2026-03-08T05:00:00.000Z", end: "2026-03-09T04:00:00.000Z" },
  },
  {
    name: "half an hour of Lord Howe",
    ...{ zone: "Australia/Lord_Howe", period: "day", now: "2026-04-04T20:00:00Z", hours: 24.5 },
    ...{ start: "2026-04-04T13:00:00.000Z", end: "2026-04-05T13:30:00.000Z" },
  },
  {
    name: "a day without midnight: Cairo's clocks go from 00:00 to 01:00",
    ...{ zone: "Africa/Cairo", period: "day", now: "2026-04-24T10:00:00Z", hours: 23 },
    ...{ start: "2026-04-23T22:00:00.000Z", end: "2026-04-24T21:00:00.000Z" },
  },
  {
    name: "a midnight that comes twice: Beirut's clocks go from 00:00 back to 23:00",
    ...{ zone: "Asia/Beirut", period: "day", now: "2026-10-24T10:00:00Z", hours: 25 },
    ...{ start: "2026-10-23T21:00:00.000Z", end: "2026-10-24T22:00:00.000Z" },
  },
  {
    name: "the day after the one that Samoa left out",
    ...{ zone: "Pacific/Apia", period: "day", now: "2011-12-30T12:00:00Z", hours: 24 },
    ...{ start: "2011-12-30T10:00:00.000Z", end: "2011-12-31T10:00:00.000Z" },
  },
  {
    name: "Kiritimati, 14 hours ahead",
    ...{ zone: "Pacific/Kiritimati", period: "day", now: "2026-11-28T09:59:59Z", hours: 24 },
    ...{ start: "2026-11-27T10:00:00.000Z", end: "2026-11-28T10:00:00.000Z" },
  },
];

const longer: readonly Case[] = [
  {
    name: "a week from Monday, of a Sunday",
    ...{ zone: "UTC", period: "week", now: "2026-11-29T23:59:59Z" },
    ...{ start: "2026-11-23T00:00:00.000Z", end: "2026-11-30T00:00:00.000Z" },
  },
  {
    name: "a week from Sunday, of that Sunday",
    ...{ zone: "UTC", period: "week", startDay: 7, now: "2026-11-29T00:00:00Z" },
    ...{ start: "2026-11-29T00:00:00.000Z", end: "2026-12-06T00:00:00.000Z" },
  },
  {
    name: "a week before 1970",
    ...{ zone: "UTC", period: "week", now: "1969-12-28T12:00:00Z" },
    ...{ start: "1969-12-22T00:00:00.000Z", end: "1969-12-29T00:00:00.000Z" },
  },
  {
    name: "a month with the change of clocks in it",
    ...{ zone: "Europe/Berlin", period: "month", now: "2026-10-31T22:59:59Z" },
    ...{ start: "2026-09-30T22:00:00.000Z", end: "2026-10-31T23:00:00.000Z" },
  },
  {
    name: "a month from the 31st, in February: its last day",
    ...{ zone: "UTC", period: "month", startDay: 31, now: "2026-02-28T00:00:00Z" },
    ...{ start: "2026-02-28T00:00:00.000Z", end: "2026-03-31T00:00:00.000Z" },
  },
  {
    name: "the same the day before",
    ...{ zone: "UTC", period: "month", startDay: 31, now: "2026-02-27T23:59:59.999Z" },
    ...{ start: "2026-01-31T00:00:00.000Z", end: "2026-02-28T00:00:00.000Z" },
  },
  {
    name: "the 30th in a leap year",
    ...{ zone: "UTC", period: "month", startDay: 30, now: "2028-02-29T12:00:00Z" },
    ...{ start: "2028-02-29T00:00:00.000Z", end: "2028-03-30T00:00:00.000Z" },
  },
  {
    name: "a month over the turn of a year",
    ...{ zone: "UTC", period: "month", startDay: 15, now: "2027-01-14T23:00:00Z" },
    ...{ start: "2026-12-15T00:00:00.000Z", end: "2027-01-15T00:00:00.000Z" },
  },
  {
    name: "the last quarter of a year",
    ...{ zone: "Asia/Tokyo", period: "quarter", now: "2026-11-28T00:00:00Z" },
    ...{ start: "2026-09-30T15:00:00.000Z", end: "2026-12-31T15:00:00.000Z" },
  },
  {
    name: "a quarter from its 15th, on the 14th",
    ...{ zone: "UTC", period: "quarter", startDay: 15, now: "2026-10-14T00:00:00Z" },
    ...{ start: "2026-07-15T00:00:00.000Z", end: "2026-10-15T00:00:00.000Z" },
  },
  {
    name: "a year",
    ...{ zone: "America/Los_Angeles", period: "year", now: "2027-01-01T07:59:59Z" },
    ...{ start: "2026-01-01T08:00:00.000Z", end: "2027-01-01T08:00:00.000Z" },
  },
];

describe("periodAt", () => {
  it.for(days)("$name", (one) => {
    expect(span(one)).toEqual({ start: one.start, end: one.end });
    expect((Date.parse(one.end) - Date.parse(one.start)) / hour).toBe(one.hours);
  });

  it.for(longer)("$name", (one) => {
    expect(span(one)).toEqual({ start: one.start, end: one.end });
  });

  it("never ends of all time", () => {
    expect(periodAt({ period: "total", startDay: 1 }, zoneOf("UTC"), epochMs(5))).toEqual({
      start: 0,
      end: undefined,
    });
  });

  it("leaves no gap and no overlap, in any zone, whatever the period", () => {
    const zones = ["UTC", "Europe/Berlin", "America/Havana", "Asia/Beirut", "Pacific/Apia", "Asia/Kathmandu"];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom<PeriodLength>("day", "week", "month", "quarter", "year"),
        fc.integer({ min: 1, max: 31 }),
        fc.integer({ min: Date.UTC(1985, 0), max: Date.UTC(2036, 0) }),
        (name, period, day, at) => {
          const rules = { period, startDay: period === "week" ? ((day - 1) % 7) + 1 : day };
          const zone = zoneOf(name);
          const { start, end = epochMs(0) } = periodAt(rules, zone, epochMs(at));
          expect(start).toBeLessThanOrEqual(at);
          expect(end).toBeGreaterThan(at);
          expect(periodAt(rules, zone, start)).toEqual({ start, end });
          expect(periodAt(rules, zone, epochMs(end - 1))).toEqual({ start, end });
          expect(periodAt(rules, zone, end).start).toBe(end);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("a civil day", () => {
  it("is the same there and back", () => {
    fc.assert(
      fc.property(fc.integer({ min: -800_000, max: 800_000 }), (day) => {
        expect(dayOfDate(dateOfDay(day))).toBe(day);
      }),
    );
    expect(dateOfDay(dayOfDate({ year: 2028, month: 2, day: 29 }))).toEqual({
      year: 2028,
      month: 2,
      day: 29,
    });
  });
});

describe("isZone", () => {
  it("knows the zones of the world, and no others", () => {
    expect(["UTC", "Europe/Berlin", "Mars/Olympus", ""].map(isZone)).toEqual([true, true, false, false]);
  });
});
