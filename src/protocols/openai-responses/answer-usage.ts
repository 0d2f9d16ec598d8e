import type { Usage } from "../../exchange/usage.ts";
import type { Warning } from "../../exchange/warning.ts";
import { RawJson } from "../../kernel/json.ts";
import type { OutputItem, UsageBody } from "./wire.ts";

/** Usage in the convention of this dialect, where the input includes what was cached. */
export interface EncodedUsage {
  /** `null` when a total is not known: no number is better than a wrong one. */
  readonly usage: UsageBody | null;
  readonly warnings: readonly Warning[];
}

/**
 * Writes the usage of an answer with this output. The details have no word for "not told": they are written as 0, and
 * that is declared, except for the reasoning of an answer that has none.
 */
export function encodeUsage(usage: Usage | undefined, items: readonly OutputItem[]): EncodedUsage {
  const { input, output } = usage ?? { input: {}, output: {} };
  if (input.total === undefined || output.total === undefined) {
    return { usage: null, warnings: [{ kind: "dropped", subject: "usage", note: "a total is not known" }] };
  }
  const written = (input.cacheWrite5m ?? 0) + (input.cacheWrite1h ?? 0) + (input.cacheWriteOther ?? 0);
  const untold = [
    ...(input.cacheRead === undefined ? ["cached_tokens"] : []),
    ...(output.reasoning === undefined && items.some(isReasoning) ? ["reasoning_tokens"] : []),
  ];
  const note = `the provider told no ${untold.join(" and no ")}: 0 stands for unknown`;
  return {
    usage: {
      input_tokens: input.total,
      input_tokens_details: { cache_write_tokens: written, cached_tokens: input.cacheRead ?? 0 },
      output_tokens: output.total,
      output_tokens_details: { reasoning_tokens: output.reasoning ?? 0 },
      total_tokens: input.total + output.total,
    },
    warnings: untold.length === 0 ? [] : [{ kind: "changed", subject: "usage", note }],
  };
}

function isReasoning(item: OutputItem): boolean {
  return !(item instanceof RawJson) && item.type === "reasoning";
}

/** Two readings of one call's counters: the later one counts, where it tells something. */
export function laterUsage(before: Usage | undefined, after: Usage): Usage {
  if (before === undefined) return after;
  return {
    ...before,
    ...after,
    input: { ...before.input, ...after.input },
    output: { ...before.output, ...after.output },
  };
}
