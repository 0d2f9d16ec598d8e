/**
 * What rooms have learned, by name: kept over a restart, not held by anybody else. Losing it costs quality, never
 * correctness. Implementations: `platform/sqlite`, `platform/memory`; both pass `test/contracts/state-store.ts`.
 */
export interface StateStore {
  /** The value as it was written; `undefined`: there is none, or it is broken. Values are what `structuredClone` copies. */
  readonly read: (name: string) => Promise<unknown>;
  readonly write: (name: string, value: unknown) => Promise<void>;
  readonly close: () => Promise<void>;
}
