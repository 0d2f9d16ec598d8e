import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from "node:crypto";
import { GatewayError } from "../../kernel/errors.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { SignatureAlgorithm, SignatureCrypto } from "../../ports/signature-crypto.ts";

type PairAlgorithm = Exclude<SignatureAlgorithm, "hmac-sha256">;

const hashes = { "sha-256": "sha256", "sha-512": "sha512" } as const;

/** Source: RFC 9421, sections 3.3.3 (hmac-sha256), 3.3.4 (ecdsa-p256-sha256, the numbers r and s of 32 bytes) and 3.3.6 (ed25519). */
export const signatureCrypto: SignatureCrypto = {
  verifyingKey: (algorithm, material) => {
    if (algorithm === "hmac-sha256") {
      const secret = secretKey(material);
      return { algorithm, verify: (text, signature) => isSame(mac(secret, text), signature) };
    }
    const key = keyOfPair(algorithm, material, createPublicKey);
    const { digest, dsaEncoding } = schemes[algorithm];
    return {
      algorithm,
      verify: (text, signature) =>
        signature.length === 64 &&
        verify(digest, Buffer.from(text, "latin1"), { key, dsaEncoding }, signature),
    };
  },
  signingKey: (algorithm, material) => {
    if (algorithm === "hmac-sha256") {
      const secret = secretKey(material);
      return { algorithm, sign: (text) => mac(secret, text) };
    }
    const key = keyOfPair(algorithm, material, createPrivateKey);
    const { digest, dsaEncoding } = schemes[algorithm];
    return { algorithm, sign: (text) => sign(digest, Buffer.from(text, "latin1"), { key, dsaEncoding }) };
  },
  digest: (algorithm, content) => createHash(hashes[algorithm]).update(content).digest(),
  isSame,
};

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Bases are bytes told as characters: header values are not UTF-8 for sure. */
const mac = (secret: KeyObject, text: string): Buffer =>
  createHmac("sha256", secret).update(text, "latin1").digest();

const secretKey = (material: Secret): KeyObject => {
  const text = material.reveal();
  if (text === "") throw notAKey("hmac-sha256");
  return createSecretKey(text, "utf8");
};

const schemes: Readonly<
  Record<
    PairAlgorithm,
    {
      readonly digest: "sha256" | null;
      readonly dsaEncoding: "ieee-p1363";
      readonly type: "ed25519" | "ec";
      readonly curve?: string;
    }
  >
> = {
  ed25519: { digest: null, dsaEncoding: "ieee-p1363", type: "ed25519" },
  "ecdsa-p256-sha256": { digest: "sha256", dsaEncoding: "ieee-p1363", type: "ec", curve: "prime256v1" },
};

function keyOfPair(algorithm: PairAlgorithm, material: Secret, read: (pem: string) => KeyObject): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = read(material.reveal());
  } catch {
    // What is wrong with it is told below; the material itself never is.
  }
  const { type, curve } = schemes[algorithm];
  if (key?.asymmetricKeyType !== type || key.asymmetricKeyDetails?.namedCurve !== curve)
    throw notAKey(algorithm);
  return key;
}

const notAKey = (algorithm: SignatureAlgorithm): GatewayError =>
  new GatewayError("malformed_request", `no key of ${algorithm}`, {
    message: `This is not a key of \`${algorithm}\`${algorithm === "hmac-sha256" ? "." : ", as PEM."}`,
  });
