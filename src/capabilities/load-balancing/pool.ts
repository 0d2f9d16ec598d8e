import type { AddressPool } from "../../exchange/target.ts";
import { promptWork } from "../../exchange/work.ts";
import { invariant } from "../../kernel/invariant.ts";
import { type Balancer, balancers, looksAtLoad, notePeak } from "./balancers.ts";
import {
  beginWindow,
  eject,
  failedAt,
  isEjected,
  isTaking,
  mayEject,
  outliersOf,
  succeededAt,
  takeBack,
  windowSeconds,
} from "./ejection.ts";
import { type EjectedFor, learnedOf, type Member } from "./member.ts";
import type { Prompt } from "./prefix-index.ts";
import { hasRoom, startIdle, warmed, wasIdle } from "./slow-start.ts";
import { begin, secondsFor } from "./traffic.ts";
import { createWarmth, type Warm } from "./warmth.ts";

/** A call that looks for its place. */
export interface Wanted {
  readonly model: string;
  /** Expected, in tokens of answers, with all of its prompt. */
  readonly work: number;
  /** Absent: it is not known, or is not to be looked at. */
  readonly prompt?: Prompt;
  /** Of what is to stay together; asked only where the choice goes by it. */
  readonly hash: () => number;
  /** Addresses that have failed this request: others are asked before them. */
  readonly avoid: readonly string[];
}

/** A call at its place; its end is told once, by one of the first three. */
export interface Served {
  readonly member: Member;
  readonly succeeded: (done: Done) => void;
  /** By the fault of the address. */
  readonly failed: () => void;
  readonly left: () => void;
}

/** What a call came to. */
export interface Done {
  /** With all of its prompt; absent: it was no work that a speed is learned from. */
  readonly work?: number | undefined;
  /** Of its prompt, what was kept from earlier ones; absent: nobody told. */
  readonly cachedTokens?: number | undefined;
}

export interface PoolChange {
  /** Of the pool as a whole: absent. */
  readonly endpoint?: string;
  readonly to: "ejected" | "returned" | "drained" | "sick" | "well" | "panic" | "calm";
  readonly reason?: EjectedFor;
}

/** The addresses of one provider, and who gets the next call. */
export interface Pool {
  readonly settings: AddressPool;
  readonly members: readonly Member[];
  readonly place: (wanted: Wanted) => Served;
  /** Whether another address could take a call now. */
  readonly hasOther: (member: Member) => boolean;
  /** Whether its failures say something of the whole pool: it is not out, or half of the others are. */
  readonly speaksForAll: (member: Member) => boolean;
  /** Fewer than half are well: health is not looked at. */
  readonly isPanicking: () => boolean;
  /** By an operator, whatever the rules say. */
  readonly eject: (member: Member) => void;
  /** Takes no new calls until it is restored. */
  readonly drain: (member: Member) => void;
  readonly restore: (member: Member) => void;
  /** What the checks have found. */
  readonly found: (member: Member, isWell: boolean) => void;
}

