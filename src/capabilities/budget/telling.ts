import type { Clock } from "../../ports/clock.ts";
import type { LedgerAlert } from "../../ports/ledger-store.ts";
import { type Account, reached } from "./account.ts";
import { accountRef } from "./accounts.ts";
import type { Budget } from "./budget.ts";
import type { LedgerWriter } from "./writer.ts";

/** A budget, and its account of now. */
export interface Held {
  readonly budget: Budget;
  readonly account: Account;
}

/** Tells somebody of a threshold once it is on record, and once in each period. */
export interface Telling {
  /** After money was spent, or a limit was changed. */
  readonly look: (held: Held) => void;
  /**
   * A call was refused for want of money. For what is only held, or where nothing has been spent, nobody is told; else that the limit is reached: nobody
   * should wait for the last cent to hear that calls are refused.
   */
  readonly refused: (held: Held, nanoUsd: bigint) => void;
}

export function createTelling({
  clock,
  writer,
  onAlert,
}: {
  readonly clock: Clock;
  readonly writer: Pick<LedgerWriter, "append">;
  readonly onAlert: (alert: LedgerAlert) => void;
}): Telling {
  const tell = (held: Held, thresholds: readonly number[]): void => {
    const { account } = held;
    for (const threshold of thresholds) {
      account.told.add(threshold);
      const at = clock.now();
      const body = bodyOf(held, threshold, at);
      const alert: LedgerAlert = { ...accountRef(account), threshold, at, body, doneAt: null };
      writer.append({ alert }, () => onAlert(alert));
    }
  };
  return {
    look: (held) => tell(held, reached(held.account, held.budget.limit, held.budget.alerts)),
    refused: (held, nanoUsd) => {
      const { account, budget } = held;
      const left = budget.limit - account.settled;
      if (account.told.has(100) || account.settled === 0n || (left > 0n && left >= nanoUsd)) return;
      tell(
        held,
        budget.alerts.filter((threshold) => threshold === 100),
      );
    },
  };
}

function bodyOf({ budget, account }: Held, threshold: number, at: number): string {
  const { start, end } = account.period;
  return JSON.stringify({
    budget: budget.id,
    kind: budget.kind,
    period: { start, end: end ?? null },
    threshold,
    settledUsd: Number(account.settled) / 1e9,
    limitUsd: Number(budget.limit) / 1e9,
    at,
  });
}
