import type { Commit, Machine } from "../machine.ts";
import type { Spread } from "../spread.ts";

/** What `npm run bench -- protocols` found: the content of a file `protocols-….json` of bench/results. */
export interface ProtocolResult {
  readonly format: 1;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly commit: Commit;
  readonly machine: Machine;
  readonly load: { readonly before: number; readonly after: number; readonly isBusy: boolean };
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly secondsPerRun: number;
  readonly rates: readonly RateRow[];
  readonly doors: readonly DoorRow[];
  readonly latency: readonly AddedRow[];
  readonly bounds: readonly BoundRow[];
}

/** Who is measured, and in which state. */
export type Subject =
  | "nginx"
  /** All doors. */
  | "sallyport"
  /** The same, messages read. */
  | "sallyport-inspect"
  /** A route that asks for no key, to a service without a limit of its own. */
  | "sallyport-open"
  /** The route of the protocol `rest`, which reads nothing of the body. */
  | "sallyport-rest"
  /** The gateway's server and transports without any door. */
  | "bare";

/** One subject in one row, closed loop. */
export interface RateRow {
  readonly row: string;
  /** What is counted: `request`, `message`, … */
  readonly unit: string;
  readonly subject: Subject;
  readonly perSecond: Spread;
  /** CPU time of the measured process, user and system, of all threads. */
  readonly cpuMicros: Spread;
  /** Share of its core that the process has used. Where it is well below 1, the other core was the bound. */
  readonly coreShare: Spread;
  readonly failed: number;
  /** Against nginx in the same round; absent where nginx does not stand beside it. */
  readonly rateRatio?: Spread;
  readonly cpuRatio?: Spread;
}

/** What CPU time a request costs more with something than without, round by round. */
export interface DoorRow {
  readonly row: string;
  readonly what: string;
  readonly cpuMicros: Spread;
  /** As a share of what the whole costs. */
  readonly share: Spread;
}

/** What a subject adds to the direct way at the same rate, in the same round. */
export interface AddedRow {
  readonly row: string;
  readonly subject: Subject;
  readonly ratePerSecond: number;
  readonly addedMsP50: Spread;
  readonly addedMsP99: Spread;
  /** What the specification allows; absent: it is silent, or the subject is not ours. */
  readonly allowedMsP50?: number;
  readonly allowedMsP99?: number;
}

/** A figure that has a bound. */
export interface BoundRow {
  readonly what: string;
  readonly found: number;
  readonly unit: string;
  readonly atMost: number;
  /** How it came about, in a few words. */
  readonly note: string;
}
