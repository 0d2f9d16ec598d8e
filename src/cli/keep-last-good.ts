import { type Counted, errorShare, haveErrorsRisen, mayBeKept } from "../config/last-good.ts";
import type { WrittenTree } from "../config/parse.ts";
import { seconds } from "../kernel/units.ts";
import type { Logger } from "../ports/logger.ts";
import type { CancelTimer, Timer } from "../ports/timer.ts";

/** A configuration is good once it has run so long without a rise of errors. */
const probation = seconds(30);

export interface KeeperParts {
  readonly timer: Timer;
  readonly logger: Logger;
  /** Requests and errors since the process began. */
  readonly counted: () => Counted;
  readonly save: (tree: unknown) => void;
}

/** Watches over what runs, and keeps it for the next start once it has proved itself. */
export interface LastGoodKeeper {
  /** From now on this runs. */
  readonly begin: (written: WrittenTree) => void;
  readonly close: () => void;
}

export function createLastGoodKeeper({ timer, logger, counted, save }: KeeperParts): LastGoodKeeper {
  let cancel: CancelTimer = () => undefined;

  const judge = (tree: unknown, start: Counted, usualShare: number): void => {
    if (haveErrorsRisen({ start, now: counted(), usualShare })) {
      logger.warn(
        "errors have risen since the configuration changed; it is not yet kept as the last good one",
      );
      watch(tree, usualShare);
      return;
    }
    try {
      save(tree);
    } catch (thrown) {
      logger.warn("the last good configuration cannot be kept", { detail: String(thrown) });
    }
  };

  const watch = (tree: unknown, usualShare: number): void => {
    const start = counted();
    cancel = timer.after(probation, () => judge(tree, start, usualShare));
  };

  return {
    begin: (written) => {
      cancel();
      if (!mayBeKept(written)) {
        logger.warn(
          "the configuration holds secrets that are written out, so it is not kept as the last good one",
          {
            paths: written.literals.join(", "),
          },
        );
        return;
      }
      watch(written.tree, errorShare(counted()));
    },
    close: () => cancel(),
  };
}
