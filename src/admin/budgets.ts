import type * as z from "zod";
import { type Operator, reaches } from "../exchange/operator.ts";
import type { ShownBudget } from "../gateway/budget-states.ts";
import type { Control } from "../gateway/control.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { WrittenEntry } from "../ports/ledger-store.ts";
import type { Answers, Asked } from "./answer.ts";
import type { budgetRoutes } from "./budget-routes.ts";
import {
  type budgetList,
  type ledgerPage,
  ledgerQuery,
  wantedBudget,
  wantedScope,
} from "./budget-schemas.ts";
import { missing } from "./missing.ts";
import { checkSets, type RuleScope } from "./within.ts";

type BudgetAnswers = Pick<Answers, keyof typeof budgetRoutes>;

/** Budgets and their ledger. Who is bound to a tenant sees those that are for it alone, and sets those within it. */
export function budgetAnswers({ budgets }: Pick<Control, "budgets">): BudgetAnswers {
  const known = (id: string) => budgets.list().find(({ budget }) => budget.id === id);
  const seenBy = (by: Operator) =>
    budgets.list().filter(({ budget: { scope } }) => reaches(by, ruleScope(scope)));
  const set = async ({ name, operator, body }: Asked) => {
    const before = known(name);
    if (before !== undefined) checkSets(operator, ruleScope(before.budget.scope));
    const wanted = await body(wantedBudget);
    checkSets(operator, ruleScope(wantedScope(wanted)));
    return { data: shown(await budgets.set(name, wanted)) };
  };
  return {
    listBudgets: ({ operator }) => ({ data: { budgets: seenBy(operator).map(shown) } }),
    createBudget: async (asked) => {
      const before = known(asked.name);
      if (before === undefined) return set(asked);
      checkSets(asked.operator, ruleScope(before.budget.scope));
      throw new GatewayError("conflict", `there is a budget ${asked.name}`, {
        message: `There is a budget \`${asked.name}\` already.`,
      });
    },
    setBudget: set,
    removeBudget: async ({ name, operator }) => {
      const before = known(name);
      if (before === undefined || !reaches(operator, ruleScope(before.budget.scope)))
        return missing("budget");
      checkSets(operator, ruleScope(before.budget.scope));
      if (!(await budgets.remove(name))) missing("budget");
      return { data: { budgets: seenBy(operator).map(shown) } };
    },
    listLedger: async ({ name, operator, query }) => {
      const scope = known(name)?.budget.scope ?? {};
      if (!reaches(operator, ruleScope(scope))) missing("budget");
      const page = query(ledgerQuery);
      const entries = (await budgets.entries(name, page)) ?? missing("budget");
      const next = entries.length < page.limit ? null : (entries.at(-1)?.id ?? null);
      const ids = operator.tenant === undefined ? undefined : seenBy(operator).map(({ budget }) => budget.id);
      return { data: { entries: entries.map((entry) => shownEntry(entry, ids)), next } };
    },
  };
}

/** A budget names its own by globs. */
function ruleScope({ tenant, project, key, user }: ShownBudget["budget"]["scope"]): RuleScope {
  return {
    ...(tenant === undefined ? {} : { tenant }),
    ...(project === undefined ? {} : { project }),
    isNarrower: key !== undefined || user !== undefined,
  };
}

function shown(state: ShownBudget): z.output<typeof budgetList>["budgets"][number] {
  const { budget, source, periodStart, periodEnd = null, usedRatio, told, runsOutOn } = state;
  const { id, kind, period, timeZone, startDay, alerts } = budget;
  const named = Object.entries(budget.scope).flatMap(([level, glob]): [string, string][] =>
    glob === undefined ? [] : [[level, glob]],
  );
  return {
    ...{ id, source, kind, period, timeZone, startDay, periodStart, periodEnd, usedRatio, runsOutOn },
    scope: Object.fromEntries(named),
    alerts: [...alerts],
    told: [...told],
    limit: String(budget.limit),
    settled: String(state.settled),
    reserved: String(state.reserved),
    available: String(state.available),
  };
}

/** `ids`: the budgets that may be named; absent: all. */
function shownEntry(
  entry: WrittenEntry,
  ids: readonly string[] | undefined,
): z.output<typeof ledgerPage>["entries"][number] {
  const { accounts, ...told } = entry;
  const named = accounts.map(({ budget }) => budget);
  return { ...told, budgets: ids === undefined ? named : named.filter((id) => ids.includes(id)) };
}
