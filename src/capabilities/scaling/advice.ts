/** How many replicas a pool shall have, window by window. */
export interface Adviser {
  /**
   * @param needed Replicas that are needed by now, and by the forecast.
   * @returns What is advised.
   */
  readonly next: (needed: { readonly reactive: number; readonly forecast: number | undefined }) => number;
}

/** Windows in a row in which fewer were needed, before there are fewer. */
const patience = 3;
/** No more than this share goes at once, and one at least. */
const downShare = 0.1;

/**
 * Up at once, down with patience; a forecast may raise what is needed by now, and never undercut it.
 *
 * Source: routing specification, section 7.
 */
export function createAdviser({ min, max }: { readonly min: number; readonly max: number }): Adviser {
  let advised = min;
  let below = 0;
  return {
    next: ({ reactive, forecast }) => {
      const wanted = Math.max(min, Math.min(max, Math.max(reactive, forecast ?? 0)));
      below = wanted < advised ? below + 1 : 0;
      if (wanted > advised) advised = wanted;
      else if (below >= patience)
        advised = Math.max(wanted, advised - Math.max(1, Math.floor(downShare * advised)));
      return advised;
    },
  };
}
