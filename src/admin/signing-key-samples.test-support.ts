import type { SigningKeyEntry } from "../exchange/signing-key.ts";
import type { SigningKeyControl } from "../gateway/signing-keys.ts";
import { startedAt } from "./control-samples.test-support.ts";

const sample: SigningKeyEntry = {
  id: "sgk_1",
  name: "first",
  algorithm: "hmac-sha256",
  clientKeyId: "key_1",
  createdAt: startedAt,
  expiresAt: null,
  revokedAt: null,
};

/** Signing keys over plain values, one of which is there from the start. */
export function memorySigningKeys(): SigningKeyControl {
  const keys = new Map([[sample.id, sample]]);
  return {
    list: () => [...keys.values()],
    create: async ({ name, algorithm, clientKeyId, publicKey, expiresAt = null }) => {
      const id = `sgk_${keys.size + 1}`;
      const entry: SigningKeyEntry = {
        ...{ ...sample, id, name, algorithm, clientKeyId, expiresAt },
        ...(publicKey === undefined ? {} : { publicKey }),
      };
      keys.set(id, entry);
      return { secret: publicKey === undefined ? `sgs-${id}` : null, entry };
    },
    revoke: async (id) => {
      const known = keys.get(id);
      const revoked = known && { ...known, revokedAt: startedAt };
      if (revoked !== undefined) keys.set(id, revoked);
      return revoked;
    },
  };
}
