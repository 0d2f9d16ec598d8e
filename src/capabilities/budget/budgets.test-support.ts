import { createMemoryLedgerStore, createVirtualTime, type VirtualTime } from "../../platform/memory/index.ts";
import type { LedgerAlert, LedgerStore } from "../../ports/ledger-store.ts";
import { type Budget, budgetOf } from "./budget.ts";
import { type Budgets, createBudgets, type Spent } from "./budgets.ts";
import { budgetRules } from "./settings.ts";

/** A budget as it is written. */
export const written = (id: string, rules: Readonly<Record<string, unknown>>): Budget =>
  budgetOf(id, budgetRules.parse(rules));

export const spent = (nanoUsd: number): Spent => ({
  ...{ nanoUsd, usage: { input: 1, output: 2 }, priceVersion: "book", estimated: false },
});

export interface Opened {
  readonly budgets: Budgets;
  readonly time: VirtualTime;
  readonly store: LedgerStore;
  readonly alerts: LedgerAlert[];
  readonly faults: unknown[];
  /** Lets `ms` pass, and what waits for the store go on. */
  readonly pass: (ms: number) => Promise<void>;
}

/** Budgets over a store, as a process opens them. */
export async function opened(
  list: readonly Budget[],
  parts: { readonly store?: LedgerStore; readonly time?: VirtualTime } = {},
): Promise<Opened> {
  const { store = createMemoryLedgerStore(), time = createVirtualTime(Date.UTC(2026, 10, 28, 11)) } = parts;
  const alerts: LedgerAlert[] = [];
  const faults: unknown[] = [];
  const budgets = createBudgets(
    {
      ...{ clock: time.clock, timer: time.timer, store },
      onFault: (fault) => faults.push(fault),
      onAlert: (alert) => alerts.push(alert),
    },
    await store.open(0),
    list,
  );
  return { budgets, time, store, alerts, faults, pass: (ms) => passing(time, ms) };
}

async function passing(time: VirtualTime, ms: number): Promise<void> {
  for (let step = 0; step < 20; step += 1) {
    time.advance(ms / 20);
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  }
}
