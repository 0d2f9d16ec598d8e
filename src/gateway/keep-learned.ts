import type { Learner } from "../capabilities/routing/index.ts";
import { type Milliseconds, milliseconds } from "../kernel/units.ts";
import type { Logger } from "../ports/logger.ts";
import type { StateStore } from "../ports/state-store.ts";
import type { Timer } from "../ports/timer.ts";

const every: Milliseconds = milliseconds(60_000);
const name = "routing";

/** Keeps what is learned over a restart. */
export interface LearnedKeeper {
  /** Goes on from what was stored; what is not readable is left alone, and learning begins anew. */
  readonly restore: () => Promise<void>;
  /** Stores what there is now. Never rejects. */
  readonly keep: () => Promise<void>;
}

/** Stores what is learned each minute; where that fails the gateway goes on. */
export function createLearnedKeeper(
  learner: Pick<Learner, "kept" | "restore">,
  { store, timer, logger }: { readonly store: StateStore; readonly timer: Timer; readonly logger: Logger },
): LearnedKeeper {
  let wasKept = false;
  const keep = async (): Promise<void> => {
    const state = learner.kept();
    if (state.routes.size === 0 && !wasKept) return;
    try {
      await store.write(name, state);
      wasKept = true;
    } catch (fault) {
      logger.warn("what routing has learned could not be stored", { fault: String(fault) });
    }
  };
  timer.every(every, () => void keep());
  return {
    restore: async () => {
      try {
        const stored = await store.read(name);
        if (stored !== undefined && !learner.restore(stored))
          logger.warn("what routing had learned is not readable; it begins anew");
      } catch (fault) {
        logger.warn("what routing had learned could not be read", { fault: String(fault) });
      }
    },
    keep,
  };
}
