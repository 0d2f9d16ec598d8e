import { isLive } from "../../src/capabilities/identity/index.ts";
import type { ClientKeys } from "../../src/gateway/client-keys.ts";
import { openSigningKeys } from "../../src/gateway/signing-keys.ts";
import type { TrustParts } from "../../src/gateway/trust.ts";
import { createMemoryDocumentStore, createMemoryNonceStore } from "../../src/platform/memory/index.ts";
import { signatureCrypto } from "../../src/platform/request-signature/index.ts";
import { createVault } from "../../src/platform/secrets/index.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Random } from "../../src/ports/random.ts";

/** Stores of who may do what, as long as the process lives. */
export async function memoryTrust(
  clock: Clock,
  random: Random,
  keys: Pick<ClientKeys, "directory">,
): Promise<TrustParts> {
  const documents = createMemoryDocumentStore();
  const vault = createVault({ id: "test", bytes: new Uint8Array(32) });
  const isClientKey = (id: string): boolean => isLive(keys.directory(), id, clock.now());
  return {
    documents,
    limits: [],
    signing: {
      crypto: signatureCrypto,
      nonces: createMemoryNonceStore(clock),
      keys: await openSigningKeys({ documents, vault, crypto: signatureCrypto, clock, random, isClientKey }),
    },
  };
}
