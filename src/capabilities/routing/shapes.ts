import type { Target } from "../../exchange/target.ts";

/** A model at a provider, by name. */
export interface TargetRef {
  readonly provider: string;
  readonly model: string;
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
  readonly providers: ReadonlyMap<string, ProviderRoute>;
}

/** One name a client may use. */
export interface ModelEntry {
  readonly name: string;
  readonly kind: "pool" | "model" | "pattern";
  readonly targets: readonly TargetRef[];
}
