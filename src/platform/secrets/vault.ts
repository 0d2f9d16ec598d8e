import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { GatewayError } from "../../kernel/errors.ts";
import { Secret } from "../../kernel/secret.ts";
import type { SealedFor, Vault } from "../../ports/vault.ts";

const version = "v1";
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Envelopes of AES-256-GCM: each text under a data key of its own, which the installation's key wraps, so that another
 * installation key needs the envelope's first half written anew only.
 *
 *     v1.<key id>.<nonce | wrapped data key | tag>.<nonce | text | tag>      both in base64url
 *
 * Source: security specification, part 9, "Envelope"; NIST SP 800-38D.
 */
export function createVault(key: { readonly id: string; readonly bytes: Uint8Array }): Vault {
  return {
    keyId: key.id,
    seal: (plain, place) => {
      const dataKey = randomBytes(keyBytes);
      const wrapped = encrypt(key.bytes, dataKey, contextOf(place, "key"));
      const text = encrypt(dataKey, Buffer.from(plain.reveal(), "utf8"), contextOf(place, "text"));
      return [version, key.id, wrapped, text].join(".");
    },
    open: (sealed, place) => {
      const [told, keyId, wrapped, text, surplus] = sealed.split(".");
      if (told !== version || wrapped === undefined || text === undefined || surplus !== undefined)
        throw shut(place, "is not sealed as it should be");
      if (keyId !== key.id)
        throw shut(place, `was sealed by the key \`${keyId ?? ""}\`, ours is \`${key.id}\``);
      try {
        const dataKey = decrypt(key.bytes, wrapped, contextOf(place, "key"));
        return new Secret(decrypt(dataKey, text, contextOf(place, "text")).toString("utf8"));
      } catch (thrown) {
        throw shut(place, "does not open: it was changed, or put in another's place", thrown);
      }
    },
  };
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
