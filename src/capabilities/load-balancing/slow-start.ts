import type { Member } from "./member.ts";

type Starting = Pick<Member, "cap" | "capShare" | "slowUntil" | "traffic" | "endedAt">;

const startsFor = 30;
const idleAfter = 60;
/** So many at once are no start any more. */
const capMax = 1024;

/** New, or back: one call at a time at first, twice as many with each that succeeds, for at most 30 s. */
export function startSlowly(member: Starting, now: number): void {
  member.cap = 1;
  member.capShare = 0;
  member.slowUntil = now + startsFor;
}

/** Idle for a while, but not new: half of what the busiest has is never too much, or a crowd would run them down. */
export function startIdle(member: Starting, now: number): void {
  startSlowly(member, now);
  member.capShare = 0.5;
}

/** Whether one more call may be sent there. `most`: in flight at the busiest of its pool. */
export const hasRoom = (
  { slowUntil, traffic, cap, capShare }: Starting,
  most: number,
  now: number,
): boolean => now >= slowUntil || traffic.inFlight < Math.max(cap, capShare * most);

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
