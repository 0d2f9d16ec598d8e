import { epochMs, isoTime } from "../../kernel/units.ts";

/** A UTC day, counted from 1970-01-01. */
export type Day = number;

export const dayMs = 86_400_000;
export const hourMs = 3_600_000;

export const dayOf = (at: number): Day => Math.floor(at / dayMs);

/** `2026-11-27`. */
export const dateOf = (day: Day): string => isoTime(epochMs(day * dayMs)).slice(0, 10);

/** The first and the last day of the calendar month that `day` is in. */
export function monthOf(day: Day): { readonly name: string; readonly first: Day; readonly last: Day } {
  const date = dateOf(day);
  const name = date.slice(0, 7);
  let last = day;
  while (dateOf(last + 1).startsWith(name)) last += 1;
  return { name, first: day - Number(date.slice(8)) + 1, last };
}
