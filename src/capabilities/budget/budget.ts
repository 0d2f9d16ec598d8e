import { parseDollars } from "../../kernel/dollars.ts";
import type { EpochMs } from "../../kernel/units.ts";
import type { BudgetScope } from "./matching.ts";
import { type Period, type PeriodRules, periodAt } from "./period.ts";
import type { BudgetRules } from "./settings.ts";
import { zoneOf } from "./zone.ts";

/** A budget, ready to be asked. */
export interface Budget extends PeriodRules {
  readonly id: string;
  readonly scope: BudgetScope;
  /** 10^-9 US dollars a period. */
  readonly limit: bigint;
  readonly timeZone: string;
  readonly kind: "hard" | "soft";
  /** Per cent of the limit. */
  readonly alerts: readonly number[];
  readonly periodAt: (now: EpochMs) => Period;
}

export function budgetOf(id: string, rules: BudgetRules): Budget {
  const zone = zoneOf(rules.timeZone);
  let known: Period | undefined;
  const isIn = ({ start, end }: Period, now: EpochMs): boolean =>
    now >= start && (end === undefined || now < end);
  return {
    id,
    scope: rules.scope,
    limit: parseDollars(rules.limitUsd) ?? 0n,
    period: rules.period,
    startDay: rules.startDay,
    timeZone: rules.timeZone,
    kind: rules.kind,
    alerts: rules.alerts,
    // A clock that was set back finds its old period again.
    periodAt: (now) => {
      if (known === undefined || !isIn(known, now)) known = periodAt(rules, zone, now);
      return known;
    },
  };
}
