import type { Usage } from "../../exchange/usage.ts";
import type { JsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, type JsonObject, RawJson } from "../../kernel/json.ts";
import { type Tokens, tokens } from "../../kernel/units.ts";

/**
 * The usage that a response tells. The input includes what was cached and what was written to the cache, the output
 * its reasoning; where the provider's own total says that it does not, it is added. Nothing told stays `undefined`.
 *
 * Source: AI models specification, part 13.
 */
export function readUsage(response: JsonObject, raw: JsonSlice | undefined): Usage | undefined {
  const { usage, service_tier: tier } = response;
  if (!isJsonObject(usage)) return undefined;
  const inputDetails = objectIn(usage["input_tokens_details"]);
  const input = count(usage, "input_tokens");
  const cacheRead = count(inputDetails, "cached_tokens");
  const cacheWrite = count(inputDetails, "cache_write_tokens");
  const reasoning = count(objectIn(usage["output_tokens_details"]), "reasoning_tokens");
  const counts = countsOf(response);
  const text = raw?.member("usage")?.text();
  return {
    input: told({
      total: input,
      uncached: uncachedOf(input, cacheRead, cacheWrite),
      cacheRead,
      cacheWriteOther: cacheWrite,
      audio: count(inputDetails, "audio_tokens"),
    }),
    output: told({ total: outputOf(usage, input, reasoning), reasoning }),
    ...(counts !== undefined && { counts }),
    // `auto` is what was asked for; the tier that served the call has a name of its own.
    ...(typeof tier === "string" && tier !== "auto" && { tier }),
    basis: "reported",
    ...(text !== undefined && { raw: new RawJson(text) }),
  };
}

/** Billed searches: as the provider counts them, else the calls that searched. */
function countsOf(response: JsonObject): Usage["counts"] {
  const searches = objectIn(objectIn(response["tool_usage"])["web_search"])["num_requests"];
  const output = Array.isArray(response["output"]) ? response["output"] : [];
  const webSearch = typeof searches === "number" ? searches : output.filter(isSearch).length;
  return webSearch > 0 ? { webSearch } : undefined;
}

function isSearch(item: Json): boolean {
  if (!isJsonObject(item) || item["type"] !== "web_search_call") return false;
  const { type = "search" } = objectIn(item["action"]);
  return type === "search";
}

/** What is left of the input; not guessed where the parts exceed it. */
function uncachedOf(
  input: Tokens | undefined,
  cacheRead: Tokens | undefined,
  cacheWrite: Tokens | undefined,
): Tokens | undefined {
  const uncached = input === undefined ? -1 : input - (cacheRead ?? 0) - (cacheWrite ?? 0);
  return uncached < 0 ? undefined : tokens(uncached);
}

function outputOf(
  usage: JsonObject,
  input: Tokens | undefined,
  reasoning: Tokens | undefined,
): Tokens | undefined {
  const output = count(usage, "output_tokens");
  if (output === undefined || input === undefined || reasoning === undefined || reasoning === 0)
    return output;
  return count(usage, "total_tokens") === input + output + reasoning ? tokens(output + reasoning) : output;
}

function objectIn(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function count(object: JsonObject, member: string): Tokens | undefined {
  const value = object[member];
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
