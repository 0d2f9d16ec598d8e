import type { GatewayParts } from "../gateway/create-gateway.ts";
import { openDocumentStore } from "../platform/sqlite/index.ts";

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
  const opened = undo.move();
  return { parts: { documents }, close: () => opened.disposeAsync() };
}
