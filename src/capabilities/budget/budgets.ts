import { milliseconds } from "../../kernel/units.ts";
import type { Clock } from "../../ports/clock.ts";
import type { LedgerAlert, LedgerEntry, LedgerOpening, LedgerStore } from "../../ports/ledger-store.ts";
import type { Timer } from "../../ports/timer.ts";
import { available, coversNow } from "./account.ts";
import { accountRef, createAccounts } from "./accounts.ts";
import type { Budget } from "./budget.ts";
import { createIndex, type Spender } from "./matching.ts";
import { type BudgetState, stateOf } from "./read-model.ts";
import { recovered } from "./recover.ts";
import { budgetBounds } from "./settings.ts";
import { createSlices } from "./slices.ts";
import { createTelling, type Held } from "./telling.ts";
import { createLedgerWriter } from "./writer.ts";

export interface BudgetPorts {
  readonly clock: Clock;
  readonly timer: Timer;
  readonly store: LedgerStore;
  /** The ledger could not be written; told once until it can be again. */
  readonly onFault: (fault: unknown) => void;
  /** A threshold was reached, and that is durable. */
  readonly onAlert: (alert: LedgerAlert) => void;
}

/** What a call has cost. */
export interface Spent {
  readonly nanoUsd: number;
  readonly usage: LedgerEntry["usage"];
  readonly priceVersion: string | null;
  readonly estimated: boolean;
}

/** Money that is held for one call. The first of its two ends counts, and any further one does nothing. */
export interface Reservation {
  readonly nanoUsd: number;
  readonly settle: (spent: Spent) => void;
  /** Nothing was spent. */
  readonly release: () => void;
}

export type Reserved =
  /** @property durable When the ledger holds it; `undefined`: a slice covers it until then. */
  | { readonly kind: "held"; readonly reservation: Reservation; readonly durable: Promise<void> | undefined }
  | { readonly kind: "exhausted"; readonly by: Exhausted }
  /** Too much waits for the store. */
  | { readonly kind: "full" }
  /** No budget counts for it. */
  | { readonly kind: "none" };

/** A budget of which nothing, or not enough, is left. */
export interface Exhausted {
  readonly budget: string;
  /** ms since 1970; `undefined`: it does not begin anew. */
  readonly until: number | undefined;
}

/** One call of which money is to be held. */
export interface Claim {
  readonly spender: Spender;
  readonly request: string;
  /** How often it has been claimed for before. */
  readonly attempt: number;
  /** The most it may cost, 10^-9 US dollars. */
  readonly nanoUsd: number;
}

/** All budgets of one gateway, exact within its process. Nothing but `close` waits for anything. */
export interface Budgets {
  readonly configure: (budgets: readonly Budget[]) => void;
  /** Those that count for a call. */
  readonly of: (spender: Spender) => readonly Budget[];
  /** Of budgets of which nothing is left the one that begins anew last. */
  readonly exhausted: (budgets: readonly Budget[]) => Exhausted | undefined;
  /** Holds money of all budgets that count for a call, or of none. */
  readonly reserve: (claim: Claim) => Reserved;
  /** Books what was spent without a reservation. */
  readonly charge: (call: Omit<Claim, "nanoUsd">, spent: Spent) => void;
  readonly states: () => readonly BudgetState[];
  /** Gives slices back, and writes what is queued, as long as `patienceMs`. */
  readonly close: (patienceMs: number) => Promise<void>;
}

const { pendingMax, groupMs } = budgetBounds;

