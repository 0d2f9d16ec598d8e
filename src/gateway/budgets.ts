import { createBudgetDoors, createBudgets, type Reservation } from "../capabilities/budget/index.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import { epochMs, isoTime, milliseconds, minutes } from "../kernel/units.ts";
import type { Hold } from "../pipeline/hold.ts";
import type { Clock } from "../ports/clock.ts";
import type { DocumentStore } from "../ports/document-store.ts";
import type { Logger } from "../ports/logger.ts";
import type { Meter } from "../ports/meter.ts";
import type { Timer } from "../ports/timer.ts";
import { createBudgetAlerts } from "./budget-alerts.ts";
import { createBudgetList, type Listed } from "./budget-list.ts";
import { type BudgetMetrics, measureBudgets } from "./budget-metrics.ts";
import { spenderOf, spenderOfRecord, spentOf, spentOfSession } from "./budget-spender.ts";
import type { BudgetsControl, ShownBudget } from "./budget-states.ts";
import type { Asked, Guard } from "./guards.ts";
import { ledgerDaysRead, type OpenLedger } from "./ledger.ts";
import { createSignedPost, type SignedPostPorts } from "./signed-post.ts";
import type { Snapshot } from "./snapshot.ts";

/** The budgets of a gateway: what its lanes ask, and what its operators see. */
export interface BudgetKeeper {
  readonly guard: Guard;
  readonly settled: (record: RequestRecord) => void;
  readonly configure: (next: Pick<Snapshot, "budgets">) => void;
  readonly control: BudgetsControl;
}

export interface BudgetParts extends SignedPostPorts {
  readonly clock: Clock;
  readonly timer: Timer;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly trust: { readonly documents: DocumentStore; readonly ledger: OpenLedger };
}

/** When a month's budget of a scope of the cost forecast is used up; `null`: not in this month; `undefined`: it cannot say. */
export type MonthRunsOut = (scope: string, budgetUsd: number) => string | null | undefined;

const closePatienceMs = 2000;
const dayMs = 86_400_000;

export function createBudgetKeeper(
  parts: BudgetParts,
  snapshot: () => Pick<Snapshot, "budgets">,
  monthRunsOut: MonthRunsOut,
): BudgetKeeper {
  const { clock, timer, logger } = parts;
  const { ledger } = parts.trust;
  const settings = () => snapshot().budgets;
  const list = createBudgetList({ ...parts.trust, logger }, settings());
  const listed = () => list.all().map(({ budget }) => budget);
  const post = createSignedPost(parts);
  const alerts = createBudgetAlerts({ ...parts, post, store: ledger.store }, settings);
  const budgets = createBudgets(
    {
      ...{ clock, timer, store: ledger.store, onAlert: alerts.tell },
      onFault: (fault) => logger.error("the ledger of budgets cannot be written", { fault: String(fault) }),
    },
    ledger.opening,
    listed(),
  );
  alerts.resume(ledger.opening.alerts);
  const metrics = measureBudgets(parts.meter, budgets);
  const doors = createBudgetDoors({ budgets, clock, timer });
  ledger.atEnd(() => budgets.close(closePatienceMs));
  timer.every(minutes(60), () => void check(parts, metrics));
  /** Requests whose hold has just been told. */
  const told = new Set<string>();
  const holdOf = (reservation: Reservation, asked: Asked): Hold => ({
    settled: (record) => {
      told.add(record.id);
      const { nanoUsd } = reservation;
      const spent = isSession(asked) ? spentOfSession(asked, nanoUsd) : spentOf(record, nanoUsd);
      if (spent === undefined) reservation.release();
      else reservation.settle(spent);
    },
  });
  const shown = ({ budget, rules, source }: Listed): readonly ShownBudget[] =>
    budgets
      .states()
      .filter((state) => state.budget === budget)
      .map((state) => ({ ...state, rules, source, runsOutOn: runsOutOn(state, monthRunsOut) }));
  const find = (id: string): ShownBudget | undefined =>
    [list.find(id)].flatMap((found) => (found === undefined ? [] : shown(found)))[0];
  return {
    guard: {
      admit: (asked) => doors.admit(spenderOf(asked), asked.identified.route.kind === "service"),
      goOn: (asked) => doors.admit(spenderOf(asked), false),
      needsPrice: (asked) => doors.needsPrice(spenderOf(asked)),
      fund: (asked, worstCaseNanoUsd) => {
        const { unknownWorstCaseUsd, waitMs } = settings();
        const nanoUsd = worstCaseNanoUsd ?? Math.round(unknownWorstCaseUsd * 1e9);
        const claim = { spender: spenderOf(asked), request: asked.trail.id, attempt: 0, nanoUsd };
        const funded = doors.fund(claim, milliseconds(waitMs));
        if (funded === undefined) return undefined;
        asked.trail.holds.push(holdOf(funded.reservation, asked));
        return funded.wait;
      },
    },
    settled: (record) => {
      if (told.delete(record.id)) return;
      const spent = spentOf(record, 0);
      if (spent === undefined || spent.nanoUsd === 0) return;
      budgets.charge({ spender: spenderOfRecord(record), request: record.id, attempt: 0 }, spent);
    },
    configure: (next) => {
      list.configure(next.budgets);
      budgets.configure(listed());
    },
    control: {
      list: () => list.all().flatMap(shown),
      set: async (id, rules) => {
        await list.set(id, rules);
        budgets.configure(listed());
        const state = find(id);
        if (state === undefined) throw new Error(`budget ${id} is gone again`);
        return state;
      },
      remove: async (id) => {
        const isGone = await list.remove(id);
        budgets.configure(listed());
        return isGone;
      },
      entries: async (id, { before, limit }) => {
        const page = await ledger.store.entries({
          ...{ budget: id, limit },
          ...(before === undefined ? {} : { before }),
        });
        return page.length === 0 && list.find(id) === undefined && before === undefined ? undefined : page;
      },
    },
  };
}

