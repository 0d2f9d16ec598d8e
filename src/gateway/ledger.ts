import type { DocumentStore, StoredDocument } from "../ports/document-store.ts";
import type { LedgerOpening, LedgerStore } from "../ports/ledger-store.ts";

/** The ledger of budgets as it was found, and the budgets that were set while a gateway ran. */
export interface OpenLedger {
  readonly store: LedgerStore;
  readonly opening: LedgerOpening;
  readonly set: readonly StoredDocument[];
  /** What is done before the store is closed. */
  readonly atEnd: (task: () => Promise<void>) => void;
  readonly close: () => Promise<void>;
}

/** The collection of `DocumentStore` that budgets are in. */
export const budgetCollection = "budgets";
/** A period is a year at most; what is older is read by nobody but the pages of the ledger. */
export const ledgerDaysRead = 400;
const dayMs = 86_400_000;

/** @throws GatewayError `storage_unavailable` */
export async function openLedger(
  store: LedgerStore,
  documents: Pick<DocumentStore, "list">,
  now: number,
): Promise<OpenLedger> {
  const tasks: (() => Promise<void>)[] = [];
  // Whatever writes it is begun now: the first call should not wait for that.
  await store.commit({});
  return {
    store,
    opening: await store.open(now - ledgerDaysRead * dayMs),
    set: await documents.list(budgetCollection),
    atEnd: (task) => tasks.push(task),
    close: async () => {
      await Promise.all(tasks.map((task) => task()));
      await store.close();
    },
  };
}
