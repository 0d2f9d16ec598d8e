/** Algorithms by which tokens may be signed (RFC 7518, RFC 8037). No symmetric one, and never `none`. */
export type TokenAlgorithm = "RS256" | "PS256" | "ES256" | "EdDSA";

/** The public half of a key as a JSON Web Key (RFC 7517): its public members and nothing else. */
export interface PublicKey {
  readonly kty: "RSA" | "EC" | "OKP";
  readonly kid?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
}

/** Holds signatures of tokens against public keys. Implementation: `platform/jose`. */
export interface TokenVerifier {
  /**
   * Whether the signature of a compact JWS (RFC 7515) is good by this key and this algorithm, whatever the token's own
   * header says. A key that is none, or too weak (RSA under 2048 bits), makes no signature good. Never throws.
   */
  readonly isSigned: (token: string, key: PublicKey, algorithm: TokenAlgorithm) => Promise<boolean>;
  /** SHA-256, base64url. */
  readonly sha256: (text: string) => string;
}

/** Signs tokens of the gateway's own. Implementation: `platform/jose`. */
export interface TokenSigner {
  /** A compact JWS by EdDSA over `claims`, with the `kid` of the key in its header. */
  readonly sign: (claims: Readonly<Record<string, string | number>>, key: SigningKey) => Promise<string>;
  /** The key that belongs to `seed`: the same each time. */
  readonly keyOf: (seed: string) => SigningKey;
}

/** A key of the gateway's own; what is secret of it stays with its maker. */
export interface SigningKey {
  /** The thumbprint of the key (RFC 7638), so that a name never means two keys. */
  readonly kid: string;
  readonly publicKey: PublicKey & { readonly kid: string; readonly alg: "EdDSA"; readonly use: "sig" };
}
