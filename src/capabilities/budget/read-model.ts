import { type Account, available, usedRatio } from "./account.ts";
import type { Budget } from "./budget.ts";

/** A budget as it stands. Amounts in 10^-9 US dollars. */
export interface BudgetState {
  readonly budget: Budget;
  readonly settled: bigint;
  readonly reserved: bigint;
  readonly available: bigint;
  /** Of the limit, 0 to 1 and above. */
  readonly usedRatio: number;
  /** ms since 1970; 0 of a budget for all time. */
  readonly periodStart: number;
  /** `undefined`: it never ends. */
  readonly periodEnd: number | undefined;
  /** In per cent: somebody was told. */
  readonly told: readonly number[];
  /** When it is used up if it goes on as in its period until now; `undefined`: not in this period, or too little is known. */
  readonly runsOutAt: number | undefined;
}

export function stateOf(budget: Budget, account: Account, now: number): BudgetState {
  const { start, end } = budget.periodAt(account.period.start);
  return {
    budget,
    settled: account.settled,
    reserved: account.reserved,
    available: available(account, budget.limit),
    usedRatio: usedRatio(account, budget.limit),
    periodStart: start,
    periodEnd: end,
    told: [...account.told].toSorted((left, right) => left - right),
    runsOutAt: runsOutAt(account, budget.limit, { start, end, now }),
  };
}

/** Less of a period says nothing. */
const knownShareMin = 0.05;

/** A straight line from the start of its period. Of all time nobody knows the start. */
function runsOutAt(
  { settled }: Account,
  limit: bigint,
  { start, end, now }: { readonly start: number; readonly end: number | undefined; readonly now: number },
): number | undefined {
  if (settled >= limit) return now;
  if (end === undefined || settled <= 0n || now - start < (end - start) * knownShareMin) return undefined;
  const at = start + ((now - start) * Number(limit)) / Number(settled);
  return at < end ? Math.floor(at) : undefined;
}
