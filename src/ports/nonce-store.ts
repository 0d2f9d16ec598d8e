import type { EpochMs } from "../kernel/units.ts";

/** `fresh`: nobody had it, and now it is taken; `seen`: somebody had; `full`: nothing more can be remembered, so nobody may pass. */
export type NonceClaim = "fresh" | "seen" | "full";

/**
 * Remembers which nonces were used with which key. Nothing is forgotten before its time. Implementations:
 * `platform/memory` (of one process) and `platform/nonce-journal` (of one data directory); they pass `test/contracts/nonce-store.ts`.
 */
export interface NonceStore {
  /**
   * Takes a nonce, once: of two who ask at the same time one gets it.
   * @param until When it may be forgotten.
   * @throws GatewayError `storage_unavailable`, where the store cannot be reached.
   */
  readonly claim: (
    nonce: { readonly keyId: string; readonly nonce: string },
    until: EpochMs,
  ) => NonceClaim | Promise<NonceClaim>;
}
