import type { Usage } from "../../exchange/usage.ts";
import type { JsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, type JsonObject, RawJson } from "../../kernel/json.ts";
import { tokens } from "../../kernel/units.ts";
import { candidateOf } from "./candidate.ts";

/** Reads the counters of an answer, which each chunk of a stream tells anew. */
export interface UsageMeter {
  /** Reads what a chunk tells; `source` finds its text when that is needed. Whether it told any counter. */
  readonly push: (chunk: JsonObject, source: () => JsonSlice) => boolean;
  /** What was told so far; `undefined` for nothing. A `partial` usage is one of many and has no `raw`. */
  readonly read: (basis: Usage["basis"]) => Usage | undefined;
}

/** What a meter has read. */
interface Counters {
  prompt?: number | undefined;
  toolPrompt?: number | undefined;
  cached?: number | undefined;
  candidates?: number | undefined;
  thoughts?: number | undefined;
  total?: number | undefined;
  promptAudio?: number | undefined;
  candidatesAudio?: number | undefined;
  searches?: number | undefined;
  tier?: string | undefined;
  source?: () => JsonSlice;
}

/**
 * A meter for one answer. Counters are cumulative, and corrected as the answer goes on (a prompt of 10 tokens turns out
 * to have had 9): the last word on each counter stands, and nothing is ever added.
 */
export function createUsageMeter(): UsageMeter {
  const seen: Counters = {};
  let isTold = false;
  return {
    push(chunk, source) {
      seen.searches = searchesOf(chunk) ?? seen.searches;
      const told = chunk["usageMetadata"];
      if (!isJsonObject(told)) return false;
      isTold = true;
      seen.prompt = count(told["promptTokenCount"]) ?? seen.prompt;
      seen.toolPrompt = count(told["toolUsePromptTokenCount"]) ?? seen.toolPrompt;
      seen.cached = count(told["cachedContentTokenCount"]) ?? seen.cached;
      seen.candidates = count(told["candidatesTokenCount"]) ?? seen.candidates;
      seen.thoughts = count(told["thoughtsTokenCount"]) ?? seen.thoughts;
      seen.total = count(told["totalTokenCount"]) ?? seen.total;
      seen.promptAudio = audioOf(told["promptTokensDetails"]) ?? seen.promptAudio;
      seen.candidatesAudio = audioOf(told["candidatesTokensDetails"]) ?? seen.candidatesAudio;
      seen.tier = tierOf(told) ?? seen.tier;
      seen.source = source;
      return seen.prompt !== undefined;
    },
    read: (basis) => (isTold ? usageOf(seen, basis) : undefined),
  };
}

/**
 * Usage in the canonical convention. Gemini's prompt includes what was cached; thoughts, and the prompts of tools that
 * it ran itself, are counted beside prompt and candidates, unless its own total says that they are among them.
 *
 * Source: AI models specification, part 13, rule 58.
 */
function usageOf(counters: Counters, basis: Usage["basis"]): Usage {
  const { cached, thoughts, promptAudio, candidatesAudio, tier, searches, source } = counters;
  const { input, output } = totalsOf(counters);
  const inputTokens: Mutable<Usage["input"]> = {};
  const outputTokens: Mutable<Usage["output"]> = {};
  if (input !== undefined) {
    inputTokens.total = tokens(input);
    inputTokens.uncached = tokens(Math.max(0, input - (cached ?? 0)));
  }
  if (cached !== undefined) inputTokens.cacheRead = tokens(cached);
  if (promptAudio !== undefined) inputTokens.audio = tokens(promptAudio);
  if (output !== undefined) outputTokens.total = tokens(output);
  if (thoughts !== undefined) outputTokens.reasoning = tokens(thoughts);
  if (candidatesAudio !== undefined) outputTokens.audio = tokens(candidatesAudio);
  const usage: Mutable<Usage> = { input: inputTokens, output: outputTokens, basis };
  if (searches !== undefined) usage.counts = { webSearch: searches };
  if (tier !== undefined) usage.tier = tier;
  const raw = basis === "partial" ? undefined : source?.().member("usageMetadata")?.text();
  if (raw !== undefined) usage.raw = new RawJson(raw);
  return usage;
}

/** An object that is being made. */
type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

interface Totals {
  readonly input: number | undefined;
  readonly output: number | undefined;
}

function totalsOf({ prompt, toolPrompt = 0, candidates, thoughts = 0, total }: Counters): Totals {
  const input = prompt === undefined ? undefined : prompt + toolPrompt;
  // A count of zero is left out on the wire: only with the total it is known that nothing is missing.
  if (candidates === undefined) {
    return {
      input,
      output: input === undefined || total === undefined ? undefined : Math.max(0, total - input),
    };
  }
  const usual = { input, output: candidates + thoughts };
  const readings = [usual, { input, output: candidates }, { input: prompt, output: usual.output }];
  return readings.find((reading) => (reading.input ?? 0) + reading.output === total) ?? usual;
}

function count(value: Json | undefined): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Tokens of audio among the details by modality, which may be told by number. */
function audioOf(details: Json | undefined): number | undefined {
  if (!Array.isArray(details)) return undefined;
  const audio = details.filter(isJsonObject).find(({ modality }) => modality === "AUDIO" || modality === 4);
  return audio === undefined ? undefined : count(audio["tokenCount"]);
}

/** AI Studio tells the tier, Vertex AI the kind of traffic. */
function tierOf({ serviceTier, trafficType }: JsonObject): string | undefined {
  if (typeof serviceTier === "string") return serviceTier;
  return typeof trafficType === "string" ? (tiers.get(trafficType) ?? trafficType) : undefined;
}

const tiers: ReadonlyMap<string, string> = new Map([
  ["ON_DEMAND", "standard"],
  ["ON_DEMAND_FLEX", "flex"],
  ["ON_DEMAND_PRIORITY", "priority"],
]);

/** Searches that Google ran and bills. */
function searchesOf(chunk: JsonObject): number | undefined {
  const grounding = candidateOf(chunk)?.["groundingMetadata"];
  const queries = isJsonObject(grounding) ? grounding["webSearchQueries"] : undefined;
  return Array.isArray(queries) && queries.length > 0 ? queries.length : undefined;
}
