/** `retry-after-ms`, else `retry-after` in seconds or as a date, taken against the answer's own `date`. */
export function readRetryAfter(headers: ReadonlyMap<string, string>): number | undefined {
  const precise = Number(headers.get("retry-after-ms") ?? Number.NaN);
  if (Number.isFinite(precise) && precise >= 0) return precise;
  const text = headers.get("retry-after");
  if (text === undefined || text.trim() === "") return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1000 : undefined;
  const span = parseHttpDate(text) - parseHttpDate(headers.get("date") ?? "");
  return Number.isFinite(span) ? Math.max(0, span) : undefined;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Seconds-precise time of an IMF-fixdate in ms, relative to any fixed day; NaN for other text. Source: RFC 9110, 5.6.7. */
function parseHttpDate(text: string): number {
  const match = /^\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/.exec(text.trim());
  const month = months.indexOf(match?.[2] ?? "");
  if (match === null || month < 0) return Number.NaN;
  const [day, year, hours, minutes, seconds] = [match[1], match[3], match[4], match[5], match[6]].map(Number);
  return (
    ((daysOf(year ?? 0, month + 1, day ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60_000 +
    (seconds ?? 0) * 1000
  );
}

/** Days in the proleptic Gregorian calendar. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return (
    shifted * 365 +
    Math.floor(shifted / 4) -
    Math.floor(shifted / 100) +
    Math.floor(shifted / 400) +
    dayOfYear
  );
}
