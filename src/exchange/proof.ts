/** Ways to prove who one is. */
export const proofs = ["key", "jwt", "mtls", "signature"] as const;
export type Proof = (typeof proofs)[number];

/** What must be proved, where not any way will do. One of the two at least. */
export interface AcceptedProofs {
  /** One of these is enough. */
  readonly anyOf?: readonly Proof[];
  /** Each of these must come; the first names who asks. */
  readonly allOf?: readonly Proof[];
}
