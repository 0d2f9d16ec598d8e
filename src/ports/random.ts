/** Source of random bytes. Implementations: `platform/system` (cryptographic), `platform/memory` (seeded). */
export interface Random {
  /** `length` fresh bytes; the caller owns them. */
  readonly bytes: (length: number) => Uint8Array;
}
