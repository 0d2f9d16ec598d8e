/** A key by which requests are signed, as it is kept: a secret sealed, of a pair the public half only. */
export interface SigningKeyEntry {
  /** `sgk_…`: what a signature calls `keyid`. */
  readonly id: string;
  readonly name: string;
  readonly algorithm: "hmac-sha256" | "ed25519" | "ecdsa-p256-sha256";
  /** The client key that it stands for: what that one may do, this one may, and no more. */
  readonly clientKeyId: string;
  /** PEM (SPKI); absent: the key is a secret. */
  readonly publicKey?: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
}
