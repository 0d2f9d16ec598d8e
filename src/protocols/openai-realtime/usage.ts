import type { Usage } from "../../exchange/usage.ts";
import { isJsonObject, type Json, type JsonObject, printJson, RawJson } from "../../kernel/json.ts";
import { type Tokens, tokens } from "../../kernel/units.ts";

/**
 * The usage of a `response.done`. The input includes what was cached; audio counts on both sides. How much of the audio
 * was cached (`cached_tokens_details`) has no place of its own: it stands in `raw`.
 */
export function readResponseUsage(usage: Json | undefined): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const inputDetails = objectIn(usage["input_token_details"]);
  const total = count(usage["input_tokens"]);
  const cacheRead = count(inputDetails["cached_tokens"]);
  const uncached = total === undefined ? -1 : total - (cacheRead ?? 0);
  const outputDetails = objectIn(usage["output_token_details"]);
  return {
    input: {
      ...told("total", total),
      ...told("uncached", uncached < 0 ? undefined : tokens(uncached)),
      ...told("cacheRead", cacheRead),
      ...told("audio", count(inputDetails["audio_tokens"])),
    },
    output: {
      ...told("total", count(usage["output_tokens"])),
      ...told("audio", count(outputDetails["audio_tokens"])),
    },
    basis: "reported",
    raw: new RawJson(printJson(usage)),
  };
}

/** The usage of a transcription of input audio: tokens, or `transcriptionSeconds` of models that count these. */
export function readTranscriptionUsage(usage: Json | undefined): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const { seconds } = usage;
  const total = count(usage["input_tokens"]);
  return {
    input: {
      ...told("total", total),
      ...told("uncached", total),
      ...told("audio", count(objectIn(usage["input_token_details"])["audio_tokens"])),
    },
    output: told("total", count(usage["output_tokens"])),
    ...(typeof seconds === "number" && { counts: { transcriptionSeconds: seconds } }),
    basis: "reported",
    raw: new RawJson(printJson(usage)),
  };
}

function told<Name extends string>(name: Name, value: Tokens | undefined): { readonly [N in Name]?: Tokens } {
  const found: { [N in Name]?: Tokens } = {};
  if (value !== undefined) found[name] = value;
  return found;
}

const count = (value: Json | undefined): Tokens | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? tokens(value) : undefined;

const objectIn = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});
