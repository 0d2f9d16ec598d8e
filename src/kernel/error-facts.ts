/** One place of a client's body that is not as it has to be. */
export interface Violation {
  /** JSON Pointer into the body (RFC 6901). */
  readonly pointer: string;
  /** Public text. */
  readonly message: string;
}

/** What a failure may carry besides its code. */
export interface ErrorFacts {
  /** Public text; says what is wrong, where, and what to do. The catalogue's title when absent. */
  readonly message?: string;
  /** The member of the client's own body that is at fault, as the client wrote it: `messages[2].content`. */
  readonly param?: string;
  /** Instead of the catalogue's status: an upstream's own, passed on. */
  readonly status?: number;
  readonly retryAfterMs?: number;
  /** A word from the closed list of whoever refuses, for counters: `rejectReasons` of `protocols/rest`. */
  readonly reason?: string;
  /** Where a body does not keep to its schema. */
  readonly violations?: readonly Violation[];
  /** Of refusals by a limit: which, and whether because a key behaves as it did not before. */
  readonly quota?: { readonly policies: readonly string[]; readonly isAbnormal: boolean };
  /** Of refusals for want of room: what ended the wait. */
  readonly shed?: string;
  /** The upstream's own machine-readable code, where a client may rely on it. */
  readonly upstreamCode?: string;
  readonly cause?: unknown;
}
