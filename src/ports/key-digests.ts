/** What of a client key is kept: HMAC-SHA-256 under a secret of the installation, in base64url. `platform/secrets` has it. */
export interface KeyDigests {
  /** HMAC-SHA-256(pepper, "sallyport-key-v1" 0x00 secret). Source: security specification, part 1. */
  readonly ofSecret: (secret: string) => string;
  /** Of a key in the form of old, as a whole. */
  readonly ofWhole: (key: string) => string;
  /** Whether two digests are one, in a time that tells nothing of where they differ. */
  readonly areSame: (one: string, other: string) => boolean;
}
