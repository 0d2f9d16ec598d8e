/** A client key as it is kept: the key itself is shown once, at its making, and is nowhere stored. */
export interface ClientKey {
  /** `key_…`; safe to show and to log. */
  readonly id: string;
  readonly name: string;
  /** HMAC-SHA256 of the key under the installation's secret, base64url. */
  readonly digest: string;
  /** The key's last four characters, so that a person can tell keys apart. */
  readonly hint: string;
  /** Globs of model names this key may use; empty: all. */
  readonly models: readonly string[];
  /** Zones one of which what it asks must stay in; empty: anywhere. */
  readonly residency: readonly string[];
  readonly createdAt: number;
  readonly revokedAt: number | null;
}

/** Who is asking. */
export interface Identity {
  readonly keyId: string;
  readonly name: string;
  readonly models: readonly string[];
  readonly residency: readonly string[];
}
