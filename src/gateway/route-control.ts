import type {
  LearnedState,
  OtherPolicy,
  OversightState,
  Reevaluation,
  RouteRules,
} from "../capabilities/routing/index.ts";
import type { Decision } from "../exchange/decision.ts";
import type { EndpointState } from "./expectations.ts";
import type { Content } from "./route-facts.ts";

/** A request as far as routing looks at it. */
export interface WantedDecision {
  readonly model: string;
  /** Of its prompt. */
  readonly inputTokens: number;
  readonly outputTokensMax?: number | undefined;
  /** What is in it; what is not said is not in it. */
  readonly content?: Partial<Content> | undefined;
  /** What its user says; absent: not known. */
  readonly prompt?: string | undefined;
  readonly isStream: boolean;
  readonly strategy?: string | undefined;
  readonly maxCostUsd?: number | undefined;
  readonly maxLatencyMs?: number | undefined;
  /** Zones, with commas between, one of which it must stay in. */
  readonly region?: string | undefined;
}

/** Where it would go. */
export interface RouteDecision extends Decision {
  readonly reason: string;
}

/** Of the answers of a model that were held against what they must hold. */
export interface KeptContracts {
  readonly model: string;
  readonly share: number;
  /** How many were, older ones counting for less. */
  readonly checked: number;
}

/** A pool that chooses. */
export interface RouteState {
  readonly name: string;
  readonly rules: RouteRules;
  /** What is learned there; `undefined`: nothing is. */
  readonly learned?: LearnedState | undefined;
  /** What reading some of its answers has shown; `undefined`: none are read. */
  readonly oversight?: OversightState | undefined;
  /** How often its models have kept the contracts of their answers, where the pool minds it. */
  readonly contracts?: readonly KeptContracts[] | undefined;
  readonly decisions: readonly (Decision & { readonly requestId: string; readonly at: number })[];
}

export type RouteSteering = "freeze" | "resume" | "reset" | "guard" | "unguard";

/** What may be asked of door 6. */
export interface RoutingControl {
  /** What door 6 would decide; nothing is sent. @throws GatewayError as the door does. */
  readonly decide: (wanted: WantedDecision) => RouteDecision;
  /** How fast targets are, as their requests have shown. */
  readonly endpoints: () => readonly EndpointState[];
  /** The pools that choose by a strategy, and their last decisions, newest first. */
  readonly routes: () => readonly RouteState[];
  /**
   * What another policy would have come to on what a pool has logged since a moment, ms since 1970; nothing is sent.
   *
   * @returns `undefined`: there is no pool of this name that learns.
   */
  readonly evaluate: (name: string, policy: OtherPolicy, since: number) => Reevaluation | undefined;
  /**
   * Stops or resumes what a pool learns, or forgets it; `guard` has its reference serve, `unguard` ends that.
   *
   * @returns The pool; `undefined`: there is none of this name that learns.
   * @throws GatewayError `conflict` where a pool without a reference shall be guarded.
   */
  readonly steer: (name: string, action: RouteSteering) => RouteState | undefined;
}
