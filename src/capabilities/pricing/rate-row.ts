import type { EpochMs } from "../../kernel/units.ts";

/** What is billed separately. `input` is input that no cache had. Beside these: `request`, once for each
 * call, and counts of a provider's tools by their names. */
export type TokenUnit =
  | "input"
  | "inputAudio"
  | "cacheRead"
  | "cacheWrite5m"
  | "cacheWrite1h"
  | "cacheWriteOther"
  | "output"
  | "outputAudio"
  | "reasoning";

/** The price of one unit: `nanoUsd` for every `per` of it. */
export interface Rate {
  readonly nanoUsd: bigint;
  readonly per: bigint;
  /** Other prices for the whole request when its input is above so many tokens. */
  readonly tiers?: readonly { readonly above: number; readonly nanoUsd: bigint }[];
}

/** What a row is the price of; an absent member matches everything. */
export interface RowMatch {
  readonly provider?: string | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  /** A glob. */
  readonly model: string;
  readonly tier?: string | undefined;
  readonly isBatch?: boolean | undefined;
  /** Minutes after midnight UTC; `from` inclusive, `until` exclusive; `until` below `from` passes midnight. */
  readonly dailyUtc?: { readonly from: number; readonly until: number } | undefined;
}

/** One row of a price book. */
export interface RateRow {
  readonly match: RowMatch;
  /** Of two rows that are equally specific the operator's wins over the catalogue's, that over the base's. */
  readonly layer: "operator" | "catalogue" | "base";
  /** Milliseconds since 1970. */
  readonly validFrom?: number | undefined;
  /** Exclusive. */
  readonly validUntil?: number | undefined;
  readonly source: string;
  /** By `TokenUnit` or the name of a count, such as `webSearch`. */
  readonly rates?: Readonly<Record<string, Rate>> | undefined;
  readonly multiply?: { readonly numerator: bigint; readonly denominator: bigint } | undefined;
}

/** What a price is asked for. */
export interface PricedCall {
  readonly provider: string;
  /** The provider whose price list counts, where `provider` is a name of the operator's own. */
  readonly priceProvider?: string | undefined;
  /** The upstream's name of the model. */
  readonly model: string;
  /** When the call began. */
  readonly at: EpochMs;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly tier?: string | undefined;
  readonly isBatch?: boolean | undefined;
}
