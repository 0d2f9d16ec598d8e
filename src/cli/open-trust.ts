import { isLive } from "../capabilities/identity/index.ts";
import type { ClientKeys } from "../gateway/client-keys.ts";
import type { GatewayParts } from "../gateway/create-gateway.ts";
import { limitCollection } from "../gateway/limits.ts";
import { openSigningKeys } from "../gateway/signing-keys.ts";
import { createMemoryNonceStore } from "../platform/memory/index.ts";
import { signatureCrypto } from "../platform/request-signature/index.ts";
import type { Installation } from "../platform/secrets/index.ts";
import { openDocumentStore } from "../platform/sqlite/index.ts";
import type { Clock } from "../ports/clock.ts";
import type { DocumentStore } from "../ports/document-store.ts";
import type { Random } from "../ports/random.ts";

/** The stores of who may do what, at what price, with proof. */
export interface OpenedTrust {
  readonly parts: GatewayParts["trust"];
  /** Writes what is queued. */
  readonly close: () => Promise<void>;
}

/** What they need of the process. */
export interface TrustWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly installation: Pick<Installation, "vault">;
  readonly keys: Pick<ClientKeys, "directory">;
}

/** Opens them in the data directory. @throws GatewayError `storage_unavailable`. */
export async function openTrust(directory: string, world: TrustWorld): Promise<OpenedTrust> {
  await using undo = new AsyncDisposableStack();
  const documents = undo.adopt(openDocumentStore({ directory }), (opened) => opened.close());
  const limits = await documents.list(limitCollection);
  const signing = await openSigning(documents, world);
  const opened = undo.move();
  return { parts: { documents, limits, signing }, close: () => opened.disposeAsync() };
}

/** The signing keys, and the nonces that were used with them. */
async function openSigning(
  documents: DocumentStore,
  { clock, random, installation: { vault }, keys }: TrustWorld,
): Promise<OpenedTrust["parts"]["signing"]> {
  const isClientKey = (id: string): boolean => isLive(keys.directory(), id, clock.now());
  return {
    crypto: signatureCrypto,
    nonces: createMemoryNonceStore(clock),
    keys: await openSigningKeys({ documents, vault, crypto: signatureCrypto, clock, random, isClientKey }),
  };
}
