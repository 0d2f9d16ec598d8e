import {
  createBulkheads,
  createEntrance,
  createInFlight,
  type Entrance,
  type EntranceState,
  type InFlight,
  type Pressure,
  priorityOf,
  refusalError,
} from "../capabilities/overload/index.ts";
import type { Identity } from "../exchange/identity.ts";
import { promptWork } from "../exchange/work.ts";
import { elapsed, milliseconds } from "../kernel/units.ts";
import type { AttemptPorts } from "../pipeline/one-try.ts";
import type { Slots } from "../pipeline/slots.ts";
import type { Trail } from "../pipeline/trail.ts";
import type { Clock } from "../ports/clock.ts";
import type { Meter } from "../ports/meter.ts";
import type { Random } from "../ports/random.ts";
import type { InboundRequest } from "../ports/server.ts";
import type { Timer } from "../ports/timer.ts";
import { announcedBytes } from "./announced.ts";
import type { Control } from "./control.ts";
import { createHedging } from "./hedging.ts";
import type { RequestMetrics } from "./metrics.ts";
import type { Snapshot } from "./snapshot.ts";

type Header = InboundRequest["header"];

/** How much this process takes on, and gives to each target. */
export interface Ingress {
  readonly inFlight: InFlight;
  /** @throws GatewayError `overloaded`; `malformed_request` for a priority that there is not. */
  readonly enter: (identity: Identity, header: Header) => void;
  /** A request is refused; `shed`: for want of room, at door 3 or, if it had come in, at its targets. */
  readonly refused: (
    shed: string | undefined,
    header: Header,
    by: Pick<Trail<unknown>, "isAdmitted"> & Partial<Pick<Trail<unknown>, "identified">>,
  ) => void;
  readonly partsWithOne: Entrance["partsWithOne"];
  readonly isStrained: () => boolean;
  /** Nothing is refused, and there is time for what no client has asked for. */
  readonly isCalm: () => boolean;
  readonly state: () => EntranceState;
  readonly slots: Control["slots"];
  /** Door 8's part of it. */
  readonly ports: Pick<AttemptPorts, "slots" | "priorityOf" | "hedges" | "onShed">;
}

const readEvery = milliseconds(100);
/** Before its body is read nobody knows more of a request than its length. */
const bytesPerToken = 4;
const usualOutputTokens = 300;
const tokensPerCost = 1000;
const strainedFrom = 2;

export function createIngress(
  parts: {
    readonly clock: Clock;
    readonly random: Random;
    readonly timer: Timer;
    readonly meter: Meter;
    readonly pressure?: () => Pressure;
  },
  snapshot: () => Snapshot,
  metrics: RequestMetrics,
): Ingress {
  const { clock, timer } = parts;
  const entrance = createEntrance({ ...parts, delayMax: () => snapshot().ingress.delayMax });
  const bulkheads = createBulkheads({ ...parts, rulesOf: (target) => snapshot().bulkheadOf(target) });
  const hedging = createHedging(clock, metrics, () => entrance.level() === 0);
  const { pressure } = parts;
  if (pressure !== undefined) timer.every(readEvery, () => entrance.read(pressure()));
  measure(parts.meter, entrance);
  return {
    inFlight: createInFlight(),
    enter: (identity, header) => {
      const { keyId, name } = identity;
      const refusal = entrance.admit({
        priority: priorityOf(header, identity),
        tenant: keyId,
        shares: snapshot().ingress.shares.get(name) ?? 1,
        cost: costOf(header, snapshot().bodyBytesMax),
      });
      if (refusal !== undefined) throw refusalError(refusal);
    },
    refused: (shed, header, { isAdmitted, identified }) => {
      if (shed === undefined) return;
      if (isAdmitted) entrance.gaveUp();
      else hedging.onShed(shed, priorityOf(header, identified));
    },
    isCalm: () => entrance.level() === 0 && entrance.state().from === null,
    partsWithOne: entrance.partsWithOne,
    isStrained: () => entrance.level() >= strainedFrom,
    state: entrance.state,
    slots: bulkheads.states,
    ports: { slots: watched(bulkheads, entrance, clock), priorityOf, ...hedging },
  };
}

/** The work of a request as far as its head tells, in thousands of tokens. */
function costOf(header: Header, bodyBytesMax: number): number {
  const bytes = announcedBytes({ header }, bodyBytesMax);
  return (usualOutputTokens + (promptWork * bytes) / bytesPerToken) / tokensPerCost;
}

/** Slots whose waits are told to the entrance. */
function watched(slots: Slots, { waited }: Pick<Entrance, "waited">, clock: Clock): Slots {
  return {
    hasRoom: slots.hasRoom,
    enter: (target, asks) => {
      const slot = slots.enter(target, asks);
      if (slot !== undefined) waited(0, true);
      return slot;
    },
    wait: (target, asks, until) => {
      const from = clock.monotonic();
      return slots.wait(target, asks, until).then((got) => {
        waited(elapsed(from, clock.monotonic()), "leave" in got);
        return got;
      });
    },
  };
}

function measure(meter: Meter, { state }: Entrance): void {
  const level = meter.gauge({
    name: "sallyport_overload_level",
    help: "How far the process is from what it can take: 0 well, 1 to 3 under pressure.",
  });
  const share = meter.gauge({
    name: "sallyport_overload_admitted_ratio",
    help: "Of the work that came in the last window, how much would be let in now, 0 to 1.",
  });
  const reading = meter.gauge({
    name: "sallyport_overload_reading",
    help: "What the level is read from: how late the event loop runs, seconds; shares of the heap and of the memory.",
    labels: ["kind"],
  });
  meter.onRead(() => {
    const { level: now, admittedShare, readings } = state();
    level.series({}).set(now);
    share.series({}).set(admittedShare);
    reading.series({ kind: "loop_p99_seconds" }).set(readings.loopMsP99 / 1000);
    reading.series({ kind: "loop_mean_seconds" }).set(readings.loopMsMean / 1000);
    reading.series({ kind: "heap" }).set(readings.heapShare);
    reading.series({ kind: "rss" }).set(readings.rssShare);
  });
}
