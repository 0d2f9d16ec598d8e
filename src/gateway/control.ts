import type { ClientKey } from "../exchange/identity.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import type { LoggedRequest, RequestFilter } from "../ports/event-log.ts";

/** A key as the admin API shows it: without its digest. */
export type ShownKey = Omit<ClientKey, "digest">;

/** One 5-second bucket of the live series. */
export interface SeriesPoint {
  /** Start of the bucket: ms since 1970. */
  readonly at: number;
  readonly requests: number;
  readonly errors: number;
  readonly latencyMsP50: number | null;
  readonly latencyMsP99: number | null;
  /** Sum of the known costs, 10^-9 US dollars. */
  readonly costNanoUsd: number;
  /** Requests whose price is not known. */
  readonly unpriced: number;
}

export interface UpstreamState {
  readonly provider: string;
  readonly dialect: string;
  readonly origin: string;
  readonly requests: number;
  readonly failures: number;
  readonly lastError: { readonly at: number; readonly code: string; readonly status: number | null } | null;
}

export interface ModelEntry {
  /** The name a client may use. */
  readonly name: string;
  readonly kind: "pool" | "model" | "pattern";
  readonly targets: readonly { readonly provider: string; readonly model: string }[];
}

export interface GatewayState {
  readonly version: string;
  readonly startedAt: number;
  readonly uptimeMs: number;
  readonly generation: number;
  readonly mode: "demo" | "environment" | "file";
  readonly isDraining: boolean;
  /** Why the gateway is less than well, in public words; empty when all is well. */
  readonly degraded: readonly string[];
  readonly inFlight: number;
  readonly totals: {
    readonly requests: number;
    readonly errors: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly costNanoUsd: number;
    readonly unpriced: number;
  };
  readonly log: {
    readonly queued: number;
    readonly written: number;
    readonly dropped: number;
    readonly bytes: number;
  };
  readonly process: {
    readonly rssBytes: number;
    readonly heapUsedBytes: number;
    readonly eventLoopDelayMsP99: number;
  };
}

/** One difference between the running configuration and another: `path` as in the file, `providers.openai.key`. */
export interface ConfigChange {
  readonly path: string;
  readonly kind: "added" | "removed" | "changed";
  /** Printed values; secrets are shown as `***`. */
  readonly before: string | null;
  readonly after: string | null;
  readonly needsRestart: boolean;
}

export interface ConfigProblem {
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly path: string | null;
}

export type ConfigPlan =
  | {
      readonly kind: "valid";
      readonly changes: readonly ConfigChange[];
      /** What the file as it is now has asked for already, and waits for a restart. */
      readonly waiting: readonly ConfigChange[];
    }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigProblem[] };

export interface ConfigState {
  readonly generation: number;
  readonly file: string | null;
  /** The running configuration with defaults filled in; secrets are shown as `***`. */
  readonly running: unknown;
  /** Why the newest file was not taken; the last good generation goes on. */
  readonly problems: readonly ConfigProblem[];
  /** What the file asks for and the process cannot take before it is started again. */
  readonly waiting: readonly ConfigChange[];
}

/** The one door for everything that looks at or changes a running gateway: admin API, CLI and tests use nothing else. */
export interface Control {
  readonly state: () => GatewayState;
  /** Oldest first; the last `minutes`, at most 60. */
  readonly series: (minutes: number) => readonly SeriesPoint[];
  readonly upstreams: () => readonly UpstreamState[];
  readonly models: () => readonly ModelEntry[];
  readonly requests: {
    readonly list: (filter: RequestFilter) => Promise<readonly Omit<LoggedRequest, "body">[]>;
    readonly read: (id: string) => Promise<RequestRecord | undefined>;
  };
  readonly keys: {
    readonly list: () => readonly ShownKey[];
    /** The key itself is in the answer and nowhere else. */
    readonly create: (wanted: { readonly name: string; readonly models: readonly string[] }) => Promise<{
      readonly key: string;
      readonly entry: ShownKey;
    }>;
    /** `undefined` when there is no key of this id. */
    readonly revoke: (id: string) => Promise<ShownKey | undefined>;
  };
  readonly config: {
    readonly state: () => ConfigState;
    /** What would change if `text` were the configuration file. */
    readonly plan: (text: string) => Promise<ConfigPlan>;
    /** Reads the file again now; the answer says what came of it. */
    readonly reload: () => Promise<ConfigState>;
  };
  readonly session: {
    /** Trades the one-time code of the admin link for a session token; `undefined` when it is used up, old or wrong. */
    readonly redeem: (code: string) => { readonly token: string; readonly expiresAt: number } | undefined;
    /** Whether `token` is a live session or the admin bearer token. */
    readonly admits: (token: string) => boolean;
    readonly end: (token: string) => void;
  };
  /** Prometheus text, version 0.0.4. */
  readonly metrics: () => string;
}
