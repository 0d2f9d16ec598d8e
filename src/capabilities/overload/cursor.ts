import { murmur3 } from "../../kernel/murmur3.ts";
import { fairLevel } from "./fair-level.ts";
import { createRecovery } from "./recovery.ts";

/** Who gives way last, to who gives way first. */
export const classes = ["interactive", "batch", "shadow", "chaos"] as const;
export type Class = (typeof classes)[number];

/** One request at the entrance. */
export interface Arrival {
  readonly priority: Class;
  /** Whose share of what there is it is counted in. */
  readonly tenant: string;
  /** How many shares its tenant has, 1 or more. */
  readonly shares: number;
  /** The work that it is expected to be, in thousands of tokens; above 0. */
  readonly cost: number;
}

/** Why it was refused: its class gets nothing at present, or its tenant has had what is fair. */
export interface Held {
  readonly reason: "priority" | "share";
  /** Of those like it, how many are admitted, 0 to 1. */
  readonly share: number;
}

/** From which request on the entrance refuses; moved a little after each window. Times are ms of one clock. */
export interface Cursor {
  /** `undefined`: it may come in. Costs well below a microsecond; the clock is not read. */
  readonly admit: (arrival: Arrival) => Held | undefined;
  /** One that had come in was refused later on, where it was to be served. */
  readonly gaveUp: () => void;
  /** One that had come in waited so long for its turn, 0: not at all; and got it, or was refused. */
  readonly waited: (ms: number, got: boolean) => void;
  /** How late the process has been of late, ms. */
  readonly delayed: (ms: number) => void;
  /** To be called several times a second: ends the window when its time is over. */
  readonly turn: () => void;
  readonly state: () => CursorState;
}

export interface CursorState {
  /** Of the work that came in the last window, how much would come in now, 0 to 1. */
  readonly admittedShare: number;
  /** The class from which on not all are admitted; `null`: all are. */
  readonly from: Class | null;
  /** What one share of that class may have in a window, in thousands of tokens of work; `null`: all are admitted. */
  readonly fairCost: number | null;
}

/** Something else may make the process late: then refusing all would help nobody. */
const leastShare = 0.05;
const windowMs = 1000;
const windowRequests = 2000;
const fewer = 0.05;
/** Who is late by several times the bound has far to go. */
const timesMax = 5;
const more = 0.01;
/** Of what came in, the most that one window takes away: in a short one chance has a large part. */
const atOnce = 0.5;
/** Of one window in what tenants usually bring: a second of few requests says little of who wants how much. */
const weight = 0.3;
/** Of so few nothing is known that should hold anybody back. */
const tooFew = 20;
/** A queue is everybody's only where fewer than this went straight in: a slow target takes nothing from the others. */
const straightShare = 0.1;
/** Where more than these are refused at their targets there is a queue, though nobody may be let to wait in it. */
const gaveUpShare = 0.2;
/** There is room for more: so many went straight in, so few were refused, and the process is not half as late as it may be. */
const roomStraight = 0.5;
const roomGaveUp = 0.05;
const roomTimes = 0.5;
const saltMs = 3_600_000;
/** A power of 2. The specification has 128, where two of twenty tenants often meet and halve each other's share. */
const buckets = 1024;
const spread = 0x9e3779b1;
const golden = 0.618_033_988_75;

/**
 * Decides at the entrance who comes in when there is more than can be done. Each window ends with a verdict: where
 * requests waited too long, one in twenty fewer than were served (where the process is late by several times the bound,
 * as many times that, five at most), else one in a hundred more, and sooner much more where there is room
 * (`recovery.ts`). What came in the window, by class and tenant, turns that
 * number into the cursor: classes before it come in whole, those behind it not at all, and in its own each tenant up to
 * a level that is the same for all.
 *
 * Tenants are counted in buckets by a hash that is salted anew each hour. What a bucket may have is a share of what it
 * brought, and is let in evenly, not the first of each window.
 *
 * Source: "Overload Control for Scaling WeChat Microservices" (DAGOR), SoCC 2018, section 4; theirs refuses whole buckets,
 * which leaves nothing to some tenants until the next salt.
 *
 * @param delayMax The wait that is too long, ms; infinite: all are admitted. Asked at the end of each window.
 */
