import { GatewayError } from "../../kernel/errors.ts";
import { uniformOf } from "../../kernel/uniform.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import {
  type Arrival,
  type Class,
  type Cursor,
  type CursorState,
  createCursor,
  type Held,
} from "./cursor.ts";
import { createLevels, type Level, type Pressure } from "./levels.ts";
import { toldWaitMs } from "./told-wait.ts";

/** Door 3, first half: who comes in while the process, or all that it asks, has more than it can do. */
export interface Entrance extends Pick<Cursor, "gaveUp" | "waited"> {
  /** `undefined`: it may come in. */
  readonly admit: (arrival: Arrival) => Refusal | undefined;
  /** How the process fares now; to be told several times a second. */
  readonly read: (pressure: Pressure) => void;
  readonly level: () => Level;
  /**
   * Whether one client had better go on over another connection, and perhaps to another process. Under pressure, and of all
   * its connections a few a second only: a connection made anew costs as much as a request, and so more pressure.
   */
  readonly partsWithOne: () => boolean;
  readonly state: () => EntranceState;
}

/** Why it may not, and when to come back. */
export interface Refusal {
  readonly shed: "memory" | Held["reason"];
  readonly retryAfterMs: number;
}

export interface EntranceState extends CursorState {
  readonly level: Level;
  readonly readings: Pressure;
}

/** The level of memory from which on a class is refused: of memory the cursor knows nothing. */
const refusedFrom = { interactive: 3, batch: 2, shadow: 1, chaos: 1 } as const satisfies Record<Class, Level>;
/** A level stands at least so long. */
const levelMs = 5000;
const cursorMs = 1000;
const partsFrom: Level = 2;
const partEveryMs = 50;
const unread: Pressure = { loopMsMean: 0, loopMsP99: 0, heapShare: 0, rssShare: 0 };

export function createEntrance(parts: {
  readonly clock: Pick<Clock, "monotonic">;
  readonly random: Random;
  readonly delayMax: () => number | "off";
}): Entrance {
  const { clock, random } = parts;
  const levels = createLevels();
  const cursor = createCursor(() => {
    const max = parts.delayMax();
    return max === "off" ? Number.POSITIVE_INFINITY : max;
  }, clock.monotonic);
  let readings = unread;
  let partedAt = Number.NEGATIVE_INFINITY;
  const refused = (shed: Refusal["shed"], waitMs: number): Refusal => ({
    shed,
    retryAfterMs: toldWaitMs(waitMs, uniformOf(random.bytes)),
  });
  return {
    admit: (arrival) => {
      if (levels.state().memory >= refusedFrom[arrival.priority]) return refused("memory", levelMs);
      const held = cursor.admit(arrival);
      return held && refused(held.reason, cursorMs / held.share);
    },
    gaveUp: cursor.gaveUp,
    waited: cursor.waited,
    read: (pressure) => {
      readings = pressure;
      levels.read(pressure, clock.monotonic());
      cursor.delayed(pressure.loopMsMean);
      cursor.turn();
    },
    level: () => levels.state().level,
    partsWithOne: () => {
      if (levels.state().level < partsFrom) return false;
      const now = clock.monotonic();
      if (now - partedAt < partEveryMs) return false;
      partedAt = now;
      return true;
    },
    state: () => ({ level: levels.state().level, readings, ...cursor.state() }),
  };
}

const messages = {
  memory: "The gateway has too little memory left for this request.",
  priority: "More comes than the gateway can do; requests of this priority are refused meanwhile.",
  share: "More comes than the gateway can do, and this key has had its share.",
} as const satisfies Record<Refusal["shed"], string>;

export const refusalError = ({ shed, retryAfterMs }: Refusal): GatewayError =>
  new GatewayError("overloaded", `entrance: ${shed}`, { message: messages[shed], shed, retryAfterMs });
