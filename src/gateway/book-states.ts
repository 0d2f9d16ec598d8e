import type { Drift } from "../capabilities/pricing/index.ts";
import type { Cost } from "../exchange/settlement.ts";
import type { Warning } from "../exchange/warning.ts";

/** What a model costs now. */
export interface ModelPrice {
  /** By unit: `nanoUsd` (10^-9 US dollars) for each `per` of it. */
  readonly rates: readonly {
    readonly unit: string;
    readonly nanoUsd: number;
    readonly per: number;
    /** Other prices for the whole request when its input has more than `above` tokens. */
    readonly tiers: readonly { readonly above: number; readonly nanoUsd: number }[];
  }[];
  /** A factor for the whole cost, `11/10`. */
  readonly multiply: string | null;
  readonly source: string;
}

/** One row of the price book. */
export interface PriceRowState {
  /** What it is the price of; `null` matches everything. */
  readonly match: {
    readonly provider: string | null;
    readonly account: string | null;
    readonly region: string | null;
    /** A glob. */
    readonly model: string;
    readonly tier: string | null;
    readonly isBatch: boolean | null;
    /** Minutes after midnight UTC. */
    readonly dailyUtc: { readonly from: number; readonly until: number } | null;
  };
  readonly layer: "operator" | "catalogue" | "base";
  readonly source: string;
  readonly validFrom: number | null;
  readonly validUntil: number | null;
  /** Empty: the row has a factor only. */
  readonly rates: ModelPrice["rates"];
  readonly multiply: string | null;
}

export interface PricesState {
  /** Names the book that counts; each cost names the one it was made by. */
  readonly book: string;
  readonly unknownModel: "alert" | "refuse";
  /** All rows above the published price list. */
  readonly rows: readonly PriceRowState[];
  /** Those that were set while the gateway runs, as they were written. */
  readonly setRows: readonly unknown[];
  /** Models whose calls had no price since the start, the last first. */
  readonly unpriced: readonly { readonly provider: string; readonly model: string; readonly calls: number }[];
  /** Where providers tell what calls cost. */
  readonly drift: readonly Drift[];
}

/** How the cost of one recorded call came about. */
export interface PriceExplanation {
  readonly requestId: string;
  readonly model: string | null;
  readonly provider: string | null;
  readonly upstreamModel: string | null;
  /** As it was recorded. */
  readonly cost: Cost | null;
  /** Its sum made anew from its own lines and factor: the same number, or the record is wrong. */
  readonly recomputedNanoUsd: number | null;
  /** What the provider says. */
  readonly reportedNanoUsd: number | null;
  /** What the same usage costs by the book that counts now. */
  readonly now: Cost | null;
}

/** What is known of models from outside: in use, and waiting for approval. */
export interface CatalogState {
  readonly refresh: "off" | "ask" | "apply";
  readonly url: string;
  /** What counts now; `null`: the built-in rules alone. */
  readonly applied: CatalogSize | null;
  /** What was fetched and does not count yet. */
  readonly waiting:
    | (CatalogSize & {
        /** Of models of the providers in use; the first few. */
        readonly differences: readonly {
          readonly provider: string;
          readonly model: string;
          readonly changes: readonly {
            readonly ability: string;
            /** `null`: it was not known. */
            readonly before: string | null;
            readonly after: string | null;
          }[];
        }[];
        /** Models that differ, those shown included. */
        readonly differencesTotal: number;
      })
    | null;
  /** `problem`: why the last fetch brought nothing. */
  readonly lastFetch: { readonly at: number; readonly problem: string | null } | null;
}
interface CatalogSize {
  /** ms since 1970. */
  readonly fetchedAt: number;
  readonly providers: number;
  readonly models: number;
}

/** A client's request that is to be looked at as an upstream would get it. */
export interface WantedTranslation {
  /** What the client speaks. */
  readonly from: string;
  /** An upstream's dialect, or a model's name as clients use it. */
  readonly to: string;
  /** Where the body does not name one, or another is wanted; with a dialect only. */
  readonly model?: string | undefined;
  /** The request's JSON text. */
  readonly body: string;
}

/** What would be sent. */
export interface Translated {
  readonly lane: "bytes" | "canonical";
  /** The upstream's. */
  readonly dialect: string;
  readonly path: string;
  /** `null`: it is refused. */
  readonly body: string | null;
  readonly warnings: readonly Warning[];
  /** What the gateway would do on the answer, because the upstream cannot be asked for it. */
  readonly emulated: { readonly stop: readonly string[]; readonly toolsAmong: readonly string[] } | null;
  readonly refusal: { readonly code: string; readonly message: string; readonly param: string | null } | null;
}

/** How calls between two dialects have fared since the start. */
export interface TranslationPair {
  readonly client: string;
  readonly upstream: string;
  readonly calls: number;
  /** Of these, calls whose bytes passed as they were. */
  readonly bytes: number;
  readonly failed: number;
  /** What was declared of them, the most frequent first. */
  readonly warnings: readonly { readonly kind: string; readonly subject: string; readonly calls: number }[];
}
