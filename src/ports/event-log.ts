import type { EpochMs } from "../kernel/units.ts";

/**
 * One line of the request log: what the list shows and filters by, and the whole record as text, printed once.
 * `capabilities/telemetry` makes `body` of a `RequestRecord` and reads it.
 */
export interface LoggedRequest {
  readonly id: string;
  readonly at: EpochMs;
  readonly status: number;
  readonly outcome: string;
  readonly model: string | null;
  readonly provider: string | null;
  readonly keyId: string | null;
  /** Whom it belongs to; `null`: nobody was known, or it was written before tenants were. */
  readonly tenant: string | null;
  readonly project: string | null;
  readonly user: string | null;
  readonly dialect: string | null;
  /** The route of the configuration that led to a service; `null`: it was none, or was written before routes were. */
  readonly route: string | null;
  readonly code: string | null;
  readonly isStream: boolean;
  readonly durationMs: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** 10^-9 US dollars; `null` when the price is not known. */
  readonly costNanoUsd: number | null;
  readonly body: string;
}

export interface RequestFilter {
  /** Only requests before this id (ids sort by time), for paging. */
  readonly before?: string;
  /** Only requests after this id, oldest first, for following. */
  readonly after?: string;
  readonly status?: "ok" | "error";
  readonly model?: string;
  readonly keyId?: string;
  readonly tenant?: string;
  readonly project?: string;
  readonly user?: string;
  readonly route?: string;
  /** Substring of id, model, provider or error code. */
  readonly search?: string;
  /** 1 to 500. */
  readonly limit: number;
}

export interface EventLogState {
  readonly queued: number;
  readonly written: number;
  /** Records that were dropped because the queue was full or the store failed. */
  readonly dropped: number;
  readonly bytes: number;
  readonly lastError: string | undefined;
}

/**
 * The request log. `append` never waits and never throws: records are queued in memory (bounded) and written behind
 * the request at most `flushInterval` later. Implementations: `platform/sqlite`, `platform/memory`; both pass
 * `test/contracts/event-log.ts`.
 */
export interface EventLog {
  readonly append: (record: LoggedRequest) => void;
  /** Newest first. Sees what is written and what is still queued. */
  readonly list: (filter: RequestFilter) => Promise<readonly Omit<LoggedRequest, "body">[]>;
  readonly read: (id: string) => Promise<LoggedRequest | undefined>;
  /** Writes what is queued now. */
  readonly flush: () => Promise<void>;
  readonly state: () => EventLogState;
  readonly close: () => Promise<void>;
}
