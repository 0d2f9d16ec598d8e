import { createBatchFleet, type FleetSize } from "../../test/simulation/des/batch-fleet.ts";
import { createEventQueue, type EventQueue } from "../../test/simulation/des/events.ts";
import type { Arrival } from "./balancing-models.ts";
import { seeded } from "./result.ts";

const microsPerSecond = 1e6;
/** From the moment when a server begins with a request. */
const firstWordMs = 300;

/** Ten servers that work on 48 requests each and let 128 wait, which is three seconds' work. */
export const fleet: FleetSize = { servers: 10, speed: 60, batchMax: 48, waitingMax: 128 };
/** Tokens a second of all with full batches: each request then runs at a third of its speed alone. */
const capacity = (fleet.servers * fleet.batchMax * fleet.speed) / (1 + fleet.batchMax / 24);
/** A request is served well if it is begun in time: from then on nothing is slower than a full batch. */
export const startWithinSeconds = 2;

export interface Step {
  readonly load: number;
  readonly from: number;
  readonly to: number;
}
const stepSeconds = 90;
export const steps: readonly Step[] = [0.5, 1, 0.5, 2, 0.5, 3, 0.5].map((load, index) => ({
  load,
  from: stepSeconds * index,
  to: stepSeconds * (index + 1),
}));

/** Four fifths of what can be done, but for five seconds nothing can. */
export const stall = { load: 0.8, from: 0, to: 180, standsFrom: 60, standsTo: 65 } as const;

export interface Asked {
  /** Seconds since the beginning. */
  readonly at: number;
  readonly work: number;
  readonly tenant: string;
  readonly priority: "interactive" | "batch";
}

/** How tenants share what comes: all the same, a quarter of it batches; or one sends half of all, nobody a batch. */
export type Mix = "equal" | "greedy";
export const tenants = 20;
const batchShare = 0.25;

/** The trace from a row that the seed decides, its gaps stretched so that each step brings what it is said to. */
export function requestsOf(
  rows: readonly Arrival[],
  seed: number,
  mix: Mix,
  played: readonly Step[] = steps,
): readonly Asked[] {
  const random = seeded(seed);
  let row = Math.floor(random() * rows.length);
  return played.flatMap(({ load, from, to }) => {
    const taken: { readonly gap: number; readonly work: number }[] = [];
    for (let left = load * capacity * (to - from); left > 0; row += 1) {
      const [before, one] = [rows[(row - 1 + rows.length) % rows.length], rows[row % rows.length]];
      const work = one?.work ?? 0;
      taken.push({ gap: Math.max(0, (one?.at ?? 0) - (before?.at ?? 0)), work });
      left -= work;
    }
    const stretch = (to - from) / taken.reduce((sum, { gap }) => sum + gap, 0);
    let at = from;
    return taken.map(({ gap, work }): Asked => {
      at += gap * stretch;
      const isGreedy = mix === "greedy" && random() < 0.5;
      const tenant = isGreedy ? 0 : Math.floor(random() * tenants);
      const isBatch = mix === "equal" && random() < batchShare;
      return { at, work, tenant: `tenant ${tenant}`, priority: isBatch ? "batch" : "interactive" };
    });
  });
}

/** What lets requests through to the target, or does not. */
export interface Limiter {
  /** Calls `send` now, later or never. */
  readonly ask: (asked: Asked, send: (told: Told) => void) => void;
}
/** Is told how a request that was sent does. */
export interface Told {
  readonly began?: (ms: number) => void;
  readonly ended: (outcome: "answered" | "overloaded", tookMs: number) => void;
}
export interface World {
  readonly queue: EventQueue;
  readonly nowMs: () => number;
  readonly random: () => number;
}

export interface Fate {
  readonly asked: Asked;
  /** Seconds until it was begun; infinite: it was refused. */
  readonly started: number;
  /** When it was whole; infinite: never. */
  readonly doneAt: number;
}

export function playLimits(
  requests: readonly Asked[],
  make: (world: World) => Limiter,
  seed: number,
  stands?: { readonly standsFrom: number; readonly standsTo: number },
): readonly Fate[] {
  const queue = createEventQueue();
  const seconds = (): number => queue.now() / microsPerSecond;
  const servers = createBatchFleet(queue, fleet);
  const limiter = make({ queue, nowMs: () => queue.now() / 1000, random: seeded(1000 + seed) });
  if (stands !== undefined) {
    queue.at(stands.standsFrom * microsPerSecond, () => servers.stand(true));
    queue.at(stands.standsTo * microsPerSecond, () => servers.stand(false));
  }
  const fates: { asked: Asked; started: number; doneAt: number }[] = [];
  for (const asked of requests) {
    queue.at(asked.at * microsPerSecond, () => {
      const never = Number.POSITIVE_INFINITY;
      const fate = { asked, started: never, doneAt: never };
      fates.push(fate);
      limiter.ask(asked, ({ began, ended }) => {
        const from = seconds();
        const isTaken = servers.serve(asked.work, {
          started: () => {
            fate.started = seconds() - asked.at;
            began?.(firstWordMs + 1000 * (seconds() - from));
          },
          done: () => {
            fate.doneAt = seconds();
            ended("answered", 1000 * (seconds() - from));
          },
        });
        if (!isTaken) ended("overloaded", 0);
      });
    });
  }
  queue.run();
  return fates;
}
