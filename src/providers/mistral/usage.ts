import type { Usage } from "../../exchange/usage.ts";
import type { JsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, type JsonObject, RawJson } from "../../kernel/json.ts";
import { type Tokens, tokens } from "../../kernel/units.ts";

/**
 * Reads the `usage` of an answer. The prompt includes what was cached, which is told in one of three places; the
 * length of sound in the prompt is a count. Nothing told stays `undefined`.
 *
 * Source: AI models specification, part 13; `@mistralai/mistralai` 2.7.0, `UsageInfo`.
 */
export function readUsage(value: Json | undefined, raw: JsonSlice | undefined): Usage | undefined {
  if (!isJsonObject(value)) return undefined;
  const prompt = objectIn(value, "prompt_tokens_details");
  const promptToo = objectIn(value, "prompt_token_details");
  const total = count(value, "prompt_tokens");
  const cacheRead =
    count(prompt, "cached_tokens") ?? count(promptToo, "cached_tokens") ?? count(value, "num_cached_tokens");
  const audio = count(prompt, "audio_tokens") ?? count(promptToo, "audio_tokens");
  const reasoning = count(objectIn(value, "completion_tokens_details"), "reasoning_tokens");
  const { prompt_audio_seconds: seconds, service_tier: tier } = value;
  const hasSound = typeof seconds === "number" && seconds > 0;
  return {
    input: {
      ...told("total", total),
      ...told("uncached", uncachedOf(total, cacheRead)),
      ...told("cacheRead", cacheRead),
      ...told("audio", audio),
    },
    output: { ...told("total", count(value, "completion_tokens")), ...told("reasoning", reasoning) },
    ...(hasSound && { counts: { audioMs: Math.round(seconds * 1000) } }),
    ...(typeof tier === "string" && { tier }),
    basis: "reported",
    ...(raw !== undefined && { raw: new RawJson(raw.text()) }),
  };
}

/**
 * Two readings of one stream's counters: the larger of each total, the details of the later where it tells them. Usage
 * is cumulative wherever it is repeated, so that nothing is ever added.
 */
export function mergeUsage(before: Usage | undefined, after: Usage | undefined): Usage | undefined {
  if (before === undefined || after === undefined) return after ?? before;
  const total = larger(before.input.total, after.input.total);
  const input = { ...before.input, ...after.input };
  return {
    ...before,
    ...after,
    input: { ...input, ...told("total", total), ...told("uncached", uncachedOf(total, input.cacheRead)) },
    output: {
      ...before.output,
      ...after.output,
      ...told("total", larger(before.output.total, after.output.total)),
    },
  };
}

function larger(left: Tokens | undefined, right: Tokens | undefined): Tokens | undefined {
  if (left === undefined || right === undefined) return right ?? left;
  return left > right ? left : right;
}

/** What is left of the prompt; not guessed where the cache gave more than there was. */
function uncachedOf(total: Tokens | undefined, cacheRead: Tokens | undefined): Tokens | undefined {
  const uncached = total === undefined ? -1 : total - (cacheRead ?? 0);
  return uncached < 0 ? undefined : tokens(uncached);
}

function objectIn(usage: JsonObject, member: string): JsonObject {
  const value = usage[member];
  return isJsonObject(value) ? value : {};
}

function count(object: JsonObject, member: string): Tokens | undefined {
  const value = object[member];
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? tokens(value) : undefined;
}

function told<Name extends string>(name: Name, value: Tokens | undefined): { readonly [N in Name]?: Tokens } {
  const known: { [N in Name]?: Tokens } = {};
  if (value !== undefined) known[name] = value;
  return known;
}
