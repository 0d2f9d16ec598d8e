import type { Call } from "../../exchange/call.ts";
import { isJsonObject, type Printable } from "../../kernel/json.ts";
import { type RequestNotes, refuse } from "./request-notes.ts";

type Members = { readonly [member: string]: Printable | undefined };

/** Most stop sequences in one request. Source: Gemini API reference, `GenerationConfig`. */
const stopsMax = 5;

/** Writes what `generationConfig` has for limits and sampling. */
export function encodeSampling({ sampling }: Call, notes: RequestNotes): Members {
  const { temperature, topP, topK, presencePenalty, frequencyPenalty, logprobs } = sampling;
  refuseForeign(sampling);
  return {
    maxOutputTokens: sampling.outputTokensMax,
    temperature: clamp(temperature, { subject: "temperature", max: 2 }, notes),
    topP: clamp(topP, { subject: "top_p", max: 1 }, notes),
    topK,
    stopSequences: stopsOf(sampling, notes),
    seed: seedOf(sampling, notes),
    presencePenalty,
    frequencyPenalty,
    ...(logprobs === undefined
      ? {}
      : { responseLogprobs: true, logprobs: logprobs > 0 ? logprobs : undefined }),
  };
}

/** What would give an answer of another kind, or one that the canonical form cannot carry. */
function refuseForeign({ choices, logitBias }: Call["sampling"]): void {
  if (choices !== undefined && choices > 1)
    refuse("unsupported_parameter", "n", "This model gives one answer per call.");
  if (isJsonObject(logitBias) && Object.keys(logitBias).length > 0)
    refuse("unsupported_parameter", "logit_bias", "This model does not take logit_bias.");
}

function clamp(
  value: number | undefined,
  { subject, max }: { readonly subject: string; readonly max: number },
  notes: RequestNotes,
): number | undefined {
  if (value === undefined) return undefined;
  const clamped = Math.min(max, Math.max(0, value));
  if (clamped !== value) notes.warn({ kind: "clamped", subject, note: `to ${clamped}` });
  return clamped;
}

function stopsOf({ stop = [] }: Call["sampling"], notes: RequestNotes): readonly string[] | undefined {
  const stops = stop.filter((sequence) => sequence !== "");
  if (stops.length < stop.length) notes.warn({ kind: "dropped", subject: "stop", note: "empty sequences" });
  if (stops.length > stopsMax) {
    refuse("unsupported_parameter", "stop", `This model takes at most ${stopsMax} stop sequences.`);
  }
  return stops.length === 0 ? undefined : stops;
}

/** Gemini's seed has 32 bits. */
function seedOf({ seed }: Call["sampling"], notes: RequestNotes): number | undefined {
  if (seed === undefined || (seed | 0) === seed) return seed;
  notes.warn({ kind: "dropped", subject: "seed", note: "it is no integer of 32 bits" });
  return undefined;
}

/** Writes the form of the output: JSON, with or without a schema. */
export function encodeOutput({ output }: Call): Members {
  if (output === undefined) return {};
  return {
    responseMimeType: "application/json",
    responseJsonSchema: output.kind === "schema" ? output.schema : undefined,
  };
}

/** Tiers that both sides know. */
const tiers: ReadonlyMap<string, string> = new Map([
  ["default", "standard"],
  ["standard_only", "standard"],
  ["standard", "standard"],
  ["flex", "flex"],
  ["priority", "priority"],
]);

/** Writes the service tier, where the client's has an equal; `auto` is what leaving it out means. */
export function encodeTier({ tier, source }: Call, notes: RequestNotes): string | undefined {
  if (tier === undefined || source === "gemini-generate") return tier;
  const own = tiers.get(tier);
  if (own === undefined && tier !== "auto") notes.warn({ kind: "dropped", subject: "service_tier" });
  return own;
}

/** Declares what this API has no place for, and refuses a call that goes on from state kept elsewhere. */
export function declareAccount(call: Call, notes: RequestNotes): void {
  const { endUser, metadata, continues, isStored, source } = call;
  if (continues?.answer !== undefined) {
    refuse("unsupported_parameter", "previous_response_id", "This model does not know earlier answers.");
  }
  if (continues?.conversation !== undefined) {
    refuse("unsupported_parameter", "conversation", "This model does not keep conversations.");
  }
  if (endUser !== undefined) notes.warn({ kind: "dropped", subject: "user" });
  if (metadata !== undefined && source !== "gemini-generate")
    notes.warn({ kind: "dropped", subject: "metadata" });
  if (isStored === true) notes.warn({ kind: "dropped", subject: "store" });
}
