import type { Usage } from "../../exchange/usage.ts";
import type { UsageBody } from "./wire.ts";

/**
 * Usage in Anthropic's convention: `input_tokens` is what the cache neither gave nor took, so that it and the two
 * cache counts add up to the whole input. This dialect has no word for "not told": it is written as 0, and whoever
 * writes it declares that.
 */
export function encodeUsage(usage: Usage | undefined): UsageBody {
  const { total, uncached, cacheRead, cacheWrite5m, cacheWrite1h, cacheWriteOther } = usage?.input ?? {};
  const written = (cacheWrite5m ?? 0) + (cacheWrite1h ?? 0) + (cacheWriteOther ?? 0);
  const split = cacheWrite5m !== undefined || cacheWrite1h !== undefined;
  const reasoning = usage?.output.reasoning;
  return {
    input_tokens: uncached ?? Math.max(0, (total ?? 0) - (cacheRead ?? 0) - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: cacheRead ?? 0,
    ...(split
      ? {
          cache_creation: {
            ephemeral_5m_input_tokens: cacheWrite5m ?? 0,
            ephemeral_1h_input_tokens: cacheWrite1h ?? 0,
          },
        }
      : {}),
    output_tokens: usage?.output.total ?? 0,
    ...(reasoning === undefined ? {} : { output_tokens_details: { thinking_tokens: reasoning } }),
  };
}

/** Whether the provider told how much the call consumed. */
export function isTold(usage: Usage | undefined): boolean {
  return usage?.output.total !== undefined && (usage.input.total ?? usage.input.uncached) !== undefined;
}