export function createCursor(delayMax: () => number, now: () => number): Cursor {
  const arrived = new Float64Array(classes.length * buckets);
  const usual = new Float64Array(classes.length * buckets);
  const admitted = new Float64Array(classes.length * buckets).fill(1);
  // Not all at the same moment.
  const credit = Float64Array.from({ length: classes.length * buckets }, (_, cell) => (cell * golden) % 1);
  let seen = emptyWindow(now());
  const recovery = createRecovery();
  let perMs = 0;
  let salt = 1;
  let saltedAt = now();
  let draws = 1;
  let state: CursorState = everything;

  const isOn = (): boolean => Number.isFinite(delayMax());
  const cellOf = ({ priority, tenant, shares }: Arrival): number => {
    let hash = murmur3(tenant, salt);
    if (shares > 1) {
      draws = (Math.imul(draws, 1_664_525) + 1_013_904_223) >>> 0;
      hash += Math.imul((draws >>> 16) % shares, spread);
    }
    return classes.indexOf(priority) * buckets + (hash & (buckets - 1));
  };
  /** How much may come in after this window: of one that lasts as long. */
  const supplyAfter = (at: number): number => {
    const lastedMs = lastedTo(at);
    const max = delayMax();
    const times = seen.delays === 0 ? 0 : seen.delayMs / seen.delays / max;
    const isQueue = isQueueIn(seen, max);
    // Where less comes than before, what could be done before is not forgotten.
    const could = Math.max(seen.admittedCost, perMs * lastedMs);
    if (!isQueue && times <= 1) {
      // Of a window without a reading nothing is known: its requests may all have come in one turn.
      if (seen.delays + seen.waits === 0) return could;
      const hasRoom = times <= roomTimes && hasRoomIn(seen);
      if (!hasRoom) recovery.unsure();
      const leap = hasRoom ? recovery.calm({ from: seen.from, at }, could / lastedMs) : 0;
      return could + Math.max(more * seen.cost, leap * could);
    }
    const before = recovery.busy() ?? Number.POSITIVE_INFINITY;
    const gaveUp = isQueue ? Math.min(atOnce, seen.gaveUp / Math.max(1, seen.admitted)) : 0;
    const left = (1 - fewer * Math.min(timesMax, Math.max(1, times))) * (1 - gaveUp) * seen.admittedCost;
    return Math.max(Math.min(left, before * lastedMs), leastShare * seen.cost);
  };
  const resalt = (at: number): void => {
    if (at - saltedAt < saltMs) return;
    saltedAt = at;
    salt += 1;
    // Nobody knows who is where now: everyone has, for one window, what its class has.
    for (let from = 0; from < arrived.length; from += buckets) {
      const came = sumOf(arrived, from);
      let held = 0;
      for (let cell = from; cell < from + buckets; cell += 1)
        held += (arrived[cell] ?? 0) * (1 - (admitted[cell] ?? 1));
      admitted.fill(came === 0 ? 1 : 1 - held / came, from, from + buckets);
    }
    usual.fill(0);
  };
  /** Moves the cursor to where `supply` of what came in the last window comes in. */
  const place = (supply: number): void => {
    let left = supply;
    state = everything;
    for (const [index, name] of classes.entries()) {
      const from = index * buckets;
      const came = sumOf(arrived, from);
      const known = sumOf(usual, from);
      const scale = known === 0 ? 0 : came / known;
      const demands = usual.subarray(from, from + buckets).filter((cost) => cost > 0);
      // Behind the cursor: nobody, not even who has not been seen yet.
      const level = state.from === null ? scale * fairLevel(demands, left / scale) : 0;
      left -= came;
      for (let cell = from; cell < from + buckets; cell += 1) {
        const cost = scale * (usual[cell] ?? 0);
        if (level === 0) admitted[cell] = 0;
        else admitted[cell] = cost === 0 ? 1 : Math.min(1, level / cost);
      }
      if (Number.isFinite(level) && state.from === null)
        state = { admittedShare: Math.min(1, supply / seen.cost), from: name, fairCost: level };
    }
  };
  const lastedTo = (at: number): number => Math.max(1, at - seen.from);
  const close = (at: number): void => {
    const supply = seen.requests < tooFew || !isOn() ? Number.POSITIVE_INFINITY : supplyAfter(at);
    for (let cell = 0; cell < usual.length; cell += 1) {
      const known = usual[cell] ?? 0;
      usual[cell] = known + weight * ((arrived[cell] ?? 0) - known);
    }
    if (state !== everything || supply < seen.cost) place(supply);
    perMs = state === everything ? 0 : supply / lastedTo(at);
    if (state === everything) recovery.open(at);
    resalt(at);
    arrived.fill(0);
    seen = emptyWindow(at);
  };
  return {
    admit: (arrival) => {
      if (seen.requests >= windowRequests) close(now());
      const cell = cellOf(arrival);
      arrived[cell] = (arrived[cell] ?? 0) + arrival.cost;
      seen.requests += 1;
      seen.cost += arrival.cost;
      const share = admitted[cell] ?? 1;
      if (share < 1) {
        const has = (credit[cell] ?? 0) + share;
        credit[cell] = has >= 1 ? has - 1 : has;
        if (has < 1) return { reason: share === 0 ? "priority" : "share", share };
      }
      seen.admitted += 1;
      seen.admittedCost += arrival.cost;
      return undefined;
    },
    gaveUp: () => {
      seen.gaveUp += 1;
    },
    waited: (ms, got) => {
      seen.waits += 1;
      seen.waitMs += ms;
      if (ms > 0) return;
      if (got) seen.straight += 1;
      else seen.atOnce += 1;
    },
    delayed: (ms) => {
      seen.delays += 1;
      seen.delayMs += ms;
    },
    turn: () => {
      const at = now();
      if (at - seen.from >= windowMs || (state !== everything && !isOn())) close(at);
    },
    state: () => state,
  };
}

const everything: CursorState = { admittedShare: 1, from: null, fairCost: null };

/** What was seen since `from`. */
const emptyWindow = (from: number) => ({
  from,
  requests: 0,
  cost: 0,
  admitted: 0,
  admittedCost: 0,
  gaveUp: 0,
  waits: 0,
  waitMs: 0,
  /** Of `waits`, those that had not to, and those that were refused without one. */
  straight: 0,
  atOnce: 0,
  delays: 0,
  delayMs: 0,
});
type Seen = ReturnType<typeof emptyWindow>;

/** Whether everybody has to wait at the targets: too long, or so that many are refused. */
function isQueueIn(
  { straight, waits, waitMs, atOnce: refused, gaveUp, admitted }: Seen,
  max: number,
): boolean {
  if (straight >= straightShare * waits) return false;
  return waitMs > max * (waits - refused) || gaveUp > gaveUpShare * admitted;
}

const hasRoomIn = ({ straight, waits, gaveUp, admitted }: Seen): boolean =>
  straight >= roomStraight * waits && gaveUp <= roomGaveUp * admitted;

function sumOf(costs: Float64Array, from: number): number {
  let sum = 0;
  for (let cell = from; cell < from + buckets; cell += 1) sum += costs[cell] ?? 0;
  return sum;
}
