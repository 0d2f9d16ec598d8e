import { GatewayError } from "../../kernel/errors.ts";
import type { Milliseconds } from "../../kernel/units.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Timer } from "../../ports/timer.ts";
import type { Budgets, Claim, Exhausted, Reservation } from "./budgets.ts";
import type { Spender } from "./matching.ts";

export interface BudgetDoorPorts {
  readonly budgets: Pick<Budgets, "of" | "exhausted" | "reserve">;
  readonly clock: Pick<Clock, "now">;
  readonly timer: Timer;
}

/** The doors at which money is asked for. */
export interface BudgetDoors {
  /**
   * Door 3: whether anything is left.
   * @param isOrdinary Of a call of an ordinary service: it costs nothing that is known, so it is stopped only by budgets
   *   that name a route.
   * @throws GatewayError `budget_exhausted`
   */
  readonly admit: (spender: Spender, isOrdinary: boolean) => void;
  /** Whether a call must have a price: a hard budget counts for it. */
  readonly needsPrice: (spender: Spender) => boolean;
  /**
   * Door 7: holds the most that a call may cost. Waits only where no slice covers it, until the ledger holds it.
   * @throws GatewayError `budget_exhausted`; `storage_unavailable` when the ledger does not hold it within `within`
   */
  readonly fund: (
    claim: Claim,
    within: Milliseconds,
  ) => { readonly reservation: Reservation; readonly wait: Promise<void> | undefined } | undefined;
}

export function createBudgetDoors({ budgets, clock, timer }: BudgetDoorPorts): BudgetDoors {
  return {
    admit: (spender, isOrdinary) => {
      const found = budgets.of(spender);
      if (found.length === 0) return;
      const by = budgets.exhausted(
        isOrdinary ? found.filter(({ scope }) => scope.route !== undefined) : found,
      );
      if (by !== undefined) throw exhausted(by, clock.now());
    },
    needsPrice: (spender) => budgets.of(spender).some(({ kind }) => kind === "hard"),
    fund: (claim, within) => {
      const reserved = budgets.reserve(claim);
      switch (reserved.kind) {
        case "none":
          return undefined;
        case "exhausted":
          throw exhausted(reserved.by, clock.now(), claim.nanoUsd);
        case "full":
          throw unavailable("too many entries wait for the ledger");
        case "held": {
          const { reservation, durable } = reserved;
          if (durable === undefined) return { reservation, wait: undefined };
          return { reservation, wait: withinTime(durable, { reservation, within, timer }) };
        }
      }
    },
  };
}

function withinTime(
  durable: Promise<void>,
  {
    reservation,
    within,
    timer,
  }: {
    readonly reservation: Reservation;
    readonly within: Milliseconds;
    readonly timer: Timer;
  },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = timer.after(within, () => {
      reservation.release();
      reject(unavailable(`the ledger did not hold a reservation within ${within} ms`));
    });
    void durable.then(() => {
      cancel();
      resolve();
    });
  });
}

/** @param wanted 10^-9 US dollars: the most that the call may cost; absent: nothing at all is left. */
function exhausted({ budget, until }: Exhausted, now: number, wanted?: number): GatewayError {
  const message =
    wanted === undefined
      ? `The budget \`${budget}\` is used up.`
      : `The budget \`${budget}\` has too little left for this call, which may cost up to ${wanted / 1e9} USD; a lower bound of its answer makes that less.`;
  return new GatewayError("budget_exhausted", `budget ${budget}`, {
    message,
    ...(until === undefined ? {} : { retryAfterMs: Math.max(0, until - now) }),
  });
}

const unavailable = (detail: string): GatewayError => new GatewayError("storage_unavailable", detail);
