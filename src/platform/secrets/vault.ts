import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { GatewayError } from "../../kernel/errors.ts";
import { Secret } from "../../kernel/secret.ts";
import type { SealedFor, Vault } from "../../ports/vault.ts";

const version = "v1";
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

export interface VaultKey {
  readonly id: string;
  /** 32 of them. */
  readonly bytes: Uint8Array;
}

/**
 * Envelopes of AES-256-GCM: each text under a data key of its own, which the installation's key wraps, so that another
 * installation key needs the envelope's first half written anew only.
 *
 *     v1.<key id>.<nonce | wrapped data key | tag>.<nonce | text | tag>      both in base64url
 *
 * Source: security specification, part 9, "Envelope"; NIST SP 800-38D.
 *
 * @param key Seals.
 * @param earlier Open as well what they have sealed.
 */
export function createVault(key: VaultKey, earlier: readonly VaultKey[] = []): Vault {
  const keys = new Map([...earlier, key].map((one) => [one.id, one.bytes]));
  const dataKeyOf = (sealed: string, place: SealedFor) => {
    const [told, keyId = "", wrapped, text, surplus] = sealed.split(".");
    if (told !== version || wrapped === undefined || text === undefined || surplus !== undefined)
      throw shut(place, "is not sealed as it should be");
    const bytes = keys.get(keyId);
    if (bytes === undefined) throw shut(place, `was sealed by the key \`${keyId}\`, ours is \`${key.id}\``);
    return { keyId, text, dataKey: attempt(place, () => decrypt(bytes, wrapped, contextOf(place, "key"))) };
  };
  const wrap = (dataKey: Uint8Array, place: SealedFor): string =>
    encrypt(key.bytes, dataKey, contextOf(place, "key"));
  return {
    keyId: key.id,
    seal: (plain, place) => {
      const dataKey = randomBytes(keyBytes);
      const text = encrypt(dataKey, Buffer.from(plain.reveal(), "utf8"), contextOf(place, "text"));
      return [version, key.id, wrap(dataKey, place), text].join(".");
    },
    open: (sealed, place) => {
      const { dataKey, text } = dataKeyOf(sealed, place);
      const plain = attempt(place, () => decrypt(dataKey, text, contextOf(place, "text")));
      return new Secret(plain.toString("utf8"));
    },
    rewrap: (sealed, place) => {
      const { keyId, dataKey, text } = dataKeyOf(sealed, place);
      return keyId === key.id ? sealed : [version, key.id, wrap(dataKey, place), text].join(".");
    },
  };
}

function attempt(place: SealedFor, open: () => Buffer): Buffer {
  try {
    return open();
  } catch (thrown) {
    throw shut(place, "does not open: it was changed, or put in another's place", thrown);
  }
}

/** Lengths stand before the parts, so that no two places have the same context. */
const contextOf = ({ recordId, field }: SealedFor, part: "key" | "text"): Buffer =>
  Buffer.from([version, part, recordId, field].map((text) => `${text.length}:${text}`).join(""), "utf8");

function encrypt(key: Uint8Array, plain: Uint8Array, context: Uint8Array): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(context);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString(
    "base64url",
  );
}

function decrypt(key: Uint8Array, text: string, context: Uint8Array): Buffer {
  const bytes = Buffer.from(text, "base64url");
  const end = bytes.length - tagBytes;
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(context).setAuthTag(bytes.subarray(end));
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, end)), decipher.final()]);
}

const shut = ({ recordId, field }: SealedFor, why: string, cause?: unknown): GatewayError =>
  new GatewayError("storage_unavailable", `\`${field}\` of \`${recordId}\` ${why}`, { cause });
