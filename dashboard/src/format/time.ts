import { unknown } from "./numbers.ts";

/** A span of time: `0.04 ms`, `312 ms`, `4.21 s`, `2 min 5 s`. */
export function span(ms: number | null): string {
  if (ms === null) return unknown;
  if (ms < 0.005) return "0 ms";
  if (ms < 10) return `${Number(ms.toFixed(2))} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  return longSpan(ms);
}

/** A long span of time in its two largest units: `3 d 4 h`. */
export function longSpan(ms: number): string {
  const total = Math.max(0, Math.round(ms / 1000));
  const parts = [
    [Math.floor(total / 86_400), "d"],
    [Math.floor(total / 3600) % 24, "h"],
    [Math.floor(total / 60) % 60, "min"],
    [total % 60, "s"],
  ] as const;
  const first = parts.findIndex(([size]) => size > 0);
  if (first === -1) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([size]) => size > 0)
    .map(([size, unit]) => `${size} ${unit}`)
    .join(" ");
}

/** How long ago: `now`, `12 s ago`, `3 h ago`. */
export function ago(at: number, now: number): string {
  const ms = now - at;
  if (ms < 2000) return "now";
  const [largest = "0", unit = "s"] = longSpan(ms).split(" ");
  return `${largest} ${unit} ago`;
}

const clockFormat = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const minuteFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** The time of day, local: `14:03:59`. */
export const clock = (at: number): string => clockFormat.format(at);
/** The minute, local: `14:03`. */
export const minute = (at: number): string => minuteFormat.format(at);
/** The day, local: `25 Nov 2026`. */
export const day = (at: number): string => dayFormat.format(at);
/** The moment to the millisecond, UTC, as logs have it. */
export const moment = (at: number): string => new Date(at).toISOString();

/** The time of day if `at` is of the same day as `now`, else with the day before it. */
export function clockOrDay(at: number, now: number): string {
  const isToday = day(at) === day(now);
  return isToday ? clock(at) : `${day(at).replace(/ \d{4}$/, "")} ${minute(at)}`;
}
