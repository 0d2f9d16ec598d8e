import type { Json } from "../kernel/json.ts";

/** Something that was set while the gateway ran. */
export interface StoredDocument {
  readonly id: string;
  readonly body: Json;
}

/** What becomes of one document; without a body it is removed. */
export interface DocumentChange {
  readonly id: string;
  readonly body?: Json;
}

/**
 * What was set while the gateway ran, small and seldom: policies, limits, budgets, people. A collection is read whole at
 * start. A change is on the disk when its promise resolves, and all of its documents are changed or none. Implementations:
 * `platform/sqlite`, `platform/memory`; both pass `test/contracts/document-store.ts`.
 */
export interface DocumentStore {
  /** In the order of their ids. */
  readonly list: (collection: string) => Promise<readonly StoredDocument[]>;
  /** @throws GatewayError `storage_unavailable`: then nothing has changed. */
  readonly change: (collection: string, changes: readonly DocumentChange[]) => Promise<void>;
  readonly close: () => Promise<void>;
}
