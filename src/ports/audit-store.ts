/** The levels of the tree whose hashes are kept: of leaves, and of full subtrees of 2^8, 2^16 and 2^24 leaves. */
export type HashLevel = 0 | 8 | 16 | 24;

/** A run of records kept together. */
export interface AuditSegment {
  /** The index of its first record. */
  readonly first: number;
  readonly count: number;
  /** False: it was moved away; its hashes are still here. */
  readonly isHere: boolean;
}

/**
 * Where the audit log is kept: lines of text in order, hashes beside them, signed notes about them. It knows nothing of
 * what they mean. One writer: of `append`, `erase` and `cut` only one is under way at a time.
 * Implementations: `platform/audit-files`, `platform/memory`; both pass `test/contracts/audit-store.ts`.
 */
export interface AuditStore {
  /** Whole lines; those of an `append` that has resolved survive power loss. */
  readonly size: () => number;
  /** Bytes of everything together. */
  readonly bytes: () => number;
  /**
   * Appends lines, without line feeds in them. All of them are durable when it resolves; when it fails, none of them is
   * there. @throws GatewayError `storage_unavailable`.
   */
  readonly append: (lines: readonly string[]) => Promise<void>;
  /**
   * The lines `from` … `to - 1` as they are now, some at a time.
   * @throws GatewayError `conflict` when some of them were moved away, `storage_unavailable`.
   */
  readonly lines: (from: number, to: number) => AsyncIterable<readonly string[]>;
  /** Writes `line` over that of `index`, which is as long in bytes: durable, and nowhere else any more. */
  readonly overwrite: (index: number, line: string) => Promise<void>;
  /** Drops the lines from `size` on, which all are in the last segment. */
  readonly cut: (size: number) => Promise<void>;
  readonly segments: () => readonly AuditSegment[];
  /** 32 bytes each. What is appended here may be lost with the power until `sync`. */
  readonly hashes: {
    readonly count: (level: HashLevel) => number;
    readonly read: (level: HashLevel, first: number, count: number) => Uint8Array;
    /** Behind the first `at`; what was there is replaced. */
    readonly write: (level: HashLevel, at: number, hashes: Uint8Array) => Promise<void>;
    readonly sync: () => Promise<void>;
  };
  readonly notes: {
    /** Oldest first, one behind the other, each with an empty line behind it. */
    readonly read: () => Promise<string>;
    /** Durable when it resolves. */
    readonly append: (note: string) => Promise<void>;
  };
  /** Moves all of it out of the way, unharmed, and begins anew. Where it went, for the operator. */
  readonly setAside: () => Promise<string>;
  /** Tells strangers who signs here. */
  readonly showVerifier: (text: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What whoever does not write it needs of it: another may do that, in a thread of its own. */
export interface StoredAudit
  extends Pick<
    AuditStore,
    "size" | "bytes" | "lines" | "overwrite" | "segments" | "notes" | "showVerifier" | "close"
  > {
  readonly hashes: Pick<AuditStore["hashes"], "count" | "read">;
}
