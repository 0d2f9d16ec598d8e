import type { DigestAlgorithm } from "../exchange/signed-message.ts";
import type { Secret } from "../kernel/secret.ts";

/** How requests are signed here. A key has one of them, and nothing that a request says changes it. */
export const signatureAlgorithms = ["hmac-sha256", "ed25519", "ecdsa-p256-sha256"] as const;
export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

/** A key that tells good signatures from bad ones; what it is made of stays in the platform. */
export interface VerifyingKey {
  readonly algorithm: SignatureAlgorithm;
  /** Takes the same time whatever the answer, where the algorithm compares. */
  readonly verify: (text: string, signature: Uint8Array) => boolean;
}

/** A key that makes signatures. */
export interface SigningKey {
  readonly algorithm: SignatureAlgorithm;
  readonly sign: (text: string) => Uint8Array;
}

/** Keys and digests. Implementation: `platform/request-signature`. */
export interface SignatureCrypto {
  /**
   * `material`: of `hmac-sha256` the secret as text, of the others the public key as PEM (SPKI).
   * @throws GatewayError `malformed_request`, when it is no key of this algorithm.
   */
  readonly verifyingKey: (algorithm: SignatureAlgorithm, material: Secret) => VerifyingKey;
  /**
   * `material`: of `hmac-sha256` the secret as text, of the others the private key as PEM (PKCS #8).
   * @throws GatewayError `malformed_request`, when it is no key of this algorithm.
   */
  readonly signingKey: (algorithm: SignatureAlgorithm, material: Secret) => SigningKey;
  readonly digest: (algorithm: DigestAlgorithm, content: Uint8Array | string) => Uint8Array;
  /** Whether two byte strings are the same, in a time that tells nothing of where they differ. */
  readonly isSame: (left: Uint8Array, right: Uint8Array) => boolean;
}
