import { isLive } from "../../src/capabilities/identity/index.ts";
import type { ClientKeys } from "../../src/gateway/client-keys.ts";
import { openLedger } from "../../src/gateway/ledger.ts";
import { openSigningKeys } from "../../src/gateway/signing-keys.ts";
import type { TrustParts } from "../../src/gateway/trust-parts.ts";
import { tokenSigner, tokenVerifier } from "../../src/platform/jose/index.ts";
import {
  createMemoryDocumentStore,
  createMemoryLedgerStore,
  createMemoryNonceStore,
  createRecordingLogger,
  createSeededRandom,
  type VirtualTime,
} from "../../src/platform/memory/index.ts";
import { signatureCrypto } from "../../src/platform/request-signature/index.ts";
import { createVault } from "../../src/platform/secrets/index.ts";
import type { Random } from "../../src/ports/random.ts";
import { memoryAudit } from "./memory-audit.ts";

/** Stores of who may do what, as long as the process lives. */
export async function memoryTrust(
  time: Pick<VirtualTime, "clock" | "timer">,
  random: Random,
  keys: Pick<ClientKeys, "directory">,
): Promise<TrustParts> {
  const { clock } = time;
  const documents = createMemoryDocumentStore();
  // Its own chance: what a test draws is not shifted by it.
  const audit = await memoryAudit({
    ...time,
    logger: createRecordingLogger(),
    random: createSeededRandom(8),
  });
  const vault = createVault({ id: "test", bytes: new Uint8Array(32) });
  const isClientKey = (id: string): boolean => isLive(keys.directory(), id, clock.now());
  return {
    documents,
    stored: new Map(),
    vouched: {
      verifier: tokenVerifier,
      signer: tokenSigner,
      derive: (purpose) => `of a test: ${purpose}`,
    },
    ledger: await openLedger(createMemoryLedgerStore(), documents, clock.now()),
    audit,
    signing: {
      crypto: signatureCrypto,
      nonces: createMemoryNonceStore(clock),
      keys: await openSigningKeys({ documents, vault, crypto: signatureCrypto, clock, random, isClientKey }),
    },
  };
}
