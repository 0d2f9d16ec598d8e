import { milliseconds } from "../../kernel/units.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Timer } from "../../ports/timer.ts";
import { type Account, available, sliceOf } from "./account.ts";
import { type Accounts, accountRef } from "./accounts.ts";
import { budgetBounds } from "./settings.ts";
import type { LedgerWriter } from "./writer.ts";

/** Keeps each account's slice as large as it should be. A slice that is asked for counts once it is durable. */
export interface Slices {
  /** It grows and shrinks with what is left, by halves: not with every call. */
  readonly fit: (account: Account, limit: bigint) => void;
  /** All go back. */
  readonly end: () => void;
}

const { sliceShare, sliceNanoUsdMax, sliceIdleMs } = budgetBounds;

export function createSlices(
  {
    clock,
    timer,
    writer,
  }: {
    readonly clock: Clock;
    readonly timer: Timer;
    readonly writer: Pick<LedgerWriter, "append">;
  },
  accounts: Pick<Accounts, "all">,
): Slices {
  const ask = (account: Account, nanoUsd: number): void => {
    account.asked = nanoUsd;
    writer.append({ slice: { ...accountRef(account), nanoUsd } }, () => {
      account.slice = nanoUsd;
      if (account.asked === nanoUsd) account.asked = undefined;
    });
  };
  timer.every(milliseconds(sliceIdleMs), () => {
    for (const account of accounts.all()) if (isIdle(account, clock.now())) ask(account, 0);
  });
  return {
    fit: (account, limit) => {
      if (account.asked !== undefined) return;
      const wanted = sliceOf(available(account, limit), { share: sliceShare, most: sliceNanoUsdMax });
      if (account.slice < wanted / 2 || account.slice > 2 * wanted) ask(account, wanted);
    },
    end: () => {
      for (const account of accounts.all())
        if (account.slice > 0 || account.asked !== undefined) ask(account, 0);
    },
  };
}

const isIdle = ({ slice, asked, drawn, drawnAt }: Account, now: number): boolean =>
  slice > 0 && asked === undefined && drawn === 0 && Math.abs(now - drawnAt) >= sliceIdleMs;