/** The responses of a session are on record one by one; what is held for the session is for the one that runs. */
const isSession = ({ identified: { route } }: Asked): boolean => route.kind === "realtime";

/** Totals that are not the sum of their entries are the worst that can be said of a ledger: loudly, each hour. */
async function check({ trust, clock, logger }: BudgetParts, metrics: BudgetMetrics): Promise<void> {
  try {
    const differences = await trust.ledger.store.check(clock.now() - ledgerDaysRead * dayMs);
    metrics.checked(differences.length);
    for (const { kept, summed } of differences)
      logger.error("the total of a budget is not the sum of its entries", {
        budget: kept.budget,
        period: isoTime(epochMs(kept.period)),
        settled: `${kept.settled}, not ${summed.settled}`,
        reserved: `${kept.reserved}, not ${summed.reserved}`,
      });
  } catch (fault) {
    logger.error("the ledger of budgets could not be checked", { fault: String(fault) });
  }
}

/** By the forecast where it knows the scope and the period, else by a straight line. */
function runsOutOn(
  { budget, runsOutAt }: Pick<ShownBudget, "budget" | "runsOutAt">,
  monthRunsOut: MonthRunsOut,
): string | null {
  const scope = forecastScope(budget.scope);
  const isCalendarMonth = budget.period === "month" && budget.startDay === 1 && budget.timeZone === "UTC";
  const told =
    isCalendarMonth && scope !== undefined ? monthRunsOut(scope, Number(budget.limit) / 1e9) : undefined;
  if (told !== undefined) return told;
  return runsOutAt === undefined ? null : isoTime(epochMs(runsOutAt)).slice(0, 10);
}

/** The scope of the cost forecast that is the same; `undefined`: none is. */
function forecastScope(scope: ShownBudget["budget"]["scope"]): string | undefined {
  const named = Object.entries(scope).filter(([, glob]) => glob !== undefined);
  const [[level, name] = ["all", undefined]] = named;
  if (named.length > 1 || name?.includes("*") === true) return undefined;
  if (name === undefined) return "all";
  if (level === "key") return `key:${name}`;
  return level === "model" ? `route:${name}` : undefined;
}
