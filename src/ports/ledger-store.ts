/** One period of one budget. */
export interface LedgerAccount {
  readonly budget: string;
  /** Start of the period: ms since 1970; 0 of a budget for all time. */
  readonly period: number;
}

/**
 * One line of the ledger. It is never changed and never taken away.
 *
 *     reserve   reserved += nanoUsd
 *     settle    reserved -= what (request, attempt) had reserved; settled += nanoUsd
 *     release   reserved -= what (request, attempt) had reserved
 *     adjust    settled += nanoUsd, which may be below 0
 */
export interface LedgerEntry {
  readonly request: string;
  readonly attempt: number;
  readonly kind: "reserve" | "settle" | "release" | "adjust";
  /** ms since 1970. */
  readonly at: number;
  /** Of all of them, or of none. */
  readonly accounts: readonly LedgerAccount[];
  /** 10^-9 US dollars, a safe integer. */
  readonly nanoUsd: number;
  /** What was consumed, in tokens; `null`: nothing, or nobody knows. */
  readonly usage: { readonly input: number; readonly output: number } | null;
  /** The price book that was asked: the hash of its rows. */
  readonly priceVersion: string | null;
  /** The amount is not by the provider's own count. */
  readonly estimated: boolean;
}

/** An entry as it is read: `id` rises with time. */
export interface WrittenEntry extends LedgerEntry {
  readonly id: number;
}

export interface LedgerTotal extends LedgerAccount {
  /** 10^-9 US dollars. */
  readonly settled: bigint;
  readonly reserved: bigint;
}

/** What may be drawn of a budget before the entries that draw it are durable, 10^-9 US dollars. 0: nothing. */
export interface LedgerSlice extends LedgerAccount {
  readonly nanoUsd: number;
}

/** Somebody is to be told that a budget has reached a share of its limit: once in each period. */
export interface LedgerAlert extends LedgerAccount {
  /** Per cent. */
  readonly threshold: number;
  readonly at: number;
  /** What is told, as JSON. */
  readonly body: string;
  /** When it was told, or given up; `null`: not yet. */
  readonly doneAt: number | null;
}

/** What is written at once. All are optional: what is left out is as it was. */
export interface LedgerBatch {
  readonly entries?: readonly LedgerEntry[];
  readonly slices?: readonly LedgerSlice[];
  readonly alerts?: readonly LedgerAlert[];
}

/** What a gateway goes on from. */
export interface LedgerOpening {
  readonly totals: readonly LedgerTotal[];
  /** Reservations that were neither settled nor released, oldest first. */
  readonly open: readonly WrittenEntry[];
  readonly slices: readonly LedgerSlice[];
  readonly alerts: readonly LedgerAlert[];
}

/** An account whose kept total is not what its entries come to. */
export interface LedgerDifference {
  readonly kept: LedgerTotal;
  readonly summed: LedgerTotal;
}

/**
 * The account of all money. What a promise of `commit` has resolved for survives the loss of power. One process writes.
 * Implementations: `platform/sqlite`, `platform/memory`; both pass `test/contracts/ledger-store.ts`.
 */
export interface LedgerStore {
  /**
   * All of a batch or nothing of it. An entry whose (request, attempt, kind) is known is left out, and so is an alert whose
   * (budget, period, threshold) is known, but for its `doneAt`: a batch may be given again when nobody knows what became
   * of it.
   *
   * @throws GatewayError `storage_unavailable`: nothing was written, as far as is known.
   */
  readonly commit: (batch: LedgerBatch) => Promise<void>;
  /** @param since Totals and alerts of periods that began before are left out, but for those of all time. */
  readonly open: (since: number) => Promise<LedgerOpening>;
  /** Newest first. @param filter.before An id. */
  readonly entries: (filter: {
    readonly budget: string;
    readonly before?: number;
    readonly limit: number;
  }) => Promise<readonly WrittenEntry[]>;
  /** Adds the entries of each account up again. @param since As with `open`. */
  readonly check: (since: number) => Promise<readonly LedgerDifference[]>;
  readonly close: () => Promise<void>;
}