/** Goes on from what the ledger holds; what a process before this one has left open is settled first. */
export function createBudgets(
  ports: BudgetPorts,
  opening: LedgerOpening,
  initial: readonly Budget[],
): Budgets {
  const { clock, timer } = ports;
  const writer = createLedgerWriter(ports, milliseconds(groupMs));
  const accounts = createAccounts(opening);
  const slices = createSlices({ clock, timer, writer }, accounts);
  const telling = createTelling({ clock, writer, onAlert: ports.onAlert });
  let budgets = initial;
  let find = createIndex(budgets, ({ scope }) => scope);
  let byId = new Map<string, Budget>();

  const heldBy = (spender: Spender, now: number): readonly Held[] =>
    find(spender).map((budget) => ({ budget, account: accounts.of(budget, now) }));
  const book = (held: readonly Held[], entry: Omit<LedgerEntry, "accounts">, written?: () => void): void =>
    writer.append({ entry: { ...entry, accounts: held.map(({ account }) => accountRef(account)) } }, written);
  const spend = (
    held: readonly Held[],
    call: Pick<Claim, "request" | "attempt">,
    { spent, freed }: { readonly spent: Spent; readonly freed: bigint },
  ): void => {
    for (const { account } of held) {
      account.reserved -= freed;
      account.settled += BigInt(spent.nanoUsd);
    }
    book(held, { request: call.request, attempt: call.attempt, kind: "settle", at: clock.now(), ...spent });
    // The limit that counts now: a call may have been let in under another, and its budget may be gone.
    for (const { budget, account } of held) {
      const current = byId.get(budget.id);
      if (current !== undefined) telling.look({ budget: current, account });
    }
  };
  const reservationOf = (held: readonly Held[], { request, attempt, nanoUsd }: Claim): Reservation => {
    let isOver = false;
    const freed = BigInt(nanoUsd);
    return {
      nanoUsd,
      settle: (spent) => {
        if (isOver) return;
        isOver = true;
        spend(held, { request, attempt }, { spent, freed });
      },
      release: () => {
        if (isOver) return;
        isOver = true;
        for (const { account } of held) account.reserved -= freed;
        book(held, { request, attempt, kind: "release", at: clock.now(), nanoUsd, ...nothingSpent });
      },
    };
  };
  const lackingIn = (held: readonly Held[], nanoUsd: bigint): Exhausted | undefined => {
    const lacking = held.filter(
      ({ budget, account }) =>
        budget.kind === "hard" && available(account, budget.limit) < (nanoUsd > 0n ? nanoUsd : 1n),
    );
    for (const one of lacking) telling.refused(one, nanoUsd);
    return lastToEnd(lacking);
  };
  const hasRoom = (): boolean => writer.pending() < pendingMax;
  const configure = (next: readonly Budget[]): void => {
    budgets = next;
    find = createIndex(budgets, ({ scope }) => scope);
    byId = new Map(budgets.map((budget) => [budget.id, budget]));
    for (const budget of budgets) telling.look({ budget, account: accounts.of(budget, clock.now()) });
  };

  recover(opening, { accounts, budgets: initial, now: clock.now(), append: writer.append });
  configure(initial);
  return {
    configure,
    of: (spender) => find(spender),
    exhausted: (asked) =>
      lackingIn(
        asked.map((budget) => ({ budget, account: accounts.of(budget, clock.now()) })),
        0n,
      ),
    reserve: (claim) => {
      const now = clock.now();
      const held = heldBy(claim.spender, now);
      if (held.length === 0) return { kind: "none" };
      if (!hasRoom()) return { kind: "full" };
      const amount = BigInt(claim.nanoUsd);
      const by = lackingIn(held, amount);
      if (by !== undefined) return { kind: "exhausted", by };
      for (const { account } of held) {
        account.reserved += amount;
        account.drawnAt = now;
      }
      const { request, attempt, nanoUsd } = claim;
      const entry = { request, attempt, kind: "reserve", at: now, nanoUsd, ...nothingSpent } as const;
      const strict = held.filter(({ budget }) => budget.kind === "hard");
      const isCovered = strict.every(({ account }) => coversNow(account, nanoUsd));
      if (isCovered) for (const { account } of strict) account.drawn += nanoUsd;
      book(held, entry, () => {
        if (isCovered) for (const { account } of strict) account.drawn -= nanoUsd;
      });
      for (const { account, budget } of strict) slices.fit(account, budget.limit);
      return {
        kind: "held",
        reservation: reservationOf(held, claim),
        durable: isCovered ? undefined : writer.durable(),
      };
    },
    charge: ({ spender, request, attempt }, spent) => {
      const held = heldBy(spender, clock.now());
      if (held.length > 0) spend(held, { request, attempt }, { spent, freed: 0n });
    },
    states: () => budgets.map((budget) => stateOf(budget, accounts.of(budget, clock.now()), clock.now())),
    close: async (patienceMs) => {
      slices.end();
      await Promise.race([
        writer.durable(),
        new Promise<void>((resolve) => {
          timer.after(milliseconds(patienceMs), resolve);
        }),
      ]);
    },
  };
}

const nothingSpent = { usage: null, priceVersion: null, estimated: false } as const;

function lastToEnd(lacking: readonly Held[]): Exhausted | undefined {
  let last: Exhausted | undefined;
  for (const { budget, account } of lacking) {
    const { end } = account.period;
    if (last === undefined || (last.until !== undefined && (end === undefined || end > last.until)))
      last = { budget: budget.id, until: end };
  }
  return last;
}

function recover(
  opening: LedgerOpening,
  {
    accounts,
    budgets,
    now,
    append,
  }: {
    readonly accounts: ReturnType<typeof createAccounts>;
    readonly budgets: readonly Budget[];
    readonly now: number;
    readonly append: ReturnType<typeof createLedgerWriter>["append"];
  },
): void {
  const limits = new Map(budgets.map(({ id, limit }) => [id, limit]));
  const leftOf = ({ budget, period }: { readonly budget: string; readonly period: number }) => {
    const limit = limits.get(budget);
    return limit === undefined ? undefined : available(accounts.named({ budget, period }), limit);
  };
  for (const entry of recovered(opening, now, leftOf)) {
    for (const ref of entry.accounts) {
      const account = accounts.named(ref);
      account.settled += BigInt(entry.nanoUsd);
      if (entry.kind === "settle") account.reserved -= BigInt(entry.nanoUsd);
    }
    append({ entry });
  }
  for (const { budget, period } of opening.slices) append({ slice: { budget, period, nanoUsd: 0 } });
}
