import type { ClientKey } from "../exchange/identity.ts";

/**
 * Client keys, digests only. Writes are durable when the promise resolves. Implementations: `platform/sqlite`,
 * `platform/memory`; both pass `test/contracts/key-store.ts`.
 */
export interface KeyStore {
  readonly list: () => Promise<readonly ClientKey[]>;
  /** @throws GatewayError `conflict` when the id or the digest exists. */
  readonly insert: (key: ClientKey) => Promise<void>;
  /** Marks a key as revoked; `undefined` when there is none of this id. Revoking twice keeps the first time. */
  readonly revoke: (id: string, at: number) => Promise<ClientKey | undefined>;
  readonly close: () => Promise<void>;
}
