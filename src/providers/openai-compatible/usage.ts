import type { Usage } from "../../exchange/usage.ts";
import { isJsonObject, type Json, type JsonObject, printJson, RawJson } from "../../kernel/json.ts";
import { type Tokens, tokens } from "../../kernel/units.ts";

/**
 * Reads the `usage` of a Chat answer in any server's form. The prompt includes what was cached. Where the server's own
 * total says that reasoning is not among the completion's tokens (xAI), it is added. Nothing told stays `undefined`.
 *
 * Source: AI models specification, part 13.
 */
export function readUsage(value: Json | undefined, tier?: Json): Usage | undefined {
  if (!isJsonObject(value)) return undefined;
  const promptDetails = detailsOf(value, "prompt_tokens_details");
  const completionDetails = detailsOf(value, "completion_tokens_details");
  const hit = count(value, "prompt_cache_hit_tokens");
  const miss = count(value, "prompt_cache_miss_tokens");
  const prompt =
    count(value, "prompt_tokens") ??
    (hit !== undefined && miss !== undefined ? tokens(hit + miss) : undefined);
  const cacheRead = count(promptDetails, "cached_tokens") ?? hit;
  const cacheWrite = count(promptDetails, "cache_write_tokens");
  const uncached = prompt === undefined ? undefined : prompt - (cacheRead ?? 0) - (cacheWrite ?? 0);
  const reasoning = count(completionDetails, "reasoning_tokens");
  const completion = completionOf(value, prompt, reasoning);
  return {
    input: told({
      total: prompt,
      uncached: uncached === undefined || uncached < 0 ? undefined : tokens(uncached),
      cacheRead,
      cacheWriteOther: cacheWrite,
      audio: count(promptDetails, "audio_tokens"),
    }),
    output: told({ total: completion, reasoning, audio: count(completionDetails, "audio_tokens") }),
    ...(typeof tier === "string" && { tier }),
    basis: "reported",
    raw: new RawJson(printJson(value)),
  };
}

/**
 * Two readings of one stream's counters: the larger of each, the details of the later. Usage is cumulative wherever it
 * is repeated, so that nothing is ever added.
 */
export function mergeUsage(before: Usage | undefined, after: Usage | undefined): Usage | undefined {
  if (before === undefined || after === undefined) return after ?? before;
  return {
    ...before,
    ...after,
    input: largest(before.input, after.input),
    output: largest(before.output, after.output),
  };
}

function largest<Counters extends object>(before: Counters, after: Counters): Counters {
  const entries = Object.entries(after).map(([name, value]: [string, unknown]) => {
    const earlier: unknown = Reflect.get(before, name);
    return [
      name,
      typeof earlier === "number" && typeof value === "number" ? Math.max(earlier, value) : value,
    ];
  });
  return { ...before, ...after, ...Object.fromEntries(entries) };
}

function completionOf(
  usage: JsonObject,
  prompt: Tokens | undefined,
  reasoning: Tokens | undefined,
): Tokens | undefined {
  const completion = count(usage, "completion_tokens");
  const total = count(usage, "total_tokens");
  if (completion === undefined || prompt === undefined || reasoning === undefined || reasoning === 0)
    return completion;
  return total === prompt + completion + reasoning ? tokens(completion + reasoning) : completion;
}

function detailsOf(usage: JsonObject, member: string): JsonObject {
  const details = usage[member];
  return isJsonObject(details) ? details : {};
}

function count(usage: JsonObject, member: string): Tokens | undefined {
  const value = usage[member];
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? tokens(value) : undefined;
}

function told<Counters extends Record<string, Tokens | undefined>>(
  counters: Counters,
): { [Name in keyof Counters]?: Tokens } {
  const known: { [Name in keyof Counters]?: Tokens } = {};
  for (const name in counters) {
    const value = counters[name];
    if (value !== undefined) known[name] = value;
  }
  return known;
}
