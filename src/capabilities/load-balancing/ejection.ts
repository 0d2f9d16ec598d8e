import type { EjectedFor, Member } from "./member.ts";
import { startSlowly } from "./slow-start.ts";

const inRowMax = 5;
const poolMin = 3;
const ejectedShareMax = 0.5;
const ejectsFor = 30;
const ejectsForMax = 300;
/** Who has been in for so long is ejected as for the first time. */
const forgivenAfter = 300;
const successRate = { callsMin: 100, membersMin: 5, deviations: 1.9, failuresMin: 5 } as const;
const slowness = { calls: 20, factor: 3 } as const;
/** Seconds; shares of success are compared when one is over. */
export const windowSeconds = 10;

/** Whether it takes new calls by the configuration and the operator. */
export const isTaking = ({ weight, isDrained }: Pick<Member, "weight" | "isDrained">): boolean =>
  weight > 0 && !isDrained;

export const isEjected = ({ ejectedUntil }: Pick<Member, "ejectedUntil">, now: number): boolean =>
  now < ejectedUntil;

/** `ratio`: how long it took, as a part of what is usual there; `undefined`: it does not tell. */
export function succeededAt({ outcomes }: Member, ratio: number | undefined): void {
  outcomes.inRow = 0;
  outcomes.good += 1;
  if (ratio === undefined || !Number.isFinite(ratio)) return;
  outcomes.ratios[outcomes.nextRatio] = ratio;
  outcomes.nextRatio = (outcomes.nextRatio + 1) % slowness.calls;
}

/** @returns Whether these were so many in a row that it is out. */
export function failedAt({ outcomes }: Member): boolean {
  outcomes.inRow += 1;
  outcomes.bad += 1;
  return outcomes.inRow >= inRowMax;
}

/**
 * Whether one more may go: never of a pool of two, never more than half, never the last that is well.
 *
 * Source: routing specification, section 4; Envoy, "Outlier detection".
 */
export function mayEject(members: readonly Member[], wanted: Member, now: number): boolean {
  const taking = members.filter(isTaking);
  const ejected = taking.filter((member) => isEjected(member, now)).length;
  const others = taking.filter((member) => member !== wanted && member.isWell && !isEjected(member, now));
  return (
    taking.length >= poolMin &&
    !isEjected(wanted, now) &&
    ejected + 1 <= taking.length * ejectedShareMax &&
    others.length > 0
  );
}

/** Out for 30 s, the second time for 60, at most for 300. */
export function eject(member: Member, reason: EjectedFor, now: number): void {
  if (now - member.returnedAt > forgivenAfter) member.ejections = 0;
  member.ejections += 1;
  member.ejectedFor = reason;
  member.ejectedUntil = now + Math.min(ejectsForMax, ejectsFor * member.ejections);
}

/** Back, with nothing held against it: it starts slowly, and its speed is learned anew. */
export function takeBack(member: Member, now: number): void {
  const { outcomes, traffic } = member;
  member.ejectedUntil = 0;
  member.returnedAt = now;
  member.learned.clear();
  member.cost = 0;
  traffic.errors = 0;
  outcomes.inRow = 0;
  outcomes.ratios.length = 0;
  outcomes.nextRatio = 0;
  startSlowly(member, now);
}

/** Who does worse than the others, at the end of a window. `isFresh`: it has just ended; the counts of an older one say nothing. */
export function outliersOf(
  members: readonly Member[],
  isFresh: boolean,
): readonly { readonly member: Member; readonly reason: EjectedFor }[] {
  const failed = isFresh ? failing(members) : [];
  return [
    ...failed.map((member) => ({ member, reason: "success-rate" as const })),
    ...slow(members).map((member) => ({ member, reason: "slow" as const })),
  ];
}

export function beginWindow(members: readonly Member[]): void {
  for (const { outcomes } of members) {
    outcomes.good = 0;
    outcomes.bad = 0;
  }
}

/** Whose share of success is 1.9 deviations below the mean. A few failures are nobody's habit, however even the others are. */
function failing(members: readonly Member[]): readonly Member[] {
  const { callsMin, membersMin, deviations, failuresMin } = successRate;
  const counted = members.flatMap((member) => {
    const { good, bad } = member.outcomes;
    return good + bad < callsMin ? [] : [{ member, share: good / (good + bad) }];
  });
  if (counted.length < membersMin) return [];
  const mean = counted.reduce((sum, { share }) => sum + share, 0) / counted.length;
  const variance = counted.reduce((sum, { share }) => sum + (share - mean) ** 2, 0) / counted.length;
  const least = mean - deviations * Math.sqrt(variance);
  return counted
    .filter(({ member, share }) => share < least && member.outcomes.bad >= failuresMin)
    .map(({ member }) => member);
}

function slow(members: readonly Member[]): readonly Member[] {
  const counted = members.filter(({ outcomes }) => outcomes.ratios.length >= slowness.calls);
  const usual = medianOf(members.flatMap(({ outcomes }) => outcomes.ratios));
  return counted.filter(({ outcomes }) => medianOf(outcomes.ratios) > slowness.factor * usual);
}

const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.POSITIVE_INFINITY;
