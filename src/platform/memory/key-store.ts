import type { ClientKey } from "../../exchange/identity.ts";
import { GatewayError } from "../../kernel/errors.ts";
import type { KeyStore } from "../../ports/key-store.ts";

/** Client keys that live as long as the process. */
export function createMemoryKeyStore(): KeyStore {
  const keys = new Map<string, ClientKey>();
  return {
    list: async () => [...keys.values()],
    insert: async (key) => {
      const isTaken = keys.has(key.id) || keys.values().some((other) => other.digest === key.digest);
      if (isTaken) throw new GatewayError("conflict", `a key with the id or digest of ${key.id} exists`);
      keys.set(key.id, key);
    },
    revoke: async (id, at) => {
      const key = keys.get(id);
      if (key === undefined || key.revokedAt !== null) return key;
      const revoked = { ...key, revokedAt: at };
      keys.set(id, revoked);
      return revoked;
    },
    close: async () => {},
  };
}
