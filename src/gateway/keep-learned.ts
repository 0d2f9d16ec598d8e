import type { CostForecaster } from "../capabilities/cost-forecast/index.ts";
import type { Learner } from "../capabilities/routing/index.ts";
import type { Scaling } from "../capabilities/scaling/index.ts";
import { type Milliseconds, milliseconds } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { StateStore } from "../ports/state-store.ts";
import type { CancelTimer, Timer } from "../ports/timer.ts";

const every: Milliseconds = milliseconds(60_000);

/** What learns, and can tell what it knows. */
export interface Memory {
  readonly name: string;
  /** `undefined`: there is nothing worth storing. */
  readonly kept: () => unknown;
  /** False: what was stored is none of its. */
  readonly restore: (stored: unknown) => boolean;
  /** Given once what has it stored within so long; absent: nothing of it is urgent. */
  readonly onUrgent?: (store: StoreWithin) => void;
}

type StoreWithin = (span: Milliseconds) => void;

/** What is told to be urgent, from the moment on at which somebody listens. */
export function createUrgency(): Required<Pick<Memory, "onUrgent">> & { readonly within: StoreWithin } {
  let store: StoreWithin | undefined;
  return {
    onUrgent: (listener) => {
      store = listener;
    },
    within: (span) => store?.(span),
  };
}

export const routingMemory = ({ kept, restore }: Pick<Learner, "kept" | "restore">): Memory => ({
  name: "routing",
  kept,
  restore,
});

export const demandMemory = (
  { kept, restore }: Pick<Scaling, "kept" | "restore">,
  { now }: Pick<Clock, "now">,
): Memory => ({
  name: "demand",
  kept,
  restore: (stored) => restore(stored, now()),
});

export const costMemory = ({ kept, restore }: Pick<CostForecaster, "kept" | "restore">): Memory => ({
  name: "costs",
  kept,
  restore,
});

/** Keeps what is learned over a restart. */
export interface LearnedKeeper {
  /** Goes on from what was stored; what is not readable is left alone, and learning begins anew. */
  readonly restore: () => Promise<void>;
  /** Stores what there is now. Never rejects. */
  readonly keep: () => Promise<void>;
}

/** Stores what is learned each minute, what is urgent sooner; where that fails the gateway goes on. */
export function createLearnedKeeper(
  memories: readonly Memory[],
  {
    states: store,
    timer,
    logger,
  }: { readonly states: StateStore; readonly timer: Timer; readonly logger: Logger },
): LearnedKeeper {
  /** When those are stored that are urgent. */
  const urgent = new Map<string, CancelTimer>();
  const keepOne = async ({ name, kept }: Memory): Promise<void> => {
    urgent.get(name)?.();
    urgent.delete(name);
    try {
      const state = kept();
      if (state !== undefined) await store.write(name, state);
    } catch (fault) {
      logger.warn("what was learned could not be stored", { of: name, fault: String(fault) });
    }
  };
  const keep = async (): Promise<void> => {
    for (const memory of memories) await keepOne(memory);
  };
  timer.every(every, () => void keep());
  for (const memory of memories)
    memory.onUrgent?.((span) => {
      if (span <= 0) void keepOne(memory);
      else if (!urgent.has(memory.name))
        urgent.set(
          memory.name,
          timer.after(span, () => void keepOne(memory)),
        );
    });
  return {
    restore: async () => {
      for (const { name, restore } of memories) {
        try {
          const stored = await store.read(name);
          if (stored !== undefined && !restore(stored))
            logger.warn("what was learned is not readable; it begins anew", { of: name });
        } catch (fault) {
          logger.warn("what was learned could not be read", { of: name, fault: String(fault) });
        }
      }
    },
    keep,
  };
}
