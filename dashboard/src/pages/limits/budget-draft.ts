import { readList } from "../../format/lists.ts";
import type { Budget, WantedBudget } from "../../generated/client.ts";

export const periods = [
  { value: "day", name: "day" },
  { value: "week", name: "week" },
  { value: "month", name: "month" },
  { value: "quarter", name: "quarter" },
  { value: "year", name: "year" },
  { value: "total", name: "once, for good" },
] as const;

export const levels = ["tenant", "project", "user", "key", "route", "model"] as const;

/** A budget as it is typed. */
export interface BudgetDraft extends Pick<Budget, "id" | "scope" | "kind" | "period" | "timeZone"> {
  readonly limitUsd: string;
  readonly startDay: string;
  readonly alerts: string;
}

export const emptyBudget: BudgetDraft = {
  id: "",
  scope: {},
  kind: "hard",
  period: "month",
  timeZone: "UTC",
  limitUsd: "",
  startDay: "1",
  alerts: "50, 80, 100",
};

export const draftOfBudget = ({ id, scope, kind, period, timeZone, ...budget }: Budget): BudgetDraft => ({
  ...{ id, scope, kind, period, timeZone },
  limitUsd: usdOf(budget.limit),
  startDay: String(budget.startDay),
  alerts: budget.alerts.join(", "),
});

/** What was typed, in the form of the configuration. */
export function wantedBudgetOf(draft: BudgetDraft): WantedBudget {
  const scope = Object.entries(draft.scope).flatMap(([level, glob]) =>
    glob.trim() === "" ? [] : [[level, glob.trim()] as const],
  );
  const rest = {
    scope: Object.fromEntries(scope),
    kind: draft.kind,
    period: draft.period,
    timeZone: draft.timeZone.trim(),
    startDay: Number(draft.startDay),
    alerts: readList(draft.alerts).map(Number),
  };
  return { limitUsd: draft.limitUsd.trim(), ...rest };
}

/** Exact: totals may pass what a JSON number holds. @param nanoUsd A whole number, as text. */
function usdOf(nanoUsd: string): string {
  const digits = nanoUsd.padStart(10, "0");
  const fraction = digits.slice(-9).replace(/0+$/, "");
  return `${digits.slice(0, -9)}${fraction === "" ? "" : `.${fraction}`}`;
}
