/** Bounds of one listener. All are enforced; none of them may kill another client's request. */
export interface ServerLimits {
  readonly headerBytesMax: number;
  readonly headersTimeoutMs: number;
  /** Bodies of all requests that are open, in bytes. */
  readonly bodiesBytesMax: number;
  /** Longest silence inside a request body. */
  readonly bodyIdleTimeoutMs: number;
  /** Lowest rate of a request body after its first ten seconds. */
  readonly bodyRateMinBytesPerSecond: number;
  /** Longest time for which a client takes nothing of an answer that waits for it. */
  readonly answerStallTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly requestsPerConnectionMax: number;
  readonly connectionsMax: number;
  readonly connectionsPerClientMax: number;
}
