import type { Usage } from "../../exchange/usage.ts";
import type { JsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, type JsonObject, RawJson } from "../../kernel/json.ts";
import { type Tokens, tokens } from "../../kernel/units.ts";

/** The counters of a `usage` object, as far as they were told. */
interface Counters {
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly total: number | undefined;
  readonly cacheRead: number | undefined;
  readonly cacheWrite: number | undefined;
  readonly cacheWrite5m: number | undefined;
  readonly cacheWrite1h: number | undefined;
}

/**
 * Reads the `usage` of a Converse answer. Its input leaves out what the cache gave and took; where the provider's own
 * total says that it is included, it is taken out. Cache writes without a split by lifetime count as 5-minute writes.
 * Nothing told stays `undefined`.
 *
 * Source: AI models specification, part 13; Amazon Bedrock API reference, `TokenUsage`.
 */
export function readUsage(
  value: Json | undefined,
  raw: JsonSlice | undefined,
  tier: Json | undefined,
): Usage | undefined {
  if (!isJsonObject(value)) return undefined;
  const counters = countersOf(value);
  const cacheWrite5m =
    counters.cacheWrite === undefined
      ? counters.cacheWrite5m
      : Math.max(counters.cacheWrite5m ?? 0, counters.cacheWrite - (counters.cacheWrite1h ?? 0));
  const cached = (counters.cacheRead ?? 0) + (cacheWrite5m ?? 0) + (counters.cacheWrite1h ?? 0);
  const uncached = uncachedOf(counters, cached);
  const type = isJsonObject(tier) ? tier["type"] : undefined;
  return {
    input: told({
      total: uncached === undefined ? undefined : uncached + cached,
      uncached,
      cacheRead: counters.cacheRead,
      cacheWrite5m,
      cacheWrite1h: counters.cacheWrite1h,
    }),
    output: told({ total: counters.output }),
    ...(typeof type === "string" ? { tier: type } : {}),
    basis: "reported",
    ...(raw === undefined ? {} : { raw: new RawJson(raw.text()) }),
  };
}

/** The convention whose parts add up to the provider's total; the documented one where neither does. */
function uncachedOf({ input, output, total }: Counters, cached: number): number | undefined {
  if (input === undefined) return undefined;
  const isIncluded = cached > 0 && cached <= input && total === input + (output ?? 0);
  return isIncluded ? input - cached : input;
}

function countersOf(usage: JsonObject): Counters {
  const details = usage["cacheDetails"];
  const ofTtl = (ttl: string): number | undefined => {
    const found: Json | undefined = Array.isArray(details)
      ? details.find((detail: Json) => isJsonObject(detail) && detail["ttl"] === ttl)
      : undefined;
    return isJsonObject(found) ? count(found["inputTokens"]) : undefined;
  };
  return {
    input: count(usage["inputTokens"]),
    output: count(usage["outputTokens"]),
    total: count(usage["totalTokens"]),
    cacheRead: count(usage["cacheReadInputTokens"] ?? usage["cacheReadInputTokenCount"]),
    cacheWrite: count(usage["cacheWriteInputTokens"] ?? usage["cacheWriteInputTokenCount"]),
    cacheWrite5m: ofTtl("5m"),
    cacheWrite1h: ofTtl("1h"),
  };
}

function count(value: Json | undefined): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function told<Known extends Record<string, number | undefined>>(
  counters: Known,
): { [Name in keyof Known]?: Tokens } {
  const known: { [Name in keyof Known]?: Tokens } = {};
  for (const name in counters) {
    const value = counters[name];
    if (value !== undefined) known[name] = tokens(value);
  }
  return known;
}
