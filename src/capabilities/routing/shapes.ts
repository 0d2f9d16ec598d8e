import type { Target } from "../../exchange/target.ts";

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
] as const;
export type Strategy = (typeof strategies)[number];

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
  readonly providers: ReadonlyMap<string, ProviderRoute>;
}

/** One name a client may use. */
export interface ModelEntry {
  readonly name: string;
  readonly kind: "pool" | "model" | "pattern";
  readonly targets: readonly TargetRef[];
}
