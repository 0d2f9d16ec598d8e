/** Why an answer ended. An unknown reason is `other`, never `stop`: a cut answer must not look complete. */
export type FinishReason =
  | "stop"
  | "stop-sequence"
  | "length"
  | "context-length"
  | "tool-calls"
  | "refusal"
  | "content-filter"
  | "pause"
  | "other";

export interface Finish {
  readonly reason: FinishReason;
  /** The provider's own word. */
  readonly raw: string;
  /** The stop sequence that was hit, where the provider tells it. */
  readonly stopSequence?: string;
}
