import type { AddressPool, Site } from "../../exchange/target.ts";
import { promptWork } from "../../exchange/work.ts";
import { invariant } from "../../kernel/invariant.ts";
import { type Balancer, balancers, looksAtLoad, notePeak } from "./balancers.ts";
import {
  beginWindow,
  eject,
  failedAt,
  isEjected,
  mayEject,
  outliersOf,
  succeededAt,
  takeBack,
  windowSeconds,
} from "./ejection.ts";
import { type EjectedFor, learnedOf, learningOf, type Member } from "./member.ts";
import { createPrefixHits } from "./prefix-hits.ts";
import type { Prompt } from "./prefix-index.ts";
import { startIdle, warmed, wasIdle } from "./slow-start.ts";
import { createStanding } from "./standing.ts";
import { begin, type Learned, secondsFor } from "./traffic.ts";
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
  /** Of its prompt; absent: nobody told. */
  readonly promptTokens?: number | undefined;
}

export interface PoolChange {
  /** Of the pool as a whole: absent. */
  readonly endpoint?: string;
  readonly to: "ejected" | "returned" | "drained" | "sick" | "well" | "panic" | "calm";
  readonly reason?: EjectedFor;
}

/** The addresses of one provider, and who gets the next call. */
export interface Pool {
  readonly settings: AddressPool<Site>;
  readonly members: readonly Member[];
  readonly place: (wanted: Wanted) => Served;
  /** Whether another address could take a call now. */
  readonly hasOther: (member: Member) => boolean;
  /** Whether its failures say something of the whole pool: it is not out, or half of the others are. */
  readonly speaksForAll: (member: Member) => boolean;
  /** Fewer than half are well: health is not looked at. */
  readonly isPanicking: () => boolean;
  /** Of the prompts that were sent to it, what its servers had kept, 0 to 1; `undefined`: nobody has told. */
  readonly prefixHitRatio: () => number | undefined;
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

export function createPool(settings: AddressPool<Site>, members: readonly Member[], ports: PoolPorts): Pool {
  const { now: clock, random, onChange } = ports;
  const balancer: Balancer = balancers[settings.balance](members);
  const warmth = settings.balance === "predicted" ? createWarmth(members.length) : undefined;
  const prefixHits = createPrefixHits();
  const startsIdle = looksAtLoad(settings.balance);
  let window = Math.floor(clock() / windowSeconds);
  const standing = createStanding(members, {
    returned: ({ name }) => onChange({ endpoint: name, to: "returned" }),
    panic: (isPanic) => onChange({ to: isPanic ? "panic" : "calm" }),
  });
  const choose = ({ model, work, hash, avoid }: Wanted, warm: Warm | undefined, now: number): Member => {
    standing.look(now);
    let best = Number.POSITIVE_INFINITY;
    let open: [Member, ...Member[]] | undefined;
    for (const member of members) {
      member.mayTake = false;
      const rank = standing.rankOf(member, avoid, now);
      if (open === undefined || rank < best) {
        open = [member];
        best = rank;
      } else if (rank === best) open.push(member);
    }
    invariant(open !== undefined, "a pool has members");
    for (const member of open) member.mayTake = true;
    const warmest = warm?.warmest;
    const others = (): readonly Readonly<Learned>[] => members.map((member) => learnedOf(member, model));
    return balancer(open, {
      secondsAt: (member) => {
        const saved = warmest === undefined ? 0 : (warm?.savedAt(members.indexOf(member)) ?? 0);
        const left = Math.max(1, work - promptWork * saved);
        return secondsFor({ traffic: member.traffic, learned: learnedOf(member, model), others }, left, now);
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
    standing.look(now);
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
      const learned = learningOf(member, wanted.model);
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
        succeeded: ({ work = 0, cachedTokens, promptTokens }) =>
          end((now) => {
            if (cachedTokens !== undefined && promptTokens !== undefined)
              prefixHits.told(cachedTokens, promptTokens);
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
    hasOther: (member) => standing.hasOther(member, clock()),
    speaksForAll: (member) => standing.speaksForAll(member, clock()),
    isPanicking: () => {
      standing.look(clock());
      return standing.isPanicking();
    },
    prefixHitRatio: prefixHits.ratio,
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
