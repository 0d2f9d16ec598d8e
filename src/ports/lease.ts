/** A bucket that several nodes share, by the rate of its limit. */
export interface SharedBucket {
  /** `{<tenant>}:rl:<limit>:<scope>`. */
  readonly key: string;
  /** Microseconds in which one unit flows back. */
  readonly unitMicros: number;
  /** Microseconds until an empty bucket is full. */
  readonly capacityMicros: number;
}

export interface LeaseAsk {
  readonly bucket: SharedBucket;
  /** Units; with less nothing is granted. */
  readonly least: number;
  readonly most: number;
}

export type LeaseAnswer =
  /** `granted`: units of each, in the order of the asks: charged already. */
  | { readonly kind: "granted"; readonly granted: readonly number[]; readonly nodes: number }
  /** None is charged. `waitMicros`: until the least of each could be granted. */
  | { readonly kind: "short"; readonly waitMicros: readonly number[]; readonly nodes: number };

/**
 * Buckets that all nodes draw on. What is granted is charged at once, so that nodes never spend more than there is, whatever
 * becomes of an answer; who crashes gives nothing back.
 *
 * Implementations: `platform/memory`. All pass `test/contracts/lease.ts`.
 */
export interface LeaseStore {
  /**
   * All or none, atomically, by the store's own clock. `nodes`: how many have asked within the last minute.
   * @throws GatewayError `storage_unavailable`: it may have charged all the same.
   */
  readonly take: (node: string, asks: readonly LeaseAsk[]) => Promise<LeaseAnswer>;
  /**
   * Gives units back that were granted and not spent. Never to be repeated: what is lost is lost.
   * @throws GatewayError `storage_unavailable`: it may have been given back all the same.
   */
  readonly give: (bucket: SharedBucket, units: number) => Promise<void>;
}
