/** The part of `@pydantic/genai-prices` that is read; the package's module fits it. Amounts are US dollars. */
export interface GenaiPriceList {
  readonly findProvider: (options: { providerId: string }) => { readonly id: string } | undefined;
  /** Finds the model as its own price calculation does: aliases, date forms, providers that resell. */
  readonly calcPrice: (
    usage: Record<string, number | undefined>,
    modelId: string,
    options: { providerId: string },
  ) => { readonly model: GenaiModel } | null;
}

export interface GenaiModel {
  readonly id: string;
  /** Tokens of prompt and answer together. */
  readonly context_window?: number | undefined;
  /** Of several the last whose constraint is met counts, else the first. */
  readonly prices: readonly GenaiConditionalPrice[] | GenaiPrices;
}

export interface GenaiConditionalPrice {
  readonly constraint?:
    | { readonly type: "start_date"; readonly start_date: string }
    | { readonly type: "time_of_date"; readonly start_time: string; readonly end_time: string };
  readonly prices: GenaiPrices;
}

/** By keys such as `input_mtok` (dollars per million tokens) and `web_searches_kcount` (per thousand). */
export type GenaiPrices = Readonly<Record<string, GenaiPrice | undefined>>;
export type GenaiPrice = number | GenaiTiers;

export interface GenaiTiers {
  readonly base: number;
  /** For the whole request when its input is above `start` tokens. */
  readonly tiers: readonly { readonly start: number; readonly price: number }[];
}
