/** How much of the prompts their servers had kept from earlier ones, by their own word. */
export interface PrefixHits {
  readonly told: (cachedTokens: number, promptTokens: number) => void;
  /** Tokens that were kept, of all; `undefined`: nobody has told. */
  readonly ratio: () => number | undefined;
}

/** A call counts for half after about 140 more. */
const memory = 0.995;

export function createPrefixHits(): PrefixHits {
  let cached = 0;
  let all = 0;
  return {
    told: (cachedTokens, promptTokens) => {
      cached = memory * cached + Math.min(cachedTokens, promptTokens);
      all = memory * all + promptTokens;
    },
    ratio: () => (all === 0 ? undefined : cached / all),
  };
}
