import type { ServiceLeave } from "../pipeline/service-call.ts";

/** What a service was asked since the process began: tries, further ones included. */
export interface ServiceTraffic {
  readonly requests: number;
  readonly failed: number;
  readonly inFlight: number;
}

export interface ServiceTallies {
  /** Counts a try; the leave tells what becomes of it. */
  readonly begun: (service: string, leave: ServiceLeave) => ServiceLeave;
  readonly of: (service: string) => ServiceTraffic;
}

type Tally = { -readonly [Member in keyof ServiceTraffic]: ServiceTraffic[Member] };

/** Counts by the names of services, which are those of a configuration. */
export function createServiceTallies(): ServiceTallies {
  const known = new Map<string, Tally>();
  return {
    of: (service) => ({ ...(known.get(service) ?? { requests: 0, failed: 0, inFlight: 0 }) }),
    begun: (service, given) => {
      const tally = known.get(service) ?? { requests: 0, failed: 0, inFlight: 0 };
      known.set(service, tally);
      tally.requests += 1;
      tally.inFlight += 1;
      return { ...given, leave: watched(given.leave, tally) };
    },
  };
}

/** Whoever has a leave may tell of one end in several ways. */
function watched(leave: ServiceLeave["leave"], tally: Tally): ServiceLeave["leave"] {
  let hasFailed = false;
  let isOver = false;
  const failed = (): void => {
    if (!hasFailed) tally.failed += 1;
    hasFailed = true;
  };
  const over = (): void => {
    if (!isOver) tally.inFlight -= 1;
    isOver = true;
  };
  return {
    answered: leave.answered,
    broke: () => {
      failed();
      leave.broke();
    },
    failed: (failure) => {
      failed();
      leave.failed(failure);
    },
    load: {
      answered: (usage) => {
        over();
        leave.load.answered(usage);
      },
      failed: () => {
        over();
        leave.load.failed();
      },
      left: () => {
        over();
        leave.load.left();
      },
    },
  };
}
