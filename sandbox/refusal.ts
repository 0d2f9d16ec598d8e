/** Why the sandbox refuses, apart from any dialect; each dialect has its own status, type and body for it. */
export type RefusalKind =
  | "invalid"
  | "unauthenticated"
  | "permission"
  | "model-not-found"
  | "not-found"
  | "method"
  | "too-large"
  | "context-length"
  | "content-policy"
  | "rate-limit"
  | "overloaded"
  | "server";

/** What may come with a refusal. */
export interface RefusalFacts {
  /** The member at fault, as the client wrote it. */
  readonly param?: string;
  /** Instead of the dialect's own status for this kind. */
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  /** The dialect's machine-readable code, where it is not the one of the kind. */
  readonly code?: string;
}

/** The sandbox's one exception: a request that gets an error answer. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly kind: RefusalKind;
  readonly facts: RefusalFacts;

  constructor(kind: RefusalKind, message: string, facts: RefusalFacts = {}) {
    super(message);
    this.kind = kind;
    this.facts = facts;
  }
}
