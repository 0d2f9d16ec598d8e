import { uniformOf } from "../../kernel/uniform.ts";
import { milliseconds } from "../../kernel/units.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Timer } from "../../ports/timer.ts";
import {
  type Asks,
  type Bulkhead,
  type BulkheadRules,
  type BulkheadState,
  createBulkhead,
  type Shed,
  type Slot,
} from "./bulkhead.ts";
import { toldWaitMs } from "./told-wait.ts";

/** A target, by name. */
interface TargetName {
  readonly provider: string;
  readonly model: string;
}

/** Slots at all targets. Owned by one gateway. */
export interface Bulkheads {
  /** Whether there is a slot now; takes none. */
  readonly hasRoom: (target: TargetName, asks: Asks) => boolean;
  /** A slot, if there is one now. */
  readonly enter: (target: TargetName, asks: Asks) => Slot | undefined;
  /**
   * Waits for a slot: as long as the rules allow, and never past `withinMs`. @returns The slot, or why there is none.
   *
   * @param onStop Called with what ends the wait at once.
   */
  readonly wait: (
    target: TargetName,
    asks: Asks,
    until: { readonly withinMs: number; readonly onStop: (stop: () => void) => void },
  ) => Promise<Slot | { readonly shed: Shed; readonly retryAfterMs: number }>;
  readonly states: () => readonly (TargetName & BulkheadState)[];
}

const targetsMax = 10_000;

export function createBulkheads(parts: {
  readonly clock: Clock;
  readonly timer: Timer;
  readonly random: Random;
  readonly rulesOf: (target: TargetName) => BulkheadRules;
}): Bulkheads {
  const { clock, timer, random, rulesOf } = parts;
  const told = (waitMs: number): number => toldWaitMs(waitMs, uniformOf(random.bytes));
  const known = new Map<string, { readonly target: TargetName; readonly bulkhead: Bulkhead }>();
  const of = (target: TargetName): Bulkhead => {
    const name = `${target.provider}/${target.model}`;
    const found = known.get(name);
    if (found !== undefined) return found.bulkhead;
    for (const [oldest, { bulkhead }] of known) {
      if (known.size < targetsMax) break;
      if (bulkhead.state().inFlight === 0) known.delete(oldest);
    }
    const named = { provider: target.provider, model: target.model };
    const bulkhead = createBulkhead(
      () => rulesOf(named),
      () => clock.monotonic(),
    );
    known.set(name, { target: named, bulkhead });
    return bulkhead;
  };
  return {
    hasRoom: (target, asks) => of(target).hasRoom(asks, rulesOf(target)),
    enter: (target, asks) => of(target).enter(asks, rulesOf(target)),
    wait: (target, asks, { withinMs, onStop }) => {
      const bulkhead = of(target);
      const waitMs = bulkhead.waitMs();
      if (waitMs >= withinMs) return Promise.resolve({ shed: "deadline", retryAfterMs: told(waitMs) });
      return new Promise((resolve) => {
        let cancel: (() => void) | undefined;
        const refuse = (shed: Shed): void => {
          cancel?.();
          resolve({ shed, retryAfterMs: told(bulkhead.waitMs()) });
        };
        const queued = bulkhead.queue(
          {
            asks,
            refuse,
            give: (slot) => {
              cancel?.();
              resolve(slot);
            },
          },
          rulesOf(target),
          clock.monotonic(),
        );
        if (queued === undefined) return;
        const giveUp = (): void => {
          queued.giveUp();
          refuse("wait");
        };
        cancel = timer.after(milliseconds(Math.min(queued.maxWaitMs, withinMs)), giveUp);
        onStop(giveUp);
      });
    },
    states: () => [...known.values()].map(({ target, bulkhead }) => ({ ...target, ...bulkhead.state() })),
  };
}
