import { createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { CompactSign } from "jose";
import { invariant } from "../../kernel/invariant.ts";
import type { SigningKey, TokenSigner } from "../../ports/token-verifier.ts";

/** PKCS #8 of an Ed25519 key up to its 32 bytes. Source: RFC 8410, section 7. */
const pkcs8Head = Buffer.from("302e020100300506032b657004220420", "hex");

const secrets = new WeakMap<SigningKey, KeyObject>();

/** Ed25519 by jose. */
export const tokenSigner: TokenSigner = {
  sign: (claims, key) => {
    const secret = secrets.get(key);
    invariant(secret !== undefined, "a signing key of another maker");
    return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
      .setProtectedHeader({ alg: "EdDSA", typ: "JWT", kid: key.kid })
      .sign(secret);
  },
  keyOf: (seed) => {
    const bytes = createHash("sha256").update(seed).digest();
    const secret = createPrivateKey({
      key: Buffer.concat([pkcs8Head, bytes]),
      format: "der",
      type: "pkcs8",
    });
    const { x = "" } = createPublicKey(secret).export({ format: "jwk" });
    // RFC 7638: the required members in the order of their names, without spaces.
    const kid = createHash("sha256").update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest("base64url");
    const key: SigningKey = {
      kid,
      publicKey: { kty: "OKP", crv: "Ed25519", x, kid, alg: "EdDSA", use: "sig" },
    };
    secrets.set(key, secret);
    return key;
  },
};
