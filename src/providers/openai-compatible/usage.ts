import type { Usage } from "../../exchange/usage.ts";
import { isJsonObject, type Json, type JsonObject, printJson, RawJson } from "../../kernel/json.ts";
import { type Tokens, tokens } from "../../kernel/units.ts";

/**
 * Reads the `usage` of a Chat answer in any server's form. The prompt includes what was cached. Where the server's own
 * total says that reasoning is not among the completion's tokens, or its quirks do and no total contradicts (xAI), it is
 * added. Nothing told stays `undefined`.
 *
 * Source: AI models specification, part 13.
 */
export function readUsage(
  value: Json | undefined,
  tier?: Json,
  { reasoningOutsideCompletion }: UsageQuirks = { reasoningOutsideCompletion: false },
): Usage | undefined {
  if (!isJsonObject(value)) return undefined;
  const promptDetails = detailsOf(value, "prompt_tokens_details");
  const completionDetails = detailsOf(value, "completion_tokens_details");
  const hit = count(value, "prompt_cache_hit_tokens");
  const miss = count(value, "prompt_cache_miss_tokens");
  const prompt =
    count(value, "prompt_tokens") ??
    (hit !== undefined && miss !== undefined ? tokens(hit + miss) : undefined);
  // Moonshot and Together have the cached tokens beside the prompt's, not in its details.
  const cacheRead = count(promptDetails, "cached_tokens") ?? hit ?? count(value, "cached_tokens");
  const cacheWrite =
    count(promptDetails, "cache_write_tokens") ?? count(promptDetails, "cache_creation_input_tokens");
  const reasoning = count(completionDetails, "reasoning_tokens");
  const completion = completionOf(value, { prompt, reasoning, isOutside: reasoningOutsideCompletion });
  return {
    input: told({
      total: prompt,
      uncached: uncachedOf(prompt, cacheRead, cacheWrite),
      cacheRead,
      cacheWriteOther: cacheWrite,
      audio: count(promptDetails, "audio_tokens"),
    }),
    output: told({ total: completion, reasoning, audio: count(completionDetails, "audio_tokens") }),
    ...(typeof tier === "string" && { tier }),
    ...reportedCost(value),
    basis: "reported",
    raw: new RawJson(printJson(value)),
  };
}

/** OpenRouter tells dollars, Perplexity dollars by part, xAI ticks of 10^-10 dollars. */
function reportedCost({ cost, cost_in_usd_ticks: ticks }: JsonObject): Pick<Usage, "reportedNanoUsd"> {
  const dollars = isJsonObject(cost) ? cost["total_cost"] : cost;
  const nano =
    typeof ticks === "number" ? ticks / 10 : typeof dollars === "number" ? dollars * 1e9 : undefined;
  return nano === undefined || !(nano >= 0 && nano <= Number.MAX_SAFE_INTEGER)
    ? {}
    : { reportedNanoUsd: Math.round(nano) };
}

/** What a server's quirks say of its counters. */
interface UsageQuirks {
  /** `completion_tokens` leaves the reasoning out. */
  readonly reasoningOutsideCompletion: boolean;
}

/**
 * Two readings of one stream's counters: the larger of each total, the details of the later where it tells them. Usage
 * is cumulative wherever it is repeated, so that nothing is ever added.
 */
export function mergeUsage(before: Usage | undefined, after: Usage | undefined): Usage | undefined {
  if (before === undefined || after === undefined) return after ?? before;
  const input = { ...before.input, ...after.input };
  const output = { ...before.output, ...after.output };
  const prompt = larger(before.input.total, after.input.total);
  const uncached = uncachedOf(prompt, input.cacheRead, input.cacheWriteOther);
  return {
    ...before,
    ...after,
    input: { ...input, ...told({ total: prompt, uncached }) },
    output: { ...output, ...told({ total: larger(before.output.total, after.output.total) }) },
  };
}

function larger(left: Tokens | undefined, right: Tokens | undefined): Tokens | undefined {
  if (left === undefined || right === undefined) return right ?? left;
  return left > right ? left : right;
}

/** What is left of the prompt; not guessed where the parts exceed it. */
function uncachedOf(
  prompt: Tokens | undefined,
  cacheRead: Tokens | undefined,
  cacheWrite: Tokens | undefined,
): Tokens | undefined {
  const uncached = prompt === undefined ? -1 : prompt - (cacheRead ?? 0) - (cacheWrite ?? 0);
  return uncached < 0 ? undefined : tokens(uncached);
}

function completionOf(
  usage: JsonObject,
  {
    prompt,
    reasoning,
    isOutside,
  }: {
    readonly prompt: Tokens | undefined;
    readonly reasoning: Tokens | undefined;
    readonly isOutside: boolean;
  },
): Tokens | undefined {
  const completion = count(usage, "completion_tokens");
  const total = count(usage, "total_tokens");
  if (completion === undefined || reasoning === undefined || reasoning === 0) return completion;
  const whole = tokens(completion + reasoning);
  if (prompt === undefined || total === undefined) return isOutside ? whole : completion;
  if (total === prompt + whole) return whole;
  return isOutside && total !== prompt + completion ? whole : completion;
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
