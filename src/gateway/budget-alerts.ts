import type { BudgetSettings } from "../capabilities/budget/index.ts";
import { milliseconds } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { LedgerAlert, LedgerStore } from "../ports/ledger-store.ts";
import type { Logger } from "../ports/logger.ts";
import type { Timer } from "../ports/timer.ts";
import type { SignedPost } from "./signed-post.ts";

/** Tells the operator of budgets, by the log and by a webhook. */
export interface BudgetAlerts {
  /** It is on record that somebody is to be told. */
  readonly tell: (alert: LedgerAlert) => void;
  /** Goes on with what a process before this one has not told yet. */
  readonly resume: (alerts: readonly LedgerAlert[]) => void;
}

const firstWaitMs = 1000;
const waitMaxMs = 600_000;
const patienceMs = 86_400_000;

/**
 * Each alert as a line of the log, once, and as a signed POST, again with growing waits for 24 hours until it is taken. That
 * it was is kept with the alert: what is not known to have been taken is sent again after a restart, under the same
 * idempotency key.
 */
export function createBudgetAlerts(
  {
    clock,
    timer,
    logger,
    post,
    store,
  }: {
    readonly clock: Pick<Clock, "now">;
    readonly timer: Timer;
    readonly logger: Pick<Logger, "warn">;
    readonly post: SignedPost;
    readonly store: Pick<LedgerStore, "commit">;
  },
  settings: () => Pick<BudgetSettings, "webhook">,
): BudgetAlerts {
  const done = async (alert: LedgerAlert): Promise<void> => {
    try {
      await store.commit({ alerts: [{ ...alert, doneAt: clock.now() }] });
    } catch (fault) {
      logger.warn("that an alert was sent could not be kept: it may be sent again", { fault: String(fault) });
    }
  };
  const deliver = async (alert: LedgerAlert, waitMs: number): Promise<void> => {
    const { webhook } = settings();
    if (webhook === undefined) return done(alert);
    const { budget, period, threshold } = alert;
    const why = await post(webhook, alert.body, `${budget}-${period}-${threshold}`);
    if (why === undefined) return done(alert);
    if (clock.now() + waitMs - alert.at > patienceMs) {
      logger.warn("nobody takes the alert of a budget", { budget, threshold, why });
      return done(alert);
    }
    timer.after(milliseconds(waitMs), () => void deliver(alert, Math.min(waitMaxMs, 2 * waitMs)));
  };
  return {
    tell: (alert) => {
      const { budget, threshold, body } = alert;
      logger.warn("a budget has reached a threshold", { alert: "budget", budget, threshold, told: body });
      void deliver(alert, firstWaitMs);
    },
    resume: (alerts) => {
      for (const alert of alerts) if (alert.doneAt === null) void deliver(alert, firstWaitMs);
    },
  };
}