export interface PoolPorts {
  /** Seconds of a clock that never goes back. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly onChange: (change: PoolChange) => void;
}

const panicBelow = 0.5;
const panicPoolMin = 3;

export function createPool(settings: AddressPool, members: readonly Member[], ports: PoolPorts): Pool {
  const { now: clock, random, onChange } = ports;
  const balancer: Balancer = balancers[settings.balance](members);
  const warmth = settings.balance === "predicted" ? createWarmth(members.length) : undefined;
  const startsIdle = looksAtLoad(settings.balance);
  let window = Math.floor(clock() / windowSeconds);
  let isPanic = false;
  /** In flight at the one that has most. */
  let most = 0;
  const isIn = (member: Member, now: number): boolean => member.isWell && !isEjected(member, now);
  const returnDue = (now: number): void => {
    for (const member of members) {
      if (member.ejectedUntil === 0 || now < member.ejectedUntil) continue;
      takeBack(member, now);
      onChange({ endpoint: member.name, to: "returned" });
    }
  };
  const look = (now: number): void => {
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
    if (isWorse !== isPanic) onChange({ to: isWorse ? "panic" : "calm" });
    isPanic = isWorse;
  };
  /** How good a place is for this call; 0 is best. */
  const rankOf = (member: Member, avoid: readonly string[], now: number): number => {
    if (!isTaking(member)) return 4;
    if (!isPanic && !isIn(member, now)) return 3;
    if (avoid.includes(member.name)) return 2;
    return hasRoom(member, most, now) ? 0 : 1;
  };
  const choose = ({ model, work, hash, avoid }: Wanted, warm: Warm | undefined, now: number): Member => {
    look(now);
    let best = Number.POSITIVE_INFINITY;
    let open: [Member, ...Member[]] | undefined;
    for (const member of members) {
      member.mayTake = false;
      const rank = rankOf(member, avoid, now);
      if (open === undefined || rank < best) {
        open = [member];
        best = rank;
      } else if (rank === best) open.push(member);
    }
    invariant(open !== undefined, "a pool has members");
    for (const member of open) member.mayTake = true;
    const warmest = warm?.warmest;
    return balancer(open, {
      secondsAt: (member) => {
        const saved = warmest === undefined ? 0 : (warm?.savedAt(members.indexOf(member)) ?? 0);
        const left = Math.max(1, work - promptWork * saved);
        return secondsFor(member.traffic, learnedOf(member, model, members), left, now);
      },
      warmest: warmest === undefined ? undefined : members[warmest],
      hash,
      random,
    });
  };
  const throwOut = (member: Member, reason: EjectedFor, now: number): void => {
    eject(member, reason, now);
    onChange({ endpoint: member.name, to: "ejected", reason });
  };
  /** Once a window is over, the members are compared. */
  const turnWindow = (now: number): void => {
    const current = Math.floor(now / windowSeconds);
    if (current === window) return;
    returnDue(now);
    for (const { member, reason } of outliersOf(members, current === window + 1))
      if (mayEject(members, member, now)) throwOut(member, reason, now);
    window = current;
    beginWindow(members);
  };
  return {
    settings,
    members,
    place: (wanted) => {
      const began = clock();
      const warm = wanted.prompt && warmth?.of(wanted.prompt, began);
      const member = choose(wanted, warm, began);
      const index = members.indexOf(member);
      warm?.sentTo(index, began);
      if (startsIdle && members.length > 1 && wasIdle(member, began)) startIdle(member, began);
      const learned = learnedOf(member, wanted.model, members);
      const placed = begin(member.traffic, learned, began);
      let hasEnded = false;
      const end = (then: (now: number) => void) => () => {
        if (hasEnded) return;
        hasEnded = true;
        const now = clock();
        member.endedAt = now;
        turnWindow(now);
        then(now);
      };
      return {
        member,
        succeeded: ({ work = 0, cachedTokens }) =>
          end((now) => {
            const saved = cachedTokens ?? warm?.savedAt(index) ?? 0;
            if (cachedTokens !== undefined) warm?.told(index, cachedTokens);
            succeededAt(member, placed.succeeded(work - promptWork * saved, now));
            notePeak(member, now - began, now);
            warmed(member, now);
          })(),
        failed: end((now) => {
          placed.failed(now);
          if (failedAt(member) && mayEject(members, member, now)) throwOut(member, "errors", now);
        }),
        left: end((now) => placed.left(now)),
      };
    },
    hasOther: (member) => {
      const now = clock();
      return members.some((other) => other !== member && isTaking(other) && isIn(other, now));
    },
    speaksForAll: (member) => {
      const now = clock();
      if (!isEjected(member, now)) return true;
      const taking = members.filter(isTaking);
      return taking.filter((one) => isEjected(one, now)).length * 2 >= taking.length;
    },
    isPanicking: () => {
      look(clock());
      return isPanic;
    },
    eject: (member) => throwOut(member, "operator", clock()),
    drain: (member) => {
      member.isDrained = true;
      onChange({ endpoint: member.name, to: "drained" });
    },
    restore: (member) => {
      if (!member.isDrained && !isEjected(member, clock())) return;
      member.isDrained = false;
      takeBack(member, clock());
      onChange({ endpoint: member.name, to: "returned" });
    },
    found: (member, isWell) => {
      if (member.isWell === isWell) return;
      member.isWell = isWell;
      if (isWell) takeBack(member, clock());
      onChange({ endpoint: member.name, to: isWell ? "well" : "sick" });
    },
  };
}
