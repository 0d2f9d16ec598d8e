import { calcPrice, findProvider } from "@pydantic/genai-prices";
import { type GenaiRow, genaiContext, genaiRates } from "./rates.ts";

/** The list as it was published with the version that is pinned: nothing is fetched. */
export const publishedName = "genai-prices 0.1.8";

/** The published prices of one model of a provider, by the list's own names. */
export const publishedRates: (provider: string, model: string) => readonly GenaiRow[] = genaiRates(
  { findProvider, calcPrice },
  publishedName,
);

/** The context of one model of a provider, as the list has it. */
export const publishedContext = genaiContext({ findProvider, calcPrice }, publishedName);
