import type { GatewayParts } from "../gateway/create-gateway.ts";
import { policyVersions, policyViolations } from "../gateway/policies.ts";
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
  const collections = [policyVersions, policyViolations];
  const lists = await Promise.all(collections.map((collection) => documents.list(collection)));
  const stored = new Map(collections.map((collection, index) => [collection, lists[index] ?? []]));
  const opened = undo.move();
  return { parts: { documents, stored }, close: () => opened.disposeAsync() };
}
