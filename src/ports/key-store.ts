import type { ClientKey, Project, Tenant } from "../exchange/identity.ts";

/** A place for tenants or for projects. Writes are durable when the promise resolves. */
export interface OwnerStore<Owner extends Tenant> {
  /** In the order of their making. */
  readonly list: () => Promise<readonly Owner[]>;
  /** @throws GatewayError `conflict` when it exists. */
  readonly insert: (owner: Owner) => Promise<void>;
  /** Replaces all that may change: not its ids, not when it was made. One that does not exist is not made. */
  readonly update: (owner: Owner) => Promise<void>;
  readonly remove: (owner: Owner) => Promise<void>;
}

/**
 * Client keys, digests only, and whom they belong to: a tenant `default` with a project `default` is there from the
 * beginning. Writes are durable when the promise resolves. Implementations: `platform/sqlite`, `platform/memory`; both pass
 * `test/contracts/key-store.ts`.
 */
export interface KeyStore {
  readonly list: () => Promise<readonly ClientKey[]>;
  /** @throws GatewayError `conflict` when the id, the handle or the digest exists. */
  readonly insert: (key: ClientKey) => Promise<void>;
  /** Replaces all that may change: not its id, whose it is, when it was made, revoked or used. */
  readonly update: (key: ClientKey) => Promise<void>;
  /** Marks a key as revoked; `undefined` when there is none of this id. Revoking twice keeps the first time. */
  readonly revoke: (id: string, at: number) => Promise<ClientKey | undefined>;
  /** When keys were last used, by id; an earlier time than the one that is kept changes nothing. */
  readonly used: (times: ReadonlyMap<string, number>) => Promise<void>;
  readonly tenants: OwnerStore<Tenant>;
  readonly projects: OwnerStore<Project>;
  readonly close: () => Promise<void>;
}
