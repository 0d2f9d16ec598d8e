import type { LoggedRequest } from "../../ports/event-log.ts";

/** A UTC day, `2026-11-23`; days sort as text. */
export type Day = string;

const uuidv7Shape = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-/;

const dayMs = 86_400_000;
let lastNumber = -1;
let lastDay: Day = "";

/** The UTC day of a moment given in ms since 1970. The last answer is remembered: records come by the thousand a day. */
export function dayAt(at: number): Day {
  const number = Math.floor(at / dayMs);
  if (number !== lastNumber) {
    lastDay = new Date(at).toISOString().slice(0, 10);
    lastNumber = number;
  }
  return lastDay;
}

/** The UTC day in which a UUIDv7 was made; `undefined` for an id of another kind. Source: RFC 9562, section 5.7. */
export function dayOfId(id: string): Day | undefined {
  const found = uuidv7Shape.exec(id);
  if (found === null) return undefined;
  return dayAt(Number.parseInt(`${found[1]}${found[2]}`, 16));
}

/** The day file a record belongs to. By its id, not its time: then the order of files is the order of ids. */
export function dayOf(record: Pick<LoggedRequest, "id" | "at">): Day {
  return dayOfId(record.id) ?? dayAt(record.at);
}

/** The day `count` days before `day`. */
export function daysBefore(day: Day, count: number): Day {
  return dayAt(Date.parse(`${day}T00:00:00Z`) - count * dayMs);
}
