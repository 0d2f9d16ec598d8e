import { type EpochMs, epochMs } from "../../kernel/units.ts";

const pattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?Z$/;

/**
 * The point in time of an RFC 3339 text in UTC, as Google writes it; `undefined` for any other text.
 * Source: days-from-civil, Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
 */
export function readTime(text: string): EpochMs | undefined {
  const found = pattern.exec(text);
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(1, 7).map(Number);
  const shifted = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  const days = shifted * 365 + leapDays + dayOfYear - 719_468;
  const ms = Number((found[7] ?? "").padEnd(3, "0").slice(0, 3));
  return epochMs((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms);
}
