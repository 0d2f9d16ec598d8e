import type { Tapped } from "../exchange/codec.ts";
import type { Permit } from "../exchange/permit.ts";
import type { Candidate, Target } from "../exchange/target.ts";
import type { Clock } from "../ports/clock.ts";
import type { Transport, UpstreamHead } from "../ports/transport.ts";
import type { Waiting } from "./caller.ts";
import type { Place } from "./places.ts";
import type { Ending, Trail } from "./trail.ts";

/** What the raw lane sends, and to whom. */
export interface RawCall {
  readonly permit: Permit;
  readonly target: Target;
  readonly endpoint: Candidate["endpoint"];
  /** Path and query at the provider. */
  readonly path: string;
  /** Which of the provider's addresses that is; absent: it has one. */
  readonly place?: Place | undefined;
  /** Reads what the answer tells of its usage; `undefined` where nobody knows how. */
  readonly tap: (head: UpstreamHead) => RawTap | undefined;
  /** Whether a model is asked, as far as the path tells. */
  readonly isForWords: boolean;
}

/** Reads an answer that passes. Neither of its functions throws. */
export interface RawTap {
  readonly push: (chunk: Uint8Array) => void;
  /** What was read, once the answer is over; `undefined`: nothing of use. */
  readonly end: () => Tapped | undefined;
}

/** What the raw lane needs from the world. */
export interface RawPorts<Snapshot> {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly bodyBytesMax: number;
  /** Who is told when a drain has no more time. */
  readonly waiting: Waiting;
  /** Headers of every answer: request id, generation. */
  readonly commonHeaders: (trail: Trail<Snapshot>) => string[];
  /** The target once the answer has named its model: prices go by it. */
  readonly targetOf: (model: string) => Target;
  readonly settle: (trail: Trail<Snapshot>, ending: Ending) => void;
  readonly onTried: (
    candidate: Candidate,
    failure: { readonly code: string; readonly status: number | null } | undefined,
  ) => void;
}
