import type { Json } from "../src/kernel/json.ts";

/** Why the sandbox refuses, apart from any dialect; each dialect has its own status, type and body for it. */
export type RefusalKind =
  | "invalid"
  | "unauthenticated"
  | "permission"
  | "model-not-found"
  | "unfit-model"
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
  /** What Google's errors say in detail. */
  readonly details?: readonly Json[];
  /** Of a key that is not accepted: there was none. */
  readonly isKeyMissing?: true;
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
