import { isEjected, isTaking, takeBack } from "./ejection.ts";
import type { Member } from "./member.ts";
import { hasRoom } from "./slow-start.ts";

/** Who of a pool may be asked at the moment. Times in seconds. */
export interface Standing {
  /** To be looked at anew before places are ranked: brings those back whose time is over. */
  readonly look: (now: number) => void;
  /** How good a place is for a call that has been at those it avoids; 0 is best. */
  readonly rankOf: (member: Member, avoid: readonly string[], now: number) => number;
  readonly isPanicking: () => boolean;
  readonly hasOther: (member: Member, now: number) => boolean;
  readonly speaksForAll: (member: Member, now: number) => boolean;
}

const panicBelow = 0.5;
const panicPoolMin = 3;

export function createStanding(
  members: readonly Member[],
  on: { readonly returned: (member: Member) => void; readonly panic: (isPanic: boolean) => void },
): Standing {
  let isPanic = false;
  /** In flight at the one that has most. */
  let most = 0;
  const isIn = (member: Member, now: number): boolean => member.isWell && !isEjected(member, now);
  const returnDue = (now: number): void => {
    for (const member of members) {
      if (member.ejectedUntil === 0 || now < member.ejectedUntil) continue;
      takeBack(member, now);
      on.returned(member);
    }
  };
  return {
    look: (now) => {
      returnDue(now);
      let taking = 0;
      let well = 0;
      most = 0;
      for (const member of members) {
        if (!isTaking(member)) continue;
        taking += 1;
        if (!isIn(member, now)) continue;
        well += 1;
        most = Math.max(most, member.traffic.inFlight);
      }
      const isWorse = taking >= panicPoolMin && well < taking * panicBelow;
      if (isWorse !== isPanic) on.panic(isWorse);
      isPanic = isWorse;
    },
    rankOf: (member, avoid, now) => {
      if (!isTaking(member)) return 4;
      if (!isPanic && !isIn(member, now)) return 3;
      if (avoid.includes(member.name)) return 2;
      return hasRoom(member, most, now) ? 0 : 1;
    },
    isPanicking: () => isPanic,
    hasOther: (member, now) =>
      members.some((other) => other !== member && isTaking(other) && isIn(other, now)),
    speaksForAll: (member, now) => {
      if (!isEjected(member, now)) return true;
      const taking = members.filter(isTaking);
      return taking.filter((one) => isEjected(one, now)).length * 2 >= taking.length;
    },
  };
}
