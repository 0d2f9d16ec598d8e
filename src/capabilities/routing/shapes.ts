import type { Target } from "../../exchange/target.ts";
import type { GuardRules } from "./quality-guard.ts";

/** A model at a provider, by name. */
export interface TargetRef {
  readonly provider: string;
  readonly model: string;
  /** Its share where targets are drawn or take turns; absent: 1. */
  readonly weight?: number;
  /** Targets of a later tier are asked only when those before have failed; absent: 0. */
  readonly tier?: number;
  /** How good its answers are, by the operator's word, 0 to 1. */
  readonly quality?: number;
}

export const strategies = [
  "priority",
  "cost-optimized",
  "latency-based",
  "intelligent",
  "highest-quality",
  "weighted",
  "round-robin",
  "least-busy",
  "predicted",
  "usage-aware",
  "conditional",
  "learned",
] as const;
export type Strategy = (typeof strategies)[number];

/** Other names of theirs. */
export const aliases: Readonly<Record<string, Strategy>> = {
  "lowest-cost": "cost-optimized",
  "lowest-latency": "latency-based",
  balanced: "intelligent",
};

/** The strategy of that name: case does not matter, `_` is `-`; `undefined`: there is none. */
export function strategyNamed(text: string): Strategy | undefined {
  const name = text.trim().toLowerCase().replaceAll("_", "-");
  return strategies.find((strategy) => strategy === name) ?? aliases[name];
}

/** US dollars of one request, or a share of what the reference target costs. */
export type RouteBudget = { readonly perRequestUsd: number } | { readonly ofReference: number };

/** Who reads some answers of a pool and says how good they are. */
export interface JudgeRules {
  /** `provider/model`. */
  readonly use: string;
  /** Of the answers. */
  readonly share: number;
  /** US dollars. */
  readonly usdPerDay: number;
  /** What is asked of a good answer; absent: that it is right, whole and of use. */
  readonly rubric?: string;
}

/** What belongs together; a header: requests of a key with the same value of it. */
export type StickyUnit = "conversation" | "key" | "cookie" | { readonly header: string };

/** Who may be asked, and how one of them is chosen. */
export interface RouteChoice {
  /** Targets of the pool, `provider/model`; absent: all. */
  readonly use?: readonly string[];
  /** Absent: in their order. */
  readonly strategy?: Strategy;
}

/** A choice for requests of which something is true. */
export interface RouteCase extends RouteChoice {
  /** A condition over the facts of a request. */
  readonly when: string;
}

/** How one pool chooses among its targets. Money in US dollars, times in ms. */
export interface RouteRules {
  readonly strategy: Strategy;
  readonly weights: {
    readonly cost: number;
    readonly latency: number;
    readonly health: number;
    readonly quality: number;
  };
  readonly maxCostUsd?: number;
  readonly maxLatencyMs?: number;
  readonly maxPrice?: { readonly input?: number; readonly output?: number };
  readonly qualityFloor?: number;
  /** The same as a share of the best target's quality. */
  readonly qualityFloorShare?: number;
  /** The share of contracts that a target must have kept, for requests whose answers have one to keep. */
  readonly minContract?: number;
  /** The limits without those that the request itself asks for; absent: it asks for none. */
  readonly own?: Pick<RouteRules, "maxCostUsd" | "maxLatencyMs">;
  /** Who goes on at the target that served them last; absent: nobody. */
  readonly sticky?: StickyUnit;
  /** `learned`: what a request may cost on average. */
  readonly budget?: RouteBudget;
  /** `learned`: the target whose cost a share of is the budget, `provider/model`; absent: the dearest. */
  readonly reference?: string;
  /** `learned`: the share of requests that try another target. */
  readonly explore?: number;
  /** `learned`: quality that a second of waiting is worth. */
  readonly perSecond?: number;
  /** `learned`: what is done when the credit is used up. */
  readonly exhausted?: "cheapest" | "refuse";
  /** `learned`: a cheap target may be asked first, on trial, where the form of its answer tells whether it will do. */
  readonly cascade?: "auto" | "off";
  /** `learned`: some answers are held against those of the reference; absent: none. */
  readonly guard?: GuardRules;
  /** `learned`: some answers are read by another model; absent: none. */
  readonly judge?: JudgeRules;
  /** `learned`: who asks the same again at once was not content. */
  readonly implicit?: boolean;
  /** `conditional`: the first whose condition holds is taken. */
  readonly cases?: readonly RouteCase[];
  /** `conditional`: when none does; absent: the pool in its order. */
  readonly else?: RouteChoice;
  /** Whether answers carry the decision in a header. */
  readonly expose: "strategy" | "full";
}

/** What routing knows of one provider. */
export interface ProviderRoute {
  readonly id: string;
  /** Globs of the bare model names it serves. */
  readonly globs: readonly string[];
  /** Models to be listed as `provider/model`. */
  readonly listed: readonly string[];
  /** The target of one of its models. */
  readonly targetOf: (model: string) => Target;
}

/** Immutable; compiled with each configuration, in the file's order. */
export interface RoutingTable {
  readonly pools: ReadonlyMap<string, readonly TargetRef[]>;
  /** Pools that choose by a strategy; the others are asked in their order. */
  readonly routes: ReadonlyMap<string, RouteRules>;
  /** Pools that are no operator's. */
  readonly virtual: ReadonlySet<string>;
  readonly providers: ReadonlyMap<string, ProviderRoute>;
}

/** One name a client may use. */
export interface ModelEntry {
  readonly name: string;
  readonly kind: "pool" | "model" | "pattern";
  readonly targets: readonly TargetRef[];
}
