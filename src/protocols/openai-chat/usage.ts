import type { Call } from "../../exchange/call.ts";
import type { Usage } from "../../exchange/usage.ts";
import type { Warning } from "../../exchange/warning.ts";
import type { ChatUsage } from "./wire.ts";

/** Usage in the convention of Chat, where the prompt includes what was cached; `undefined` when a total is not known. */
export function usageFor({ input, output }: Usage): ChatUsage | undefined {
  if (input.total === undefined || output.total === undefined) return undefined;
  const written = sum([input.cacheWrite5m, input.cacheWrite1h, input.cacheWriteOther]);
  const prompt = defined({
    cached_tokens: input.cacheRead,
    cache_write_tokens: written,
    audio_tokens: input.audio,
  });
  const completion = defined({ reasoning_tokens: output.reasoning, audio_tokens: output.audio });
  return {
    prompt_tokens: input.total,
    completion_tokens: output.total,
    total_tokens: input.total + output.total,
    ...(prompt !== undefined && { prompt_tokens_details: prompt }),
    ...(completion !== undefined && { completion_tokens_details: completion }),
  };
}

/** The declaration of counts that cannot be told, because one of the totals is not known. */
export function lostUsage(usage: Usage | undefined): readonly Warning[] {
  if (usage === undefined || usageFor(usage) !== undefined) return [];
  return [{ kind: "dropped", subject: "usage", note: "the provider did not tell all of its totals" }];
}

/** The declaration of log probabilities that were asked for and that the provider did not tell. */
export function lostLogprobs({ sampling }: Pick<Call, "sampling">, wereTold: boolean): readonly Warning[] {
  return sampling.logprobs === undefined || wereTold ? [] : [{ kind: "dropped", subject: "logprobs" }];
}

/** Two readings of one call's counters: the later one counts, where it tells something. */
export function later(before: Usage | undefined, after: Usage): Usage {
  if (before === undefined) return after;
  return {
    ...before,
    ...after,
    input: { ...before.input, ...after.input },
    output: { ...before.output, ...after.output },
  };
}

function sum(counts: readonly (number | undefined)[]): number | undefined {
  const told = counts.filter((count) => count !== undefined);
  return told.length === 0 ? undefined : told.reduce((total, count) => total + count, 0);
}

/** The members that are told, or `undefined` when none is. */
function defined<Counts extends Record<string, number | undefined>>(
  counts: Counts,
): { readonly [Name in keyof Counts]?: number } | undefined {
  const told: { [Name in keyof Counts]?: number } = {};
  let isTold = false;
  for (const name in counts) {
    const count = counts[name];
    if (count === undefined) continue;
    told[name] = count;
    isTold = true;
  }
  return isTold ? told : undefined;
}
