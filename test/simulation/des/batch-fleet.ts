import type { EventQueue } from "./events.ts";
import { createSharingServer } from "./sharing-server.ts";

/** Alike servers behind one name (model C): each works on so many at once, more wait in one line, and yet more are refused. */
export interface BatchFleet {
  /** `started`: it left the line; `done`: it is whole. @returns False: it was refused. */
  readonly serve: (work: number, on: { readonly started: () => void; readonly done: () => void }) => boolean;
  readonly waiting: () => number;
  /** Nothing goes on and nothing is begun, until it is told that it does; the line fills up meanwhile. */
  readonly stand: (isStanding: boolean) => void;
}

export interface FleetSize {
  readonly servers: number;
  /** Tokens a second of one that has one request. */
  readonly speed: number;
  readonly batchMax: number;
  readonly waitingMax: number;
}

/** As good as none. */
const standingPace = 1e-9;

/** The first in the line goes to the server that has least to do. */
export function createBatchFleet(
  queue: EventQueue,
  { servers: count, speed, batchMax, waitingMax }: FleetSize,
): BatchFleet {
  const servers = Array.from({ length: count }, () => createSharingServer(queue, speed));
  const line: { readonly work: number; readonly on: Parameters<BatchFleet["serve"]>[1] }[] = [];
  let isStanding = false;
  const advance = (): void => {
    while (!isStanding) {
      const server = servers.reduce((least, one) => (one.inFlight() < least.inFlight() ? one : least));
      if (server.inFlight() >= batchMax) return;
      const next = line.shift();
      if (next === undefined) return;
      next.on.started();
      server.serve(next.work, () => {
        next.on.done();
        advance();
      });
    }
  };
  return {
    serve: (work, on) => {
      if (line.length >= waitingMax) return false;
      line.push({ work, on });
      advance();
      return true;
    },
    waiting: () => line.length,
    stand: (stands) => {
      isStanding = stands;
      for (const server of servers) server.setPace(stands ? standingPace : 1);
      advance();
    },
  };
}
