const shape =
  /^(?<year>\d{4})-(?<month>0[1-9]|1[0-2])-(?<day>\d{2})(?:T(?<hour>[01]\d|2[0-3]):(?<minute>[0-5]\d)(?::(?<second>[0-5]\d))?Z)?$/;

/**
 * Reads `2026-11-01` (its midnight) or `2026-11-01T08:30:00Z`, UTC, as milliseconds since 1970; `undefined` when there
 * is no such day or time.
 */
export function parseMoment(text: string): number | undefined {
  const found = shape.exec(text)?.groups;
  if (found === undefined) return undefined;
  const part = (name: string): number => Number(found[name] ?? 0);
  const [year, month, day] = [part("year"), part("month"), part("day")];
  if (day < 1 || day > daysIn(year, month)) return undefined;
  const seconds = (part("hour") * 60 + part("minute")) * 60 + part("second");
  return (daysSince1970(year, month, day) * 86_400 + seconds) * 1000;
}

function daysIn(year: number, month: number): number {
  const next = month === 12 ? daysSince1970(year + 1, 1, 1) : daysSince1970(year, month + 1, 1);
  return next - daysSince1970(year, month, 1);
}

/**
 * The days from 1970-01-01 to a day of the Gregorian calendar.
 * Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
 */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
