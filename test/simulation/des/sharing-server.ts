import type { EventQueue, Micros } from "./events.ts";

/** A server that works on all its requests at once; the more there are, the slower each of them (model A). */
export interface SharingServer {
  readonly inFlight: () => number;
  /** Tokens a second that one more request would be given; nobody who sends requests can see it. */
  readonly rateOfNext: () => number;
  readonly serve: (work: number, done: (tookMicros: Micros) => void) => void;
  /** 1 is its usual speed. */
  readonly setPace: (pace: number) => void;
}

interface Job {
  readonly endsAt: number;
  readonly began: Micros;
  readonly done: (took: Micros) => void;
}

const microsPerSecond = 1e6;

/**
 * Each of n requests runs at `pace · speed / (1 + n / 24)` tokens a second. What each has been given since the beginning
 * is one number for all, so that a change of pace or of n moves one event.
 */
export function createSharingServer(queue: EventQueue, speed: number): SharingServer {
  const jobs: Job[] = [];
  let served = 0;
  let servedAt: Micros = 0;
  let pace = 1;
  let cancel: (() => void) | undefined;
  const rate = (): number => (jobs.length === 0 ? 0 : (pace * speed) / (1 + jobs.length / 24));
  const settle = (): void => {
    served += (rate() * (queue.now() - servedAt)) / microsPerSecond;
    servedAt = queue.now();
  };
  const plan = (): void => {
    cancel?.();
    const [first] = jobs;
    if (first === undefined) return;
    const wait = (Math.max(0, first.endsAt - served) / rate()) * microsPerSecond;
    cancel = queue.at(queue.now() + Math.ceil(wait), finish);
  };
  const finish = (): void => {
    settle();
    const ended: Job[] = [];
    while ((jobs[0]?.endsAt ?? Number.POSITIVE_INFINITY) <= served + 1e-6) {
      const job = jobs.shift();
      if (job !== undefined) ended.push(job);
    }
    plan();
    for (const { began, done } of ended) done(queue.now() - began);
  };
  return {
    inFlight: () => jobs.length,
    rateOfNext: () => (pace * speed) / (1 + (jobs.length + 1) / 24),
    serve: (work, done) => {
      settle();
      const job = { endsAt: served + work, began: queue.now(), done };
      const place = jobs.findIndex(({ endsAt }) => endsAt > job.endsAt);
      jobs.splice(place < 0 ? jobs.length : place, 0, job);
      plan();
    },
    setPace: (next) => {
      settle();
      pace = next;
      plan();
    },
  };
}
