import type { ErrorCode } from "../kernel/errors.ts";
import type { Lane } from "./dialect.ts";
import type { FinishReason } from "./finish.ts";
import type { StageRecord } from "./stage-record.ts";
import type { Usage } from "./usage.ts";
import type { Warning } from "./warning.ts";

/** How a request ended, told once, when its body has ended. */
export type Outcome =
  /** The client has the whole answer. */
  | "completed"
  /** A door refused before anything was sent upstream. */
  | "refused"
  /** The upstream or the gateway failed; the client has an error, or a stream that ends in one. */
  | "failed"
  /** The client went away first. */
  | "aborted";

/** One try at one upstream. */
export interface AttemptRecord {
  readonly provider: string;
  readonly model: string;
  readonly lane: Lane;
  /** The upstream's status; `null` when there was no answer. */
  readonly status: number | null;
  readonly code: ErrorCode | null;
  readonly reason: string;
  readonly startedAt: number;
  readonly tookMs: number;
  /** Which of its provider's addresses was asked; absent: it has one. */
  readonly endpoint?: string;
  /** Waited before it: for a rate limit to pass, or between two tries. Absent: it did not wait. */
  readonly waitedMs?: number;
}

/** One line of a cost: `quantity` tokens at `nanoUsd` per `per`. */
export interface CostLine {
  readonly unit: string;
  readonly quantity: number;
  readonly nanoUsd: number;
  readonly per: number;
  readonly isApproximate: boolean;
}

/** What the bytes of a request cost on their way to its providers, and those of their answers on the way back. */
export interface EgressCost {
  /** 10^-9 US dollars. */
  readonly nanoUsd: number;
  /** `sentBytes` and `receivedBytes`, of all tries together. */
  readonly lines: readonly CostLine[];
}

/** A cost and how it came about. */
export interface Cost {
  /** 10^-9 US dollars, `egress` included; `null` when no price is known: never 0 for unknown. */
  readonly nanoUsd: number | null;
  readonly lines: readonly CostLine[];
  /** Where the price is from: `operator`, `catalog <source>`; `null` when no price is known. */
  readonly source: string | null;
  /** The factor for the whole sum, `1/2`; absent: none. */
  readonly multiply?: string;
  /** Its own part of the sum, beside the factor; absent: the bytes cost nothing. */
  readonly egress?: EgressCost;
  /** The price book that was asked: the hash of its rows. */
  readonly book?: string;
  /** The rows that counted, as they match: `openai gpt-5* flex`. */
  readonly rows?: readonly string[];
}

/** What is known of a cost, 10^-9 US dollars: where tokens have no price, or nobody told them, what the bytes came to. */
export const knownNanoUsd = (cost: Cost | null): number => cost?.nanoUsd ?? cost?.egress?.nanoUsd ?? 0;

/** A call that the gateway makes on its own account, on the occasion of a client's. */
export interface Aside {
  /** `shadow`: the same call at another target; `judge`: how good was an answer? */
  readonly purpose: "shadow" | "judge";
  /** The id of the client's request. */
  readonly of: string;
  /** With which probability that was drawn, 0 to 1. */
  readonly share: number;
}

/** A fact as it is kept. */
export type RecordedFact =
  | number
  | string
  | boolean
  | readonly string[]
  | Readonly<Record<string, readonly string[]>>;

/** What policies said of a request, and by which facts: enough to ask other policies the same. */
export interface PolicyRecord {
  readonly revision: number;
  readonly route: string;
  readonly protocol: string;
  /** By their names, `request.headers["x-team"]`; what says who somebody is as a keyed hash. */
  readonly facts: Readonly<Record<string, RecordedFact>>;
  /** Conditions over facts that are kept as hashes, and how they came out. */
  readonly told: Readonly<Record<string, boolean>>;
  /** Facts that were asked for, and could not be told; absent: none. */
  readonly untold?: readonly string[];
  readonly decisions: readonly {
    readonly phase: "request" | "target" | "response";
    readonly allowed: boolean;
    /** Its operation was still to be read: those that ask for it were not asked yet. */
    readonly isEarly?: true;
    readonly by?: string;
    /** Edits, constraints and limits, as text that is equal where they are. */
    readonly effect?: string;
    /** The target that was asked about; of phase `request`, the operation. */
    readonly of?: string;
    readonly facts?: Readonly<Record<string, RecordedFact>>;
    readonly told?: Readonly<Record<string, boolean>>;
    readonly untold?: readonly string[];
  }[];
}

/** Everything the gateway keeps of one request; the admin API's request detail. Times are ms since `at`. */
export interface RequestRecord {
  readonly id: string;
  /** When the request arrived: ms since 1970. */
  readonly at: number;
  /** Absent: a client asked. */
  readonly aside?: Aside;
  readonly method: string;
  readonly path: string;
  readonly dialect: string | null;
  /** The route of the configuration that led to a service; absent: it was none. */
  readonly route?: string;
  readonly keyId: string | null;
  readonly keyName: string | null;
  /** Whom the request belongs to; absent: nobody was known, or it is older than tenants are. */
  readonly tenant?: string;
  readonly project?: string;
  /** The person behind the key or the token; absent: none is known. */
  readonly user?: string;
  /** The model as the client named it. */
  readonly model: string | null;
  readonly provider: string | null;
  readonly upstreamModel: string | null;
  /** What was spoken to the provider. */
  readonly upstreamDialect: string | null;
  /** The model that the upstream says answered. */
  readonly answerModel: string | null;
  readonly lane: Lane | null;
  readonly isStream: boolean;
  readonly status: number;
  readonly outcome: Outcome;
  readonly code: ErrorCode | null;
  /** Private: why it failed, in the gateway's words. */
  readonly detail: string | null;
  /** The word that a refusal is counted by, of the closed list of whoever refused; absent: its code says all. */
  readonly reason?: string;
  /** The status that a client of gRPC was told; absent: it was told none, or speaks something else. */
  readonly grpcStatus?: number;
  readonly generation: number;
  readonly durationMs: number;
  /** Until the first byte of the answer went out. */
  readonly firstByteMs: number | null;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Frames of a stream that went to the client. */
  readonly events: number;
  readonly finish: FinishReason | null;
  /** Whether it held what the tools or the schema of the request ask for: `kept`, or what is wrong; absent: nobody looked. */
  readonly contract?: string;
  readonly usage: Usage | null;
  readonly cost: Cost | null;
  readonly warnings: readonly Warning[];
  /** Absent: there were no policies. */
  readonly policy?: PolicyRecord;
  readonly attempts: readonly AttemptRecord[];
  readonly stages: readonly StageRecord[];
}
