import type { SigningKeyEntry } from "../exchange/signing-key.ts";
import { GatewayError } from "../kernel/errors.ts";
import { base62 } from "../kernel/ids.ts";
import { Secret } from "../kernel/secret.ts";
import { type EpochMs, epochMs } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { DocumentStore } from "../ports/document-store.ts";
import type { Random } from "../ports/random.ts";
import type { SignatureCrypto, VerifyingKey } from "../ports/signature-crypto.ts";
import type { Vault } from "../ports/vault.ts";
import { readSigningKey } from "./signing-key-document.ts";

/** What is wished for of a new one. */
export interface WantedSigningKey extends Pick<SigningKeyEntry, "name" | "algorithm" | "clientKeyId"> {
  readonly publicKey?: string | undefined;
  readonly expiresAt?: number | null | undefined;
}

/** What the admin API and the command line do with signing keys. */
export interface SigningKeyControl {
  readonly list: () => readonly SigningKeyEntry[];
  /** A secret is in the answer and nowhere else in the open. @throws GatewayError `malformed_request`. */
  readonly create: (
    wanted: WantedSigningKey,
  ) => Promise<{ readonly secret: string | null; readonly entry: SigningKeyEntry }>;
  /** `undefined`: there is none of this id. Revoking twice keeps the first time. */
  readonly revoke: (id: string) => Promise<SigningKeyEntry | undefined>;
}

/** A key that counts now. */
export interface LiveSigningKey {
  readonly entry: SigningKeyEntry;
  readonly key: VerifyingKey;
}

/** The signing keys of this gateway: kept in the store, looked up in memory. */
export interface SigningKeys {
  /** `undefined`: there is none, or it is revoked or expired. */
  readonly find: (id: string, now: EpochMs) => LiveSigningKey | undefined;
  readonly control: SigningKeyControl;
}

export const signingKeyCollection = "signing-keys";
export const sealedField = "secret";
const keysMax = 10_000;

/**
 * Reads them and opens their secrets.
 * @throws GatewayError `storage_unavailable`, when the store cannot be read or a secret does not open.
 */
export async function openSigningKeys(parts: {
  readonly documents: DocumentStore;
  readonly vault: Vault;
  readonly crypto: Pick<SignatureCrypto, "verifyingKey">;
  readonly clock: Pick<Clock, "now">;
  readonly random: Random;
  /** Whether there is a client key of this id that is not revoked. */
  readonly isClientKey: (id: string) => boolean;
}): Promise<SigningKeys> {
  const { documents, vault, crypto, clock, random, isClientKey } = parts;
  const live = new Map<string, LiveSigningKey & { readonly sealed: string | undefined }>();
  const take = (entry: SigningKeyEntry, sealed: string | undefined): void => {
    const material =
      sealed === undefined
        ? new Secret(entry.publicKey ?? "")
        : vault.open(sealed, { recordId: entry.id, field: sealedField });
    live.set(entry.id, { entry, sealed, key: crypto.verifyingKey(entry.algorithm, material) });
  };
  for (const { id, body } of await documents.list(signingKeyCollection)) {
    const { entry, sealed } = readSigningKey(id, body);
    take(entry, sealed);
  }
  const keep = async (entry: SigningKeyEntry, sealed: string | undefined): Promise<void> => {
    const { id, ...body } = entry;
    await documents.change(signingKeyCollection, [
      { id, body: { ...body, ...(sealed === undefined ? {} : { sealed }) } },
    ]);
    take(entry, sealed);
  };
  return {
    find: (id, now) => {
      const found = live.get(id);
      if (found === undefined || found.entry.revokedAt !== null) return undefined;
      const { expiresAt } = found.entry;
      return expiresAt !== null && expiresAt <= now ? undefined : found;
    },
    control: {
      list: () => [...live.values()].map(({ entry }) => entry),
      create: async (wanted) => {
        if (live.size >= keysMax)
          throw refused("name", `There are ${keysMax} signing keys, which is the most.`);
        checkWanted(wanted, clock.now(), isClientKey);
        const { name, algorithm, clientKeyId, publicKey, expiresAt = null } = wanted;
        const id = `sgk_${base62(random.bytes(9))}`;
        const secret = publicKey === undefined ? `sgs-${base62(random.bytes(32))}` : undefined;
        const entry: SigningKeyEntry = {
          ...{ id, name, algorithm, clientKeyId },
          ...(publicKey === undefined ? {} : { publicKey }),
          ...{ createdAt: clock.now(), expiresAt, revokedAt: null },
        };
        // Before it is kept: what is no key is refused, and nothing has changed.
        if (publicKey !== undefined) crypto.verifyingKey(algorithm, new Secret(publicKey));
        await keep(
          entry,
          secret === undefined
            ? undefined
            : vault.seal(new Secret(secret), { recordId: id, field: sealedField }),
        );
        return { secret: secret ?? null, entry };
      },
      revoke: async (id) => {
        const known = live.get(id);
        if (known === undefined || known.entry.revokedAt !== null) return known?.entry;
        const revoked = { ...known.entry, revokedAt: clock.now() };
        await keep(revoked, known.sealed);
        return revoked;
      },
    },
  };
}

function checkWanted(
  { name, algorithm, publicKey, clientKeyId, expiresAt }: WantedSigningKey,
  now: EpochMs,
  isClientKey: (id: string) => boolean,
): void {
  if (name.trim() === "" || name.length > 100)
    throw refused("name", "A signing key needs a name of 1 to 100 characters.");
  if (!isClientKey(clientKeyId))
    throw refused(
      "clientKeyId",
      "A signing key stands for a client key, by its id; there is none of this id that counts.",
    );
  if ((algorithm === "hmac-sha256") !== (publicKey === undefined))
    throw refused(
      "publicKey",
      algorithm === "hmac-sha256"
        ? "The secret of `hmac-sha256` is made here; leave `publicKey` out."
        : `\`${algorithm}\` needs \`publicKey\`, as PEM: the private key stays with whoever signs.`,
    );
  if (expiresAt !== undefined && expiresAt !== null && epochMs(expiresAt) <= now)
    throw refused("expiresAt", "`expiresAt` has passed already.");
}

const refused = (param: string, message: string): GatewayError =>
  new GatewayError("malformed_request", `${param} of a signing key`, { message, param });
