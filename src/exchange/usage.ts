import type { RawJson } from "../kernel/json.ts";
import type { Tokens } from "../kernel/units.ts";

/**
 * What a call consumed, in one convention for all providers. `undefined` means "not told", never 0.
 * `uncached`, `cacheRead` and the cache writes partition `input.total`; all else are subsets of the totals.
 */
export interface Usage {
  readonly input: {
    readonly total?: Tokens;
    readonly uncached?: Tokens;
    readonly cacheRead?: Tokens;
    readonly cacheWrite5m?: Tokens;
    readonly cacheWrite1h?: Tokens;
    readonly cacheWriteOther?: Tokens;
    readonly audio?: Tokens;
  };
  readonly output: { readonly total?: Tokens; readonly reasoning?: Tokens; readonly audio?: Tokens };
  /** Provider-run tools and the like, by name: `webSearch`. */
  readonly counts?: Readonly<Record<string, number>>;
  /** The service tier the provider says it used. */
  readonly tier?: string;
  /** Where the provider says it ran the call, if that was not left to it. */
  readonly region?: string;
  /** What the provider says the call cost, 10^-9 US dollars. */
  readonly reportedNanoUsd?: number;
  /** `reported` by the provider; `partial`: the last snapshot of a call that was cut; `estimated` by us. */
  readonly basis: "reported" | "partial" | "estimated";
  /** The provider's own usage object, as it was written. */
  readonly raw?: RawJson;
}
