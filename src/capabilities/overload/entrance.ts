import { GatewayError } from "../../kernel/errors.ts";
import { uniformOf } from "../../kernel/uniform.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { type Arrival, type Class, type Cursor, type CursorState, createCursor } from "./cursor.ts";
import { createLevels, type Level, type Pressure } from "./levels.ts";
import { toldWaitMs } from "./told-wait.ts";

/** Door 3, first half: who comes in while the process, or all that it asks, has more than it can do. */
export interface Entrance extends Pick<Cursor, "gaveUp" | "waited"> {
  /** @throws GatewayError `overloaded`, with why and when to come back. */
  readonly admit: (arrival: Arrival) => void;
  /** How the process fares now; to be told several times a second. */
  readonly read: (pressure: Pressure) => void;
  readonly level: () => Level;
  readonly state: () => EntranceState;
}

export interface EntranceState extends CursorState {
  readonly level: Level;
  readonly readings: Pressure;
}

/** The level from which on a class is refused whatever the cursor says; `interactive`: only for want of memory. */
const refusedFrom = { interactive: 4, batch: 2, shadow: 1, chaos: 1 } as const satisfies Record<
  Class,
  number
>;
const memoryIsOut = 3;
/** A level stands at least so long. */
const levelMs = 5000;
const cursorMs = 1000;
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
  const refused = (shed: string, waitMs: number): GatewayError =>
    new GatewayError("overloaded", shed, {
      message: messages[shed] ?? "The gateway is at its limit.",
      shed,
      retryAfterMs: toldWaitMs(waitMs, uniformOf(random.bytes)),
    });
  return {
    admit: (arrival) => {
      const { level, memory } = levels.state();
      if (memory === memoryIsOut) throw refused("memory", levelMs);
      if (level >= refusedFrom[arrival.priority]) throw refused("level", levelMs);
      const held = cursor.admit(arrival);
      if (held !== undefined) throw refused(held.reason, cursorMs / held.share);
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
    state: () => ({ level: levels.state().level, readings, ...cursor.state() }),
  };
}

const messages: Readonly<Record<string, string>> = {
  memory: "The gateway has no memory left for more requests.",
  level: "The gateway is under pressure; requests that nobody waits for are refused meanwhile.",
  priority: "More comes than the gateway can do; requests of this priority are refused meanwhile.",
  share: "More comes than the gateway can do, and this key has had its share.",
};
