import type { Member } from "./member.ts";

type Starting = Pick<Member, "cap" | "slowUntil" | "traffic" | "endedAt">;

const startsFor = 30;
const idleAfter = 60;
/** So many at once are no start any more. */
const capMax = 1024;

/** New, or back: one call at a time at first, twice as many with each that succeeds, for at most 30 s. */
export function startSlowly(member: Starting, now: number): void {
  member.cap = 1;
  member.slowUntil = now + startsFor;
}

/** Whether one more call may be sent there. */
export const hasRoom = ({ slowUntil, traffic, cap }: Starting, now: number): boolean =>
  now >= slowUntil || traffic.inFlight < cap;

export const isStarting = ({ slowUntil }: Pick<Starting, "slowUntil">, now: number): boolean =>
  now < slowUntil;

export function warmed(member: Starting, now: number): void {
  if (now >= member.slowUntil) return;
  member.cap *= 2;
  if (member.cap > capMax) member.slowUntil = 0;
}

/** Whether what is known of it is of another time. */
export const wasIdle = ({ traffic, endedAt }: Starting, now: number): boolean =>
  traffic.inFlight === 0 && now - endedAt > idleAfter;
