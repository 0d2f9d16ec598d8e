/** SHA-256. Implementation: `platform/evidence`. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** An Ed25519 key that signs. Implementation: `platform/evidence`. */
export interface SigningKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes. Source: RFC 8032. */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** Whether an Ed25519 signature is one of this key; a key or signature of another length is none. */
export type VerifySignature = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
