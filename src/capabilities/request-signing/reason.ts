/** Why a signature does not prove anything. Told to the operator, never to the caller. */
export type SignatureReason =
  | "malformed"
  | "unknown_key"
  | "wrong_alg"
  | "missing_component"
  | "stale"
  | "future"
  | "expired"
  | "digest_mismatch"
  | "bad_signature";

/** A signature that does not hold; `detail` is for the log. */
export interface Refused {
  readonly reason: SignatureReason;
  readonly detail: string;
}

export const refused = (reason: SignatureReason, detail: string): Refused => ({ reason, detail });
