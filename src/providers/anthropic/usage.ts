import type { Usage } from "../../exchange/usage.ts";
import type { JsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, type JsonObject, RawJson } from "../../kernel/json.ts";
import { type Tokens, tokens } from "../../kernel/units.ts";

/** The counters of a message's `usage`, as far as they were told. */
export interface UsageCounters {
  /** Excludes what the cache gave or took. */
  readonly input: number | undefined;
  readonly cacheRead: number | undefined;
  readonly cacheWrite: number | undefined;
  readonly cacheWrite5m: number | undefined;
  readonly cacheWrite1h: number | undefined;
  readonly output: number | undefined;
  readonly thinking: number | undefined;
  readonly webSearch: number | undefined;
  readonly webFetch: number | undefined;
  readonly tier: string | undefined;
  readonly region: string | undefined;
  readonly raw: RawJson | undefined;
}

/** What was told before and what `value`, a `usage` object, tells now: the maximum of each counter, the last detail. */
export function foldUsage(
  before: UsageCounters | undefined,
  value: Json | undefined,
  raw?: JsonSlice,
): UsageCounters | undefined {
  if (!isJsonObject(value)) return before;
  const split = objectOf(value["cache_creation"]);
  const details = objectOf(value["output_tokens_details"]);
  const serverTools = objectOf(value["server_tool_use"]);
  // Speed has a price of its own, whatever the tier.
  const tier = value["speed"] === "fast" ? "fast" : value["service_tier"];
  const region = value["inference_geo"];
  return {
    input: most(before?.input, value["input_tokens"]),
    cacheRead: most(before?.cacheRead, value["cache_read_input_tokens"]),
    cacheWrite: most(before?.cacheWrite, value["cache_creation_input_tokens"]),
    cacheWrite5m: most(before?.cacheWrite5m, split["ephemeral_5m_input_tokens"]),
    cacheWrite1h: most(before?.cacheWrite1h, split["ephemeral_1h_input_tokens"]),
    output: most(before?.output, value["output_tokens"]),
    thinking: most(before?.thinking, details["thinking_tokens"]),
    webSearch: most(before?.webSearch, serverTools["web_search_requests"]),
    webFetch: most(before?.webFetch, serverTools["web_fetch_requests"]),
    tier: typeof tier === "string" && before?.tier !== "fast" ? tier : before?.tier,
    region: typeof region === "string" && region !== notTold ? region : before?.region,
    raw: raw === undefined ? before?.raw : new RawJson(raw.text()),
  };
}

/** What Anthropic says where it does not say. `global` is told: it was anywhere. */
const notTold = "not_available";

/**
 * Usage in the canonical convention: the whole input is what the cache did not touch, plus what it gave, plus what it
 * took. Cache writes without a split by lifetime count as 5-minute writes.
 *
 * Source: Anthropic API reference, "Prompt caching", tracking cache performance.
 */
export function usageOf(counters: UsageCounters, basis: Usage["basis"]): Usage {
  const {
    input,
    cacheRead,
    cacheWrite,
    cacheWrite1h,
    output,
    thinking,
    webSearch,
    webFetch,
    tier,
    region,
    raw,
  } = counters;
  const cacheWrite5m =
    cacheWrite === undefined
      ? counters.cacheWrite5m
      : Math.max(counters.cacheWrite5m ?? 0, cacheWrite - (cacheWrite1h ?? 0));
  const total =
    input === undefined ? undefined : input + (cacheRead ?? 0) + (cacheWrite5m ?? 0) + (cacheWrite1h ?? 0);
  const counts = { ...countOf("webSearch", webSearch), ...countOf("webFetch", webFetch) };
  return {
    input: {
      ...tokensOf("total", total),
      ...tokensOf("uncached", input),
      ...tokensOf("cacheRead", cacheRead),
      ...tokensOf("cacheWrite5m", cacheWrite5m),
      ...tokensOf("cacheWrite1h", cacheWrite1h),
    },
    output: { ...tokensOf("total", output), ...tokensOf("reasoning", thinking) },
    ...(Object.keys(counts).length === 0 ? {} : { counts }),
    ...(tier === undefined ? {} : { tier }),
    ...(region === undefined ? {} : { region }),
    basis,
    ...(raw === undefined ? {} : { raw }),
  };
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** The larger of two counters; what is no count does not count. */
function most(before: number | undefined, value: Json | undefined): number | undefined {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) return before;
  return Math.max(before ?? 0, value);
}

function tokensOf<Name extends string>(
  name: Name,
  value: number | undefined,
): { readonly [N in Name]?: Tokens } {
  const told: { [N in Name]?: Tokens } = {};
  if (value !== undefined) told[name] = tokens(value);
  return told;
}

function countOf(name: string, value: number | undefined): Readonly<Record<string, number>> {
  return value === undefined || value === 0 ? {} : { [name]: value };
}
