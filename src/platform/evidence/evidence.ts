import { createPrivateKey, createPublicKey, hash, sign, verify } from "node:crypto";
import type { Sha256, SigningKey, VerifySignature } from "../../ports/evidence.ts";

/** What stands before the 32 bytes of a private and of a public Ed25519 key in DER. Source: RFC 8410, sections 4 and 7. */
const privatePrefix = Buffer.from("302e020100300506032b657004220420", "hex");
const publicPrefix = Buffer.from("302a300506032b6570032100", "hex");
const keyBytes = 32;

/** By way of a text: a `buffer` of its own for each hash costs three times what the hash does. */
export const sha256: Sha256 = (bytes) => Buffer.from(hash("sha256", bytes, "latin1"), "latin1");

/** The Ed25519 key of a secret text: the same each time, so that nothing has to be stored. The seed is its SHA-256. */
export function signingKeyOf(secret: string): SigningKey {
  const seed = hash("sha256", secret, "buffer");
  const key = createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: "der", type: "pkcs8" });
  seed.fill(0);
  const publicKey = createPublicKey(key)
    .export({ format: "der", type: "spki" })
    .subarray(publicPrefix.length);
  return { publicKey, sign: (message) => sign(null, message, key) };
}

export const verifySignature: VerifySignature = (publicKey, message, signature) => {
  if (publicKey.length !== keyBytes) return false;
  const key = createPublicKey({
    key: Buffer.concat([publicPrefix, publicKey]),
    format: "der",
    type: "spki",
  });
  return verify(null, message, key, signature);
};
