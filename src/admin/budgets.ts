import type * as z from "zod";
import type { ShownBudget } from "../gateway/budget-states.ts";
import type { Control } from "../gateway/control.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { WrittenEntry } from "../ports/ledger-store.ts";
import { type budgetList, type ledgerPage, ledgerQuery, wantedBudget } from "./budget-schemas.ts";

/** What an answer about budgets reads of its call. */
interface Asked {
  readonly name: string;
  readonly query: <Schema extends z.ZodType>(schema: Schema) => z.output<Schema>;
  readonly body: <Schema extends z.ZodType>(schema: Schema) => Promise<z.output<Schema>>;
}

/** @param missing Throws that there is none of this id. */
export const budgetAnswers = ({ budgets }: Pick<Control, "budgets">, missing: (what: string) => never) => ({
  listBudgets: () => ({ data: { budgets: budgets.list().map(shown) } }),
  createBudget: async ({ name, body }: Asked) => {
    if (budgets.list().some(({ budget }) => budget.id === name))
      throw new GatewayError("conflict", `there is a budget ${name}`, {
        message: `There is a budget \`${name}\` already.`,
      });
    return { data: shown(await budgets.set(name, await body(wantedBudget))) };
  },
  setBudget: async ({ name, body }: Asked) => ({
    data: shown(await budgets.set(name, await body(wantedBudget))),
  }),
  removeBudget: async ({ name }: Asked) => {
    if (!(await budgets.remove(name))) missing("budget");
    return { data: { budgets: budgets.list().map(shown) } };
  },
  listLedger: async ({ name, query }: Asked) => {
    const page = query(ledgerQuery);
    const entries = (await budgets.entries(name, page)) ?? missing("budget");
    const next = entries.length < page.limit ? null : (entries.at(-1)?.id ?? null);
    return { data: { entries: entries.map(shownEntry), next } };
  },
});

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

function shownEntry(entry: WrittenEntry): z.output<typeof ledgerPage>["entries"][number] {
  const { accounts, ...told } = entry;
  return { ...told, budgets: accounts.map(({ budget }) => budget) };
}
