import { describe, expect, it } from "vitest";
import { budgetSettings } from "../capabilities/budget/index.ts";
import {
  createMemoryLedgerStore,
  createRecordingLogger,
  createVirtualTime,
} from "../platform/memory/index.ts";
import type { LedgerStore } from "../ports/ledger-store.ts";
import { createBudgetAlerts } from "./budget-alerts.ts";

const at = Date.UTC(2026, 10, 28);
const alert = { budget: "team", period: 0, threshold: 80, at, body: '{"budget":"team"}', doneAt: null };
const settings = budgetSettings.parse({
  webhook: { url: "https://ops.example/budgets", secret: "a-secret-of-sixteen-chars" },
});
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

async function outbox(
  answers: (call: number) => string | undefined,
  store: LedgerStore = createMemoryLedgerStore(),
) {
  const time = createVirtualTime(at);
  const logger = createRecordingLogger();
  const sent: { readonly at: number; readonly revision: string }[] = [];
  const alerts = createBudgetAlerts(
    {
      ...{ clock: time.clock, timer: time.timer, logger, store },
      post: (_, __, revision) => {
        sent.push({ at: time.clock.now() - at, revision });
        return Promise.resolve(answers(sent.length));
      },
    },
    () => settings,
  );
  await store.commit({ alerts: [alert] });
  const pass = async (ms: number, steps: number): Promise<void> => {
    for (let step = 0; step < steps; step += 1) {
      time.advance(ms / steps);
      await settle();
    }
  };
  return { alerts, sent, store, logger, pass };
}

describe("createBudgetAlerts", () => {
  it("sends again with growing waits until it is taken, then no more, not after a restart either", async () => {
    const one = await outbox((call) => (call < 4 ? "it answers 500" : undefined));
    one.alerts.tell(alert);
    await settle();
    await one.pass(20_000, 200);
    expect(one.sent.map((sent) => sent.at)).toEqual([0, 1000, 3000, 7000]);
    expect(new Set(one.sent.map(({ revision }) => revision)).size).toBe(1);
    const { alerts: kept } = await one.store.open(0);
    expect(kept).toMatchObject([{ doneAt: at + 7000 }]);
    const again = await outbox(() => undefined, one.store);
    again.alerts.resume((await one.store.open(0)).alerts);
    await settle();
    expect(again.sent).toEqual([]);
  });

  it("goes on after a restart with what nobody has taken", async () => {
    const one = await outbox(() => "it answers 500");
    one.alerts.tell(alert);
    await settle();
    const again = await outbox(() => undefined, one.store);
    again.alerts.resume((await one.store.open(0)).alerts);
    await settle();
    expect(again.sent).toHaveLength(1);
    expect(again.logger.lines()).toEqual([]);
  });

  it("gives up after 24 hours, and says so", async () => {
    const one = await outbox(() => "it answers 500");
    one.alerts.tell(alert);
    await settle();
    await one.pass(90_000_000, 9000);
    const last = one.sent.at(-1)?.at ?? 0;
    expect(last).toBeGreaterThan(85_000_000);
    expect(last).toBeLessThanOrEqual(86_400_000);
    expect(one.logger.lines().map(({ message }) => message)).toEqual([
      "a budget has reached a threshold",
      "nobody takes the alert of a budget",
    ]);
  });
});
