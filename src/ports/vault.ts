import type { Secret } from "../kernel/secret.ts";

/** What a sealed text belongs to; opened as anything else it stays shut. */
export interface SealedFor {
  readonly recordId: string;
  readonly field: string;
}

/** Keeps secrets at rest. Implementation: `platform/secrets`. */
export interface Vault {
  /** Names the key that seals now; it stands in each sealed text. */
  readonly keyId: string;
  /** Sealed text: ASCII, another one each time. */
  readonly seal: (plain: Secret, place: SealedFor) => string;
  /** @throws GatewayError `storage_unavailable`, when it was sealed by another key, for another place, or is not whole. */
  readonly open: (sealed: string, place: SealedFor) => Secret;
  /**
   * The same under the key that seals now; the text itself is not touched. As it was, if that key has sealed it.
   * @throws The same.
   */
  readonly rewrap: (sealed: string, place: SealedFor) => string;
}
