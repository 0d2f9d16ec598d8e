import type { Call } from "../../exchange/call.ts";
import { isJsonObject, type Printable, parseJson, type RawJson } from "../../kernel/json.ts";
import type { ModelAbilities } from "./model-version.ts";
import { type RequestNotes, refuse } from "./request-notes.ts";

type Members = { readonly [member: string]: Printable | undefined };

/** Writes temperature, top_p, top_k and stop sequences as far as the model takes them beside `isThinking`. */
export function encodeSampling(
  { sampling }: Call,
  { abilities, isThinking }: { readonly abilities: ModelAbilities; readonly isThinking: boolean },
  notes: RequestNotes,
): Members {
  const { temperature, topP, topK } = sampling;
  const drop: Drop = (subject, note) => {
    notes.warnings.push({ kind: "dropped", subject, ...(note === undefined ? {} : { note }) });
  };
  dropForeign(sampling, drop);
  const stop = encodeStops(sampling, drop);
  const reason = abilities.sampling
    ? isThinking
      ? "thinking does not allow it"
      : undefined
    : "this model does not take it";
  if (reason !== undefined) {
    if (temperature !== undefined && temperature !== 1) drop("temperature", reason);
    if (topP !== undefined && topP !== 1) drop("top_p", reason);
    if (topK !== undefined) drop("top_k", reason);
    // Beside thinking the default, said aloud, is still taken.
    const isDefault = abilities.sampling && temperature === 1;
    return { temperature: isDefault ? 1 : undefined, stop_sequences: stop };
  }
  if (temperature !== undefined && topP !== undefined) drop("top_p", "temperature is given too");
  return {
    temperature: temperature === undefined ? undefined : clamp(temperature, "temperature", notes),
    top_p: topP === undefined || temperature !== undefined ? undefined : clamp(topP, "top_p", notes),
    top_k: topK,
    stop_sequences: stop,
  };
}

type Drop = (subject: string, note?: string) => void;

/** What this API has no word for. */
function dropForeign(
  { seed, presencePenalty, frequencyPenalty, choices, logprobs, logitBias }: Call["sampling"],
  drop: Drop,
): void {
  if (choices !== undefined && choices > 1)
    refuse("unsupported_parameter", "n", "This model gives one answer per call.");
  if (logprobs !== undefined)
    refuse("unsupported_parameter", "logprobs", "This model tells no probabilities.");
  if (logitBias !== undefined)
    refuse("unsupported_parameter", "logit_bias", "This model takes no bias of single tokens.");
  if (seed !== undefined) drop("seed");
  if (presencePenalty !== undefined) drop("presence_penalty");
  if (frequencyPenalty !== undefined) drop("frequency_penalty");
}

function encodeStops({ stop = [] }: Call["sampling"], drop: Drop): readonly string[] | undefined {
  const stops = stop.filter((sequence) => sequence.trim() !== "");
  if (stops.length < stop.length) drop("stop", "blank sequences");
  return stops.length === 0 ? undefined : stops;
}

function clamp(value: number, subject: string, notes: RequestNotes): number {
  const clamped = Math.min(1, Math.max(0, value));
  if (clamped !== value) notes.warnings.push({ kind: "clamped", subject, note: `to ${clamped}` });
  return clamped;
}

/** Writes `output_config.format` for a schema: never a forced tool, which thinking does not allow. */
export function encodeFormat(
  { output }: Call,
  abilities: ModelAbilities,
  notes: RequestNotes,
): Printable | undefined {
  if (output === undefined) return undefined;
  if (output.kind === "json") {
    notes.warnings.push({ kind: "dropped", subject: "response_format", note: "JSON without a schema" });
    return undefined;
  }
  if (!abilities.schema)
    refuse("unsupported_parameter", "response_format", "This model does not take an output schema.");
  return { type: "json_schema", schema: output.schema };
}

/** Writes the service tier, where the client's has an equal. */
export function encodeTier({ tier, source }: Call, notes: RequestNotes): string | undefined {
  if (tier === undefined || tier === "auto" || source === "anthropic-messages") return tier;
  if (tier === "default") return "standard_only";
  notes.warnings.push({ kind: "dropped", subject: "service_tier" });
  return undefined;
}

/** State that another provider keeps cannot be continued here; nothing is kept here either. */
export function encodeState({ continues, isStored }: Call, notes: RequestNotes): void {
  if (continues?.answer !== undefined)
    refuse("unsupported_parameter", "previous_response_id", "This provider keeps no earlier answers.");
  if (continues?.conversation !== undefined)
    refuse("unsupported_parameter", "conversation", "This provider keeps no conversations.");
  if (isStored === true)
    notes.warnings.push({ kind: "dropped", subject: "store", note: "this provider keeps no answers" });
}

/**
 * Members of the client's body that have no canonical form. Between equal dialects they pass; from another, those
 * that ask for a different kind of answer refuse the call and all others are declared as dropped.
 */
export function encodeExtensions(
  { extensions, source }: Call,
  notes: RequestNotes,
): { readonly [name: string]: RawJson } {
  if (source === "anthropic-messages") return Object.fromEntries(extensions);
  for (const [name, value] of extensions) {
    if (asksOtherwise(name, value))
      refuse("unsupported_parameter", name, `This model does not take ${name}.`);
    notes.warnings.push({ kind: "dropped", subject: name });
  }
  return {};
}

/** Whether leaving the member out would give an answer of another kind than the client asked for. */
function asksOtherwise(name: string, { text }: RawJson): boolean {
  const value = parseJson(text);
  switch (name) {
    case "logprobs":
      return value === true;
    case "top_logprobs":
      return typeof value === "number" && value > 0;
    case "logit_bias":
      return isJsonObject(value) && Object.keys(value).length > 0;
    case "audio":
      return isJsonObject(value);
    case "modalities":
      return Array.isArray(value) && value.some((modality) => modality !== "text");
    default:
      return false;
  }
}
