import type { Answer } from "./answer.ts";
import type { UpstreamFailure } from "./failure.ts";
import type { StreamPart } from "./part.ts";

/** What has become of a whole answer. */
export type GuardedAnswer =
  | { readonly kind: "same" }
  | { readonly kind: "changed"; readonly answer: Answer }
  /** Nobody gets it. */
  | { readonly kind: "blocked"; readonly failure: UpstreamFailure };

/** What has become of an answer's own bytes. */
export type GuardedRest =
  | { readonly kind: "same" }
  | { readonly kind: "rewritten"; readonly body: Uint8Array }
  | Extract<GuardedAnswer, { kind: "blocked" }>;

/** Holds one answer to the rules of the operator, whole or as it comes. Made anew for each try. */
export interface AnswerGuard {
  /** What the client is told for a part. */
  readonly push: (part: StreamPart) => readonly StreamPart[];
  /** The answer was ended here, in its own grammar: nothing more is wanted of the upstream. */
  readonly isOver: () => boolean;
  readonly whole: (answer: Answer) => GuardedAnswer;
  /** For the bytes of an answer that `whole` has let through: they may hold more than its parts tell. */
  readonly rest: (body: Uint8Array) => GuardedRest;
}
