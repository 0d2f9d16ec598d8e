import type { GatewayParts } from "../gateway/create-gateway.ts";
import { openLedger } from "../gateway/ledger.ts";
import { openDocumentStore, openLedgerStore } from "../platform/sqlite/index.ts";
import { systemClock } from "../platform/system/index.ts";

/** The stores of who may do what, at what price, with proof. */
export interface OpenedTrust {
  readonly parts: GatewayParts["trust"];
  /** Writes what is queued. */
  readonly close: () => Promise<void>;
}

/** Opens them in the data directory. @throws GatewayError `storage_unavailable`. */
export async function openTrust(directory: string): Promise<OpenedTrust> {
  await using undo = new AsyncDisposableStack();
  const documents = undo.adopt(openDocumentStore({ directory }), (opened) => opened.close());
  const store = openLedgerStore({ directory });
  const ledger = undo.adopt(await openLedger(store, documents, systemClock.now()), (one) => one.close());
  const opened = undo.move();
  return { parts: { documents, ledger }, close: () => opened.disposeAsync() };
}
